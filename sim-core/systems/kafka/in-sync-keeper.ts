/**
 * Keeps the sets in sync of what a broker leads: proposes to the controllers to take in who has caught up, at its fetch,
 * and to leave out who has fallen behind, every half of the limit.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { ControllerQuery, ControllerReply } from './messages.ts';
import type { Replica } from './replica.ts';

export interface KeeperOwner {
  /** Asks the controllers; calls back with undefined if they refuse or do not answer. */
  ask(query: ControllerQuery, answered: (reply: ControllerReply) => void): void;
  /** The set of a partition has been decided. */
  settled(replica: Replica): void;
}

export class InSyncKeeper {
  private readonly sim: Simulation;
  private readonly broker: string;
  private readonly replicas: ReadonlyMap<string, Replica>;
  private readonly owner: KeeperOwner;
  private readonly interval: Duration;
  private readonly checkKind: number;
  private planned: EventHandle = -1;

  constructor(
    sim: Simulation,
    broker: string,
    replicas: ReadonlyMap<string, Replica>,
    lagMax: Duration,
    owner: KeeperOwner,
  ) {
    this.sim = sim;
    this.broker = broker;
    this.replicas = replicas;
    this.owner = owner;
    this.interval = Math.round(lagMax / 2);
    this.checkKind = sim.eventKind(`${broker} looks for followers that are behind`);
    this.start();
  }

  start(): void {
    this.planned = this.sim.schedule(this.interval, () => this.check(), undefined, this.checkKind);
  }

  stop(): void {
    this.sim.cancel(this.planned);
  }

  /** A follower has fetched: it may join. */
  consider(replica: Replica, follower: string): void {
    const grown = replica.leading?.grown(follower);
    if (grown !== undefined) this.propose(replica, grown);
  }

  private check(): void {
    this.start();
    for (const replica of this.replicas.values()) {
      const shrunk = replica.leading?.shrunk(this.sim.now);
      if (shrunk !== undefined) this.propose(replica, shrunk);
    }
  }

  private propose(replica: Replica, inSync: readonly string[]): void {
    const { leading, known, id } = replica;
    const { epoch, version } = known!;
    leading!.propose(inSync);
    this.owner.ask({ kind: 'alter', broker: this.broker, partition: id, epoch, version, inSync }, (decided) => {
      // Whoever leads by now has heard of it from the controllers.
      if (replica.leading !== leading) return;
      if (decided === undefined) leading!.withdraw();
      else replica.decide(decided, this.sim.now);
      this.owner.settled(replica);
    });
  }
}
