/**
 * The experimenter's book of a group: what it has committed, whoever coordinates it at present. A commit counts when it is
 * replicated; a coordinator that begins without one that did has lost it, and that is a fault unless an election has cut it off
 * whose leader was not in sync, or whose host had lost its power.
 */
import type { CommittedOffset } from '../../../messaging/groups/pending-offsets.ts';

/** A commit, and the epoch in which a coordinator was last seen to have it. */
interface Counted extends CommittedOffset {
  readonly epoch: number;
}

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

export class GroupBook {
  private readonly name: string;
  private readonly isCut: (at: number, since: number) => boolean;
  private readonly cut: (partition: string, offset: number) => void;
  private readonly committed = new Map<string, Counted>();
  private readonly lost: string[] = [];
  private readonly followers: ((partition: string, offset: number) => void)[] = [];
  private epoch = -1;

  /**
   * `isCut`: whether what was replicated there in the log of offsets may have been cut off by an election after that of an
   * epoch; `cut` is told each commit that was.
   */
  constructor(
    name: string,
    isCut: (at: number, since: number) => boolean,
    cut: (partition: string, offset: number) => void,
  ) {
    this.name = name;
    this.isCut = isCut;
    this.cut = cut;
  }

  committedOf(partition: string): number {
    return this.committed.get(partition)?.offset ?? 0;
  }

  /** Has somebody hear of each commit that counts: all below the offset of a partition. */
  follow(committed: (partition: string, offset: number) => void): void {
    this.followers.push(committed);
  }

  /** A coordinator of an epoch has found a commit replicated: a later one, if there is one, has to have it too. */
  commit(partition: string, committed: CommittedOffset, epoch: number): void {
    // One that found nothing of the group when it began has not said so.
    if (epoch > this.epoch) this.begins(NOTHING, NOTHING, epoch);
    if (epoch === this.epoch) {
      this.committed.set(partition, { ...committed, epoch });
      for (const follower of this.followers) follower(partition, committed.offset);
    } else if ((this.committed.get(partition)?.at ?? -1) < committed.at) this.lose(partition, { ...committed, epoch });
  }

  /** A coordinator of an epoch has found replicated that the offset of a partition is not kept any more. */
  expire(partition: string, epoch: number): void {
    if (epoch >= this.epoch) this.committed.delete(partition);
  }

  /**
   * Another coordinator begins with these, and with what its log says of others, where: that they are kept no more. One whose
   * epoch is over already has nothing to say.
   */
  begins(offsets: ReadonlyMap<string, CommittedOffset>, ended: ReadonlyMap<string, number>, epoch: number): void {
    if (epoch < this.epoch) return;
    this.epoch = epoch;
    for (const [partition, committed] of this.committed) {
      const { at } = offsets.get(partition) ?? { at: ended.get(partition) ?? -1 };
      if (at < committed.at) this.lose(partition, committed);
      if (!offsets.has(partition)) this.committed.delete(partition);
    }
    for (const [partition, committed] of offsets) this.committed.set(partition, { ...committed, epoch });
  }

  violations(): readonly string[] {
    return this.lost;
  }

  private lose(partition: string, { offset, at, epoch }: Counted): void {
    if (this.isCut(at, epoch)) this.cut(partition, offset);
    else this.lost.push(`${this.name}: that ${offset} of ${partition} was committed is not known to its coordinator`);
  }
}
