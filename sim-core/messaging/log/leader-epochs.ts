/**
 * Which leader wrote which part of a log: the first offset of each epoch (KIP-101). Two logs that have an epoch in common
 * agree up to where the shorter of the two ends it; by that a follower finds what it has to cut off.
 */
interface EpochStart {
  readonly epoch: number;
  readonly first: number;
}

export class LeaderEpochs {
  private starts: EpochStart[] = [];

  /** Of the last batch; -1 where there is none. */
  get latest(): number {
    return this.starts.length === 0 ? -1 : this.starts[this.starts.length - 1].epoch;
  }

  /** A batch of this epoch begins at an offset. */
  note(epoch: number, first: number): void {
    if (epoch > this.latest) this.starts.push({ epoch, first });
  }

  /**
   * The largest epoch that is not above the one asked for, and where it ends: at the start of the next one, or at the end
   * of the log. Epoch -1, which ends where the log begins, if there is none.
   */
  endOf(epoch: number, logStart: number, logEnd: number): { readonly epoch: number; readonly end: number } {
    for (let i = this.starts.length - 1; i >= 0; i--) {
      if (this.starts[i].epoch > epoch) continue;
      return { epoch: this.starts[i].epoch, end: i + 1 < this.starts.length ? this.starts[i + 1].first : logEnd };
    }
    return { epoch: -1, end: logStart };
  }

  /** Forgets what began at an offset or after it. */
  truncate(offset: number): void {
    this.starts = this.starts.filter(({ first }) => first < offset);
  }
}
