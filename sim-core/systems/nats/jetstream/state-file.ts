/**
 * The file in which a consumer of a stream with file storage keeps its state. A change is written at once, unless the last one
 * was less than a tenth of a second ago: then it waits for that. What was not written a killed server does not know when
 * it is up again, though it has answered (`flushLoop` of `consumerFileStore` in `server/filestore.go`; seen of 2.9.10: four
 * acknowledgements in a row, each of them answered, and the last three were gone).
 */
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { ms, type Time } from '../../../kernel/time.ts';

export const WRITES_APART = ms(100);

export class StateFile<State> {
  private readonly sim: Simulation;
  private readonly stateNow: () => State;
  private readonly writeKind: number;
  private saved: State;
  private writtenAt: Time;
  private waits: EventHandle | undefined;

  constructor(sim: Simulation, owner: string, stateNow: () => State) {
    this.sim = sim;
    this.stateNow = stateNow;
    this.writeKind = sim.eventKind(`${owner} writes its state`);
    this.saved = stateNow();
    this.writtenAt = sim.now;
  }

  /** The state is another. */
  changed(): void {
    if (this.waits !== undefined) return;
    const due = this.writtenAt + WRITES_APART;
    if (due <= this.sim.now) this.write();
    else this.waits = this.sim.scheduleAt(due, () => this.write(), undefined, this.writeKind);
  }

  write(): void {
    this.stop();
    this.saved = this.stateNow();
    this.writtenAt = this.sim.now;
  }

  /** Nobody writes any more; gives what was written last. */
  stop(): State {
    if (this.waits !== undefined) this.sim.cancel(this.waits);
    this.waits = undefined;
    return this.saved;
  }
}
