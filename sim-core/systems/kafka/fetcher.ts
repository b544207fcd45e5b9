/**
 * A follower's fetcher: asks one leader for everything that this broker follows of it, takes in the answer, asks again.
 * The leader has the fetch wait while there is nothing new, so that what is appended travels at once.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Waiter } from '../../kernel/wait.ts';
import type { Link } from '../../network/link.ts';
import type { BackgroundRequests } from '../../network/background-requests.ts';
import type { BrokerQuery, BrokerReply, FetchResult } from './messages.ts';
import type { Replica } from './replica.ts';

/** `replica.fetch.max.bytes`, as it is by default. */
const BYTES_MAX = 1_048_576;

export interface FetcherOwner {
  readonly name: string;
  /** `replica.fetch.wait.max.ms`: how long the leader has a fetch wait. */
  readonly waitMax: Duration;
  /** `replica.fetch.backoff.ms`: the pause after a failure. */
  readonly backoff: Duration;
  /** Replicas of this broker that follow that leader. */
  following(leader: string): readonly Replica[];
  /** Lets something go out or come in now, or when the way is open. */
  pass(act: () => void): void;
  /** Takes in an answer, and says when that is done. */
  takeIn(results: readonly FetchResult[], done: () => void): void;
}

export class Fetcher {
  private readonly sim: Simulation;
  private readonly owner: FetcherOwner;
  private readonly link: Link<BrokerQuery, BrokerReply>;
  private readonly requests: BackgroundRequests;
  private readonly backoffKind: number;
  private isBusy = false;
  /** Counts the broker's lives: an answer to an earlier one is nobody's. */
  private life = 0;

  constructor(
    sim: Simulation,
    owner: FetcherOwner,
    link: Link<BrokerQuery, BrokerReply>,
    requests: BackgroundRequests,
  ) {
    this.sim = sim;
    this.owner = owner;
    this.link = link;
    this.requests = requests;
    this.backoffKind = sim.eventKind(`${owner.name} fetches again`);
  }

  /** Fetches, if there is something to follow and no fetch is under way. */
  run(): void {
    if (this.isBusy) return;
    const following = this.owner.following(this.link.to);
    if (following.length === 0) return;
    this.isBusy = true;
    const parts = following.map((replica) => replica.request());
    const { name, waitMax } = this.owner;
    const query: BrokerQuery = { kind: 'fetch', replica: name, parts, waitMax, bytesMax: BYTES_MAX };
    const { life } = this;
    const waiter: Waiter = {
      resume: ({ result }) => {
        this.owner.pass(() => {
          if (life === this.life) this.take(result as readonly FetchResult[]);
        });
      },
      fail: () => {
        if (life === this.life) this.pause();
      },
    };
    this.owner.pass(() => {
      if (life === this.life) this.link.call(query, this.requests.next()).begin(waiter);
    });
  }

  /** The broker has died. */
  stop(): void {
    this.life++;
    this.isBusy = false;
  }

  private take(results: readonly FetchResult[]): void {
    const { life } = this;
    this.owner.takeIn(results, () => {
      if (life !== this.life) return;
      // A leader that does not know yet that it is one, or no more.
      if (results.every(({ error }) => error === 'not-leader')) this.pause();
      else this.again();
    });
  }

  private pause(): void {
    const { life } = this;
    const again = (): void => {
      if (life === this.life) this.again();
    };
    this.sim.schedule(this.owner.backoff, again, undefined, this.backoffKind);
  }

  private again(): void {
    this.isBusy = false;
    this.run();
  }
}
