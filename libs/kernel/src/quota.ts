import { CorridorError } from './error.ts';

/** How much may wait to be written. */
export interface QuotaLimits {
  readonly bytes: number;
  readonly calls: number;
}

/**
 * Bounds what waits for the writer, so that a slow disk is felt by those who write and memory never grows with it. Each
 * adapter has its own: publishers that fill the log's do not stop the folds that empty it.
 */
export class Quota {
  readonly #limits: QuotaLimits;
  #bytes = 0;
  #calls = 0;

  constructor(limits: QuotaLimits) {
    this.#limits = limits;
  }

  /**
   * Runs `write`, which waits with `bytes` bytes, and with as many more as it says by `use` before it returns.
   * @throws CorridorError QUEUE_FULL when too much waits: by itself, without running `write`, and out of `use`
   */
  async during<T>(bytes: number, write: (use: (more: number) => void) => Promise<T>): Promise<T> {
    let used = 0;
    const use = (more: number): void => {
      if (this.#bytes + more > this.#limits.bytes) throw new CorridorError('QUEUE_FULL', 'too much waits to be written');
      this.#bytes += more;
      used += more;
    };
    if (this.#calls >= this.#limits.calls) throw new CorridorError('QUEUE_FULL', 'too much waits to be written');
    use(bytes);
    this.#calls += 1;
    try {
      return await write(use);
    } finally {
      this.#bytes -= used;
      this.#calls -= 1;
    }
  }
}
