/** The bare engine under a node's log, measured in the same run. */
export interface RawLog {
  /** Records of `size` bytes, durable, `together` at a time: how many a second. */
  appends(size: number, together: number, count: number): Promise<number>;
  /** From appending one record of `size` bytes to reading it, at `perSecond`, in milliseconds; undefined where the engine tells no readers. */
  roundTrips(size: number, perSecond: number, count: number): Promise<readonly number[] | undefined>;
}
