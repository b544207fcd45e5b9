/**
 * How a consumer commits how far it is. A committed offset is that of the next record to process. Committed after
 * processing, a record may be processed twice, and never lost; before, the other way round; by itself, every so often
 * inside of a poll, for all that earlier polls gave (and so for all that is processed, since here nothing is handed to
 * other threads).
 *
 * With a listener what is committed, once a poll, is what has moved with it (Spring's `AckMode.BATCH`, the default there; with one
 * record a poll that is its `RECORD` too); without one it is how far it is in all that it owns, as a `commitSync` without arguments
 * does it.
 *
 * A commit that is waited for costs a round trip and the replication of its record a poll, and is asked for until there is
 * an answer: an application that gives up (`default.api.timeout.ms`) is not modelled. One that is not waited for is asked
 * once, and if that is in vain left to the next.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { GroupError } from '../../messaging/groups/group.ts';
import type { Membership } from './consumer-membership.ts';
import type { RecordListener } from './listening/record-listener.ts';
import type { GroupQuery, GroupReply } from './groups/group-messages.ts';

export type CommitMode = 'auto' | 'after' | 'after-async' | 'before';

export interface CommitSettings {
  readonly commit: CommitMode;
  /** `auto.commit.interval.ms`. */
  readonly autoCommitInterval: Duration;
  /** `retry.backoff.ms`: when the client commits again by itself after it did in vain. */
  readonly retryBackoff: Duration;
  /** Its group's name. */
  readonly group: string;
  readonly listener?: RecordListener;
}

type Commit = Extract<GroupQuery, { readonly kind: 'commit' }>;

export class ConsumerCommits {
  private readonly sim: Simulation;
  private readonly settings: CommitSettings;
  private readonly membership: Membership;
  private readonly positions: ReadonlyMap<string, number>;
  private last: Time = 0;
  /** What is known to be committed, by partition. */
  private readonly known = new Map<string, number>();

  /** `positions`: how far it is, by partition. */
  constructor(
    sim: Simulation,
    settings: CommitSettings,
    membership: Membership,
    positions: ReadonlyMap<string, number>,
  ) {
    this.sim = sim;
    this.settings = settings;
    this.membership = membership;
    this.positions = positions;
  }

  /** A life begins. */
  begin(): void {
    this.last = this.sim.now;
    this.known.clear();
  }

  /** Whether the client commits by itself now. */
  get isDue(): boolean {
    const { commit, autoCommitInterval } = this.settings;
    return commit === 'auto' && this.sim.now - this.last >= autoCommitInterval;
  }

  /** Commits, and goes on when that is answered. */
  wait(then: () => void): void {
    const query = this.query();
    if (query === undefined) {
      then();
      return;
    }
    this.membership.askUntilAnswered(query, (reply) => {
      this.heed(query, reply);
      then();
    });
  }

  /** Commits, and waits for nothing. */
  once(): void {
    const query = this.query();
    if (query === undefined) return;
    const { autoCommitInterval, retryBackoff } = this.settings;
    this.membership.ask(query, (reply) => {
      if (reply === undefined) this.last = this.sim.now - autoCommitInterval + retryBackoff;
      else this.heed(query, reply);
    });
  }

  private query(): Commit | undefined {
    const { generation, memberId: member } = this.membership;
    this.last = this.sim.now;
    if (this.positions.size === 0) return undefined;
    const { group, listener } = this.settings;
    const offsets = listener === undefined ? new Map(this.positions) : this.moved();
    return offsets.size === 0 ? undefined : { kind: 'commit', group, member, generation, offsets };
  }

  /** Of the partitions that have moved since a commit of theirs was answered: how far they are. */
  private moved(): Map<string, number> {
    const moved = new Map<string, number>();
    for (const [partition, offset] of this.positions) {
      if (this.known.get(partition) !== offset) moved.set(partition, offset);
    }
    return moved;
  }

  /** A refusal tells it that it has been dropped. */
  private heed({ member, generation, offsets }: Commit, reply: GroupReply): void {
    if (reply === 'ok') for (const [partition, offset] of offsets) this.known.set(partition, offset);
    if (typeof reply === 'string' && reply !== 'ok') this.membership.hearOf(member, generation, reply as GroupError);
  }
}
