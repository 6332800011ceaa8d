/** What a run of the command line has around it; a test gives its own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard error is a terminal, so that a progress bar makes sense. */
  readonly interactive: boolean;
  /** Aborts when the user interrupts. */
  readonly interrupted: AbortSignal;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Writes to standard output; resolves when more can be taken. */
  out(text: string): Promise<void>;
  /** Writes to standard error. */
  err(text: string): void;
}

/** The terminal of this process. The first SIGINT or SIGTERM interrupts; a second one ends the process. */
export function processTerminal(): Terminal {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)));
  // A reader such as `head` that has seen enough closes the pipe: that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    env: process.env,
    interactive: process.stderr.isTTY,
    interrupted: interruption.signal,
    stdin: process.stdin,
    out: (text) =>
      new Promise((resolve) => {
        if (process.stdout.write(text)) resolve();
        else process.stdout.once('drain', resolve);
      }),
    err: (text) => void process.stderr.write(text),
  };
}
