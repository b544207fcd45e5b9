/**
 * The experimenter's book of how a group has read its partitions: by the leader of which epoch a member was given what. Who has read
 * what an election cut off afterwards may be ahead of the log, and commits so, until it commits what it was given since.
 */
interface Reading {
  readonly epoch: number;
  /** The first offset that was asked of this leader, and where what it gave ends. */
  readonly from: number;
  to: number;
}

export class GroupReadings {
  private readonly latest = new Map<string, Reading>();
  private readonly committedIn = new Map<string, number>();

  /** A member was given what lies between two offsets of a partition by its leader of an epoch, which may have been replaced. */
  read(partition: string, from: number, to: number, epoch: number): void {
    const known = this.latest.get(partition);
    if (known?.epoch === epoch) known.to = Math.max(known.to, to);
    else this.latest.set(partition, { epoch, from, to });
  }

  /** The group has committed all below an offset. What does not lie in what was given last was read before. */
  committed(partition: string, offset: number): void {
    const reading = this.latest.get(partition);
    if (reading && offset > reading.from && offset <= reading.to) this.committedIn.set(partition, reading.epoch);
  }

  /** What the group had committed is cut off: what it falls back to may be from before any election. */
  forget(partition: string): void {
    this.committedIn.delete(partition);
  }

  /** The epoch in which was read what the group has committed, -1 if that may be any: elections after it may have cut that off. */
  epochOf(partition: string): number {
    return this.committedIn.get(partition) ?? -1;
  }
}
