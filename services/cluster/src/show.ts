/** Passes on what processes report, one line each with the name of its process in front; only what an operator should look at, unless all is wanted. */
export function show(output: { write(text: string): unknown }, all: boolean): (process: string, line: string) => void {
  return (process, line) => {
    if (all || !/"level":"info"/.test(line)) output.write(`${process.padEnd(11)} ${line}\n`);
  };
}
