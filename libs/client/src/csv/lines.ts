const [LF, CR] = [0x0a, 0x0d];

/** How many line breaks a text holds: LF, CR, or both as one. */
export const breaksIn = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;

/**
 * The line numbers of a file. The parser counts a CRLF within quotes as two lines, so that its own numbers are off behind
 * every such cell. Asked in rising order it looks at each byte once.
 */
export class Lines {
  readonly #file: Buffer;
  #at = 0;
  #line = 1;

  constructor(file: Buffer) {
    this.#file = file;
  }

  /** The line of the byte at `offset`, from 1; an offset between CR and LF is on the line that they end. */
  at(offset: number): number {
    if (offset < this.#at) [this.#at, this.#line] = [0, 1];
    for (; this.#at < offset; this.#at += 1) {
      const byte = this.#file[this.#at];
      if (byte === LF || (byte === CR && this.#file[this.#at + 1] !== LF)) this.#line += 1;
    }
    return this.#line;
  }

  /** The line of the first byte at or behind `offset` that ends no line. */
  afterBreaks(offset: number): number {
    let at = offset;
    while (this.#file[at] === LF || this.#file[at] === CR) at += 1;
    return this.at(at);
  }

  /** The line on which a record begins that ends, with its line break, before `end` and holds `inside` line breaks. */
  ofRecord(end: number, inside: number): number {
    const lineBreak = this.#file[end - 1] === LF ? (this.#file[end - 2] === CR ? 2 : 1) : this.#file[end - 1] === CR ? 1 : 0;
    return this.at(end - lineBreak) - inside;
  }
}
