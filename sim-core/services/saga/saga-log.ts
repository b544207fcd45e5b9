/**
 * An orchestrator's log: of each saga how far it has got, rewritten at each step, as a table of saga instances is. A row goes when
 * its saga has ended.
 *
 * A write takes its time, and is there with its end or not at all. What is durable outlives the process that writes it.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Saga } from './definition.ts';
import { sagasOpen } from './facts.ts';
import { hasEnded, type Progress, type SagaPhase } from './progress.ts';

export interface SagaLogOptions {
  readonly writeTime: Duration;
  /** Whether it is on disk, and not only in the memory of its orchestrator. */
  readonly isDurable: boolean;
}

export interface LogRow {
  readonly saga: Saga;
  readonly progress: Progress;
  /** When that was written. */
  readonly at: Time;
}

export class SagaLog {
  private readonly sim: Simulation;
  private readonly orchestrator: string;
  private readonly options: SagaLogOptions;
  private readonly rows = new Map<number, LogRow>();
  private readonly ended: Partial<Record<SagaPhase, number>> = {};
  private readonly open: FactChannel<Fact<typeof sagasOpen>>;

  constructor(sim: Simulation, orchestrator: string, options: SagaLogOptions) {
    this.sim = sim;
    this.orchestrator = orchestrator;
    this.options = options;
    this.open = sim.facts.channel(sagasOpen);
  }

  *write(saga: Saga, progress: Progress): Behaviour {
    yield this.options.writeTime;
    const { phase } = progress;
    const isNew = !this.rows.has(saga.id);
    if (!hasEnded(progress)) this.rows.set(saga.id, { saga, progress, at: this.sim.now });
    else {
      this.rows.delete(saga.id);
      this.ended[phase] = (this.ended[phase] ?? 0) + 1;
    }
    if (isNew || hasEnded(progress)) this.tellOpen();
  }

  /** Sagas that have not ended, in the order in which they began. */
  get unended(): readonly LogRow[] {
    return [...this.rows.values()];
  }

  /** The process that wrote it has died. */
  crash(): void {
    if (this.options.isDurable) return;
    this.rows.clear();
    this.tellOpen();
  }

  state(): Readonly<Record<string, number>> {
    return { 'sagas in the log': this.rows.size, ...this.ended };
  }

  private tellOpen(): void {
    if (this.open.heard) this.open.emit({ orchestrator: this.orchestrator, sagas: this.rows.size });
  }
}
