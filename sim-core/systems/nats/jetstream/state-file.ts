/**
 * The file in which a consumer of a stream with file storage keeps its state. A change is written at once, unless the last one
 * was less than a tenth of a second ago: then it waits for that. What was not written a killed server does not know when
 * it is up again, though it has answered (`flushLoop` of `consumerFileStore` in `server/filestore.go`; seen of 2.9.10: four
 * acknowledgements in a row, each of them answered, and the last three were gone). A machine that loses its power has what was
 * written and is on disk (`disk.ts`).
 */
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { ms, type Time } from '../../../kernel/time.ts';
import type { Disk } from './disk.ts';

export const WRITES_APART = ms(100);

export class StateFile<State> {
  private readonly sim: Simulation;
  private readonly stateNow: () => State;
  private readonly writeKind: number;
  private readonly disk: Disk;
  /** What was written and may be what is on disk, and last what is in the file, with when that was. */
  private written: { readonly at: Time; readonly state: State }[];
  private waits: EventHandle | undefined;

  constructor(sim: Simulation, owner: string, disk: Disk, stateNow: () => State) {
    this.sim = sim;
    this.stateNow = stateNow;
    this.writeKind = sim.eventKind(`${owner} writes its state`);
    this.disk = disk;
    this.written = [{ at: sim.now, state: stateNow() }];
  }

  /** The state is another. */
  changed(): void {
    if (this.waits !== undefined) return;
    const due = this.written.at(-1)!.at + WRITES_APART;
    if (due <= this.sim.now) this.write();
    else this.waits = this.sim.scheduleAt(due, () => this.write(), undefined, this.writeKind);
  }

  write(): void {
    this.halt();
    const { now } = this.sim;
    const synced = this.disk.syncedBy(now);
    while (this.written.length > 1 && this.written[1].at < synced) this.written.shift();
    this.written.push({ at: now, state: this.stateNow() });
  }

  /** Nobody writes any more. What was written last before some time is what there is, if there is any of it. */
  stop(by: Time): State {
    this.halt();
    while (this.written.length > 1 && this.written.at(-1)!.at >= by) this.written.pop();
    return this.written.at(-1)!.state;
  }

  private halt(): void {
    if (this.waits !== undefined) this.sim.cancel(this.waits);
    this.waits = undefined;
  }
}
