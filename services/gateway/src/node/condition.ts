/** A service of the node: undefined while it works, else why it does not, in one line without payloads. */
export interface Condition {
  readonly name: string;
  readonly unwell: string | undefined;
}
