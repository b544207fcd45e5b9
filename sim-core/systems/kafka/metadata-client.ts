/** What a client knows of who leads what: asks one broker after the other when it has found itself wrong. */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Waiter } from '../../kernel/wait.ts';
import type { Link } from '../../network/link.ts';
import type { BackgroundRequests } from '../../network/background-requests.ts';
import type { BrokerQuery, BrokerReply } from './messages.ts';
import type { Metadata } from './topic.ts';

export interface MetadataClientOptions {
  readonly metadata: Metadata;
  /** Pause after an answer that did not help. */
  readonly retryBackoff: Duration;
}

export class MetadataClient {
  private readonly sim: Simulation;
  private readonly retryBackoff: Duration;
  private readonly requests: BackgroundRequests;
  private readonly learned: () => void;
  private readonly links: Link<BrokerQuery, BrokerReply>[] = [];
  private readonly againKind: number;
  private metadata: Metadata;
  private isAsking = false;
  private turn = 0;

  /** `learned`: called after every answer, whether it is new or not. */
  constructor(
    sim: Simulation,
    owner: string,
    options: MetadataClientOptions,
    requests: BackgroundRequests,
    learned: () => void,
  ) {
    this.sim = sim;
    this.retryBackoff = options.retryBackoff;
    this.metadata = options.metadata;
    this.requests = requests;
    this.learned = learned;
    this.againKind = sim.eventKind(`${owner} may ask for the leaders again`);
  }

  attach(link: Link<BrokerQuery, BrokerReply>): void {
    this.links.push(link);
  }

  leaderOf(partition: string): string | undefined {
    return this.metadata.partitions.get(partition)?.leader;
  }

  /** Asks, unless it is asking, or has asked a moment ago. */
  refresh(): void {
    if (this.isAsking) return;
    this.isAsking = true;
    const link = this.links[this.turn++ % this.links.length];
    const waiter: Waiter = {
      resume: ({ result }) => this.hear(result as Metadata),
      fail: () => this.hear(undefined),
    };
    link.call({ kind: 'metadata' }, this.requests.next()).begin(waiter);
  }

  private hear(metadata: Metadata | undefined): void {
    if (metadata !== undefined && metadata.version > this.metadata.version) this.metadata = metadata;
    const again = (): void => {
      this.isAsking = false;
      this.learned();
    };
    this.sim.schedule(this.retryBackoff, again, undefined, this.againKind);
    this.learned();
  }
}
