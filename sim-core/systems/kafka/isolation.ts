/**
 * A broker cut off from others: what they send it and what it sends them waits until the partition of the network is
 * over, as TCP goes on sending. Its own clock goes on, and so do its callers' timeouts.
 *
 * What waits is bounded by what its peers have in flight; when TCP would have given up a connection is not modelled.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';

export class Isolation {
  private readonly sim: Simulation;
  private readonly endKind: number;
  private isOn = false;
  private areClientsCut = false;
  private end: EventHandle = -1;
  private held: (() => void)[] = [];

  constructor(sim: Simulation, owner: string) {
    this.sim = sim;
    this.endKind = sim.eventKind(`${owner} is reached again`);
  }

  get active(): boolean {
    return this.isOn;
  }

  get waiting(): number {
    return this.held.length;
  }

  /** Cut off for so long from the rest of the cluster, and from clients too or not. */
  begin(duration: Duration, fromClients: boolean): void {
    this.sim.cancel(this.end);
    this.isOn = true;
    this.areClientsCut = fromClients;
    this.end = this.sim.schedule(duration, () => this.heal(), undefined, this.endKind);
  }

  /** Lets something pass now, or when the way is open again. */
  pass(peer: 'cluster' | 'client', act: () => void): void {
    if (this.isOn && (peer === 'cluster' || this.areClientsCut)) this.held.push(act);
    else act();
  }

  /** What waited to come or go is gone: the broker has died. */
  forget(): void {
    this.held = [];
  }

  private heal(): void {
    this.isOn = false;
    for (const act of this.held.splice(0)) act();
  }
}
