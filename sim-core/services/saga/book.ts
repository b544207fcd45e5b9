/**
 * The experimenter's book of sagas: for each of them how often each step's effect stands, whatever orchestrators, messages and
 * participants believe. A saga is half done while some effects stand and others do not, or one stands twice; it is settled when
 * all stand once, or none does any more. No model reads it. It keeps some bytes a saga that has effects, as long as the run lasts.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Saga } from './definition.ts';
import { sagaSettled, sagasHalfDone } from './facts.ts';

type Standing = 'none' | 'all' | 'half';

export interface SagaBookOptions {
  readonly steps: number;
  /** The step that takes money, and how much it takes of whom. */
  readonly payment: { readonly step: number; readonly amountOf: (saga: Saga) => number };
}

export class SagaBook {
  private readonly sim: Simulation;
  private readonly options: SagaBookOptions;
  private readonly effects = new Map<number, Int8Array>();
  private readonly totals = { halfDone: 0, money: 0 };
  private readonly settled: FactChannel<Fact<typeof sagaSettled>>;
  private readonly halfDone: FactChannel<Fact<typeof sagasHalfDone>>;

  constructor(sim: Simulation, options: SagaBookOptions) {
    this.sim = sim;
    this.options = options;
    this.settled = sim.facts.channel(sagaSettled);
    this.halfDone = sim.facts.channel(sagasHalfDone);
  }

  /** How often each step's effect stands. */
  standingOf(saga: number): readonly number[] {
    return [...(this.effects.get(saga) ?? new Int8Array(this.options.steps))];
  }

  /** A step's effect was made, or undone. */
  changed(saga: Saga, step: number, change: 1 | -1): void {
    const { steps, payment } = this.options;
    let effects = this.effects.get(saga.id);
    if (effects === undefined) this.effects.set(saga.id, (effects = new Int8Array(steps)));
    const before = standingIn(effects);
    const paid = before === 'half' ? effects[payment.step] : 0;
    effects[step] += change;
    const now = standingIn(effects);
    if (now === 'none') this.effects.delete(saga.id);
    this.totals.halfDone += Number(now === 'half') - Number(before === 'half');
    this.totals.money += ((now === 'half' ? effects[payment.step] : 0) - paid) * payment.amountOf(saga);
    if (this.halfDone.heard) this.halfDone.emit({ sagas: this.totals.halfDone, money: this.totals.money });
    if (now === 'half' || !this.settled.heard) return;
    const outcome = now === 'all' ? 'completed' : 'compensated';
    this.settled.emit({ request: saga.id, outcome, duration: this.sim.now - saga.request.started });
  }
}

function standingIn(effects: Int8Array): Standing {
  if (effects.every((times) => times === 0)) return 'none';
  return effects.every((times) => times === 1) ? 'all' : 'half';
}
