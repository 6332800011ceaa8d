/** Milliseconds before try number `attempt` (from 1): doubling from 100 ms to 5 s, drawn evenly from its upper half. */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(5_000, 100 * 2 ** (attempt - 1));
  return ceiling / 2 + (random() * ceiling) / 2;
}
