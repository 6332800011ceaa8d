/** A checkpoint as stored. */
export interface PublishedCheckpoint {
  /** Leaves of its tree. */
  readonly size: number;
  /** C2SP signed note with a tlog-checkpoint body. */
  readonly note: string;
  /** When it was signed, milliseconds since the epoch. */
  readonly time: number;
}
