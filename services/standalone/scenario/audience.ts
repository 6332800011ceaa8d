import type { Corridor, Delivery, Subscription } from '@corridor/client';
import { type Category, CountState, type Purpose } from '@corridor/contracts/common/v1/vocabulary';
import { ViewForm, type UpdateView, type ViewBatch } from '@corridor/contracts/hub/v1/updates';
import { CorridorError } from '@corridor/kernel';
import { Awaited } from './awaited.ts';

/** Who subscribes to what. */
export interface Seat {
  /** `agencies/{agency}/actors/{actor}`. */
  readonly actor: string;
  readonly purpose: Purpose;
  /** `agencies/{agency}/series/{series}`; with none everything. */
  readonly series: readonly string[];
}

/** What one subscriber has received. */
export interface Tally {
  /** Updates, each version counted. */
  readonly updates: number;
  /** Rows that show a count. */
  readonly rows: number;
  /** Rows and totals that are withheld. */
  readonly suppressed: number;
  readonly retractions: number;
  /** The forms it came in, in words. */
  readonly forms: ReadonlySet<string>;
  readonly categories: ReadonlySet<Category>;
}

/** One subscriber who counts what it receives, from the beginning on. */
export class Listener {
  readonly seat: Seat;
  readonly #subscription: Subscription;
  readonly #stop = new AbortController();
  /** The newest version of each report, as numbered in the reader's view. */
  readonly #versions = new Map<string, number>();
  readonly #forms = new Set<string>();
  readonly #categories = new Set<Category>();
  #updates = 0;
  #rows = 0;
  #suppressed = 0;
  #retractions = 0;
  readonly #awaited = new Awaited();
  #listening: Promise<void> = Promise.resolve();

  constructor(node: Corridor, seat: Seat) {
    this.seat = seat;
    const filter = { owners: [], series: seat.series, categories: [], areas: [] };
    this.#subscription = node.subscribe({ purpose: seat.purpose, filter, from: 'beginning', signal: this.#stop.signal });
  }

  get tally(): Tally {
    return {
      updates: this.#updates,
      rows: this.#rows,
      suppressed: this.#suppressed,
      retractions: this.#retractions,
      forms: this.#forms,
      categories: this.#categories,
    };
  }

  start(): void {
    this.#listening = this.#listen();
  }

  /** Resolves when a report has arrived in this version or a later one. @throws CorridorError of the subscription; the signal's reason. */
  async received(name: string, signal: AbortSignal, version = 1): Promise<void> {
    await this.#awaited.until(() => (this.#versions.get(name) ?? 0) >= version, signal);
  }

  /** Tells the node that everything so far has arrived, and ends the subscription. */
  async stop(): Promise<void> {
    await this.#subscription.acknowledge();
    this.#stop.abort(new CorridorError('UNAVAILABLE', 'the play is over'));
    await this.#listening;
  }

  async #listen(): Promise<void> {
    try {
      for await (const delivery of this.#subscription) this.#take(delivery);
    } catch (error) {
      this.#awaited.failed(CorridorError.from(error));
    }
  }

  #take({ batch }: Delivery): void {
    this.#forms.add(formOf(batch));
    this.#categories.add(batch.category);
    for (const update of batch.updates) {
      this.#versions.set(update.name, Math.max(update.version, this.#versions.get(update.name) ?? 0));
      this.#updates += 1;
      if (update.content?.$case === 'retraction') this.#retractions += 1;
      for (const state of countStates(update)) {
        if (state === CountState.COUNT_STATE_SUPPRESSED) this.#suppressed += 1;
      }
      this.#rows += rowsOf(update).filter(({ count }) => count?.state === CountState.COUNT_STATE_KNOWN).length;
    }
    this.#awaited.changed();
  }
}

const rowsOf = ({ content }: UpdateView) =>
  content?.$case === 'movement' ? content.value.rows : content?.$case === 'rescue' || content?.$case === 'crisis' ? content.value.people : [];

const countStates = (update: UpdateView): readonly (CountState | undefined)[] => [
  ...rowsOf(update).map(({ count }) => count?.state),
  ...(update.content?.$case === 'movement' ? [update.content.value.total?.state] : []),
];

/** How a view differs from what was published, in words. */
function formOf({ form, ownNationalsNeverIncluded, watermark }: ViewBatch): string {
  const words = [form === ViewForm.VIEW_FORM_EXACT ? 'exact' : 'masked'];
  if (ownNationalsNeverIncluded) words.push('own nationals never included');
  if (watermark !== '') words.push('watermarked');
  return words.join(', ');
}
