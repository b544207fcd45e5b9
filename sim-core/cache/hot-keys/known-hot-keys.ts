/**
 * What an instance of the application knows of hot keys: those that a monitor has told it of, each for a while after the
 * last news of it. A remedy that acts on hot keys alone begins when the news has come, and no sooner.
 *
 * It is kept for a while because a remedy hides its own cause: once instances answer for a key themselves its shard
 * hears little of it, and the monitor has nothing more to tell. JD.com's hotkey and Youzan's TMC work like that: a worker
 * finds hot keys and pushes them to clients, which ask whether a key is hot before they look into their own memory.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';

/** News of keys that are hot. */
export interface HotKeyNews {
  readonly keys: readonly number[];
}

export class KnownHotKeys implements Endpoint<HotKeyNews, void> {
  /** The instance's own, to which news is sent. */
  readonly name: string;
  private readonly sim: Simulation;
  private readonly keptFor: Duration;
  private readonly hotUntil = new Map<number, Time>();

  /** `keptFor`: how long a key counts as hot after the last news of it. */
  constructor(sim: Simulation, instance: string, keptFor: Duration) {
    this.sim = sim;
    this.name = instance;
    this.keptFor = keptFor;
  }

  receive(call: Call<HotKeyNews, void>): void {
    for (const key of call.query.keys) this.hotUntil.set(key, this.sim.now + this.keptFor);
    call.reply();
  }

  isHot(key: number): boolean {
    const until = this.hotUntil.get(key);
    return until !== undefined && this.sim.now < until;
  }

  /** Whether it ever was: what was kept of it elsewhere may be there still. */
  wasHot(key: number): boolean {
    return this.hotUntil.has(key);
  }

  /** The instance has crashed, and knows nothing. */
  crash(): void {
    this.hotUntil.clear();
  }
}
