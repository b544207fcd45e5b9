/**
 * How a consumer commits how far it is. A committed offset is that of the next record to process. Committed after
 * processing, a record may be processed twice, and never lost; before, the other way round; by itself, every so often
 * inside of a poll, for all that earlier polls gave (and so for all that is processed, since here nothing is handed to
 * other threads).
 *
 * A commit that is waited for costs a round trip and the replication of its record a poll, and is asked for until there is
 * an answer: an application that gives up (`default.api.timeout.ms`) is not modelled. One that is not waited for is asked
 * once, and if that is in vain left to the next.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { GroupError } from '../../messaging/groups/group.ts';
import type { Membership } from './consumer-membership.ts';
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
}

type Commit = Extract<GroupQuery, { readonly kind: 'commit' }>;

export class ConsumerCommits {
  private readonly sim: Simulation;
  private readonly settings: CommitSettings;
  private readonly membership: Membership;
  private readonly positions: ReadonlyMap<string, number>;
  private last: Time = 0;

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
    return { kind: 'commit', group: this.settings.group, member, generation, offsets: new Map(this.positions) };
  }

  /** A refusal tells it that it has been dropped. */
  private heed({ member, generation }: Commit, reply: GroupReply): void {
    if (typeof reply === 'string' && reply !== 'ok') this.membership.hearOf(member, generation, reply as GroupError);
  }
}
