/** Where a version of a report stands: a record of corridor.updates.v1 and the index in it. */
export interface VersionPlace {
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
}

/** What the fold knows of a report: its newest version, and where that stands. */
export interface ThreadHead {
  readonly version: number;
  readonly at: VersionPlace;
}

/** What becomes of an arriving update in the order of its log. */
export type Arrival =
  | { readonly kind: 'accepted'; readonly version: number }
  /** Maybe it was there before: the content decides between a repeat and a loss. */
  | { readonly kind: 'compare'; readonly version: number; readonly otherwise: 'ALREADY_EXISTS' | 'VERSION_CONFLICT' }
  | { readonly kind: 'lost'; readonly reason: 'ALREADY_EXISTS' | 'VERSION_CONFLICT' };

/**
 * The rule every reader of the log applies alike: the first record of an id wins; a repeat with the same content is the
 * same update, with other content it loses; a correction must name the current version.
 */
export function arrive(replaces: number, head: ThreadHead | undefined): Arrival {
  if (head === undefined) {
    return replaces === 0 ? { kind: 'accepted', version: 1 } : { kind: 'lost', reason: 'VERSION_CONFLICT' };
  }
  if (replaces === head.version) return { kind: 'accepted', version: head.version + 1 };
  if (replaces < head.version) {
    return { kind: 'compare', version: replaces + 1, otherwise: replaces === 0 ? 'ALREADY_EXISTS' : 'VERSION_CONFLICT' };
  }
  return { kind: 'lost', reason: 'VERSION_CONFLICT' };
}

/** What became of an update: a version of its report, a repeat of one that stands elsewhere, or a loss. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly version: number }
  | { readonly kind: 'repeat'; readonly version: number; readonly at: VersionPlace }
  | { readonly kind: 'lost'; readonly reason: 'ALREADY_EXISTS' | 'VERSION_CONFLICT' };
