/**
 * A client's way to a coordinator: the leader of the partition that keeps its name. A real client asks any broker who
 * that is (FindCoordinator), and is told what the broker's metadata say, as it is here. Who does not answer, is not the
 * coordinator or not ready to be is asked again after a pause, or whoever it is by then.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import type { Waiter } from '../../../kernel/wait.ts';
import type { BackgroundRequests } from '../../../network/background-requests.ts';
import type { Link } from '../../../network/link.ts';
import type { BrokerQuery, BrokerReply } from '../messages.ts';
import type { MetadataClient } from '../metadata-client.ts';
import { COORDINATOR_ERRORS } from './coordinator-errors.ts';

export interface CoordinatorClientOptions {
  readonly owner: string;
  /** The partition that keeps the name. */
  readonly partition: string;
  /** `retry.backoff.ms`. */
  readonly retryBackoff: Duration;
  readonly links: ReadonlyMap<string, Link<BrokerQuery, BrokerReply>>;
  readonly metadata: MetadataClient;
  readonly requests: BackgroundRequests;
  /** What else has to be asked again. */
  readonly passing?: (reply: BrokerReply) => boolean;
  /** Lets something happen now, or when the client's process goes on. */
  readonly whenAwake?: (act: () => void) => void;
}

export interface Asking {
  /** How long an answer is waited for, if not as long as of any other request. */
  readonly patience?: Duration;
  /** Whether it is to be asked again: yes, if nothing is said. */
  readonly isWanted?: () => boolean;
}

export class CoordinatorClient {
  private readonly sim: Simulation;
  private readonly options: CoordinatorClientOptions;
  private readonly againKind: number;
  private lives = 0;

  constructor(sim: Simulation, options: CoordinatorClientOptions) {
    this.sim = sim;
    this.options = options;
    this.againKind = sim.eventKind(`${options.owner} asks its coordinator again`);
  }

  /** The client's process has ended: what is answered now is nobody's. */
  end(): void {
    this.lives++;
  }

  /** Asks once; undefined if that was in vain. */
  ask(query: BrokerQuery, answered: (reply: BrokerReply) => void, patience?: Duration): void {
    const { links, metadata, requests, partition } = this.options;
    const coordinator = metadata.leaderOf(partition);
    const inVain = (): void => {
      metadata.refresh();
      answered(undefined);
    };
    if (coordinator === undefined) return inVain();
    const heard = this.inThisLife((reply: BrokerReply) => (this.isPassing(reply) ? inVain() : answered(reply)));
    const waiter: Waiter = {
      resume: ({ result }) => heard(result as BrokerReply),
      fail: () => heard('coordinator-not-available'),
    };
    links.get(coordinator)!.call(query, requests.next(), patience).begin(waiter);
  }

  /** Asks until there is an answer. */
  askUntilAnswered(query: BrokerQuery, answered: (reply: BrokerReply) => void, asking: Asking = {}): void {
    const { patience, isWanted } = asking;
    const again = this.inThisLife(() => {
      if (isWanted?.() !== false) this.askUntilAnswered(query, answered, asking);
    });
    const hear = (reply: BrokerReply): void => {
      if (reply !== undefined) answered(reply);
      else this.sim.schedule(this.options.retryBackoff, again, undefined, this.againKind);
    };
    this.ask(query, hear, patience);
  }

  private isPassing(reply: BrokerReply): boolean {
    const error = typeof reply === 'object' && 'error' in reply ? reply.error : reply;
    return COORDINATOR_ERRORS.has(error) || this.options.passing?.(reply) === true;
  }

  /** The same, when its process does not stand still, and not if it has ended meanwhile. */
  private inThisLife<A>(act: (argument: A) => void): (argument: A) => void {
    const { lives } = this;
    const { whenAwake } = this.options;
    return (argument) => {
      const actNow = (): void => void (lives === this.lives && act(argument));
      if (whenAwake === undefined) actNow();
      else whenAwake(actNow);
    };
  }
}
