/**
 * The experimenter's ledger of effects: for each message how often it has had its effect, whatever sender, broker and
 * consumers believe. An effect is doubled from the second time on. A message is lost when it has had none and nobody has
 * it any more: its sender believes that it is in good hands, no queue has it, and no consumer has it in hand. An
 * effect that arrives after all (a write on its way when its consumer died) finds it again.
 *
 * What a delivery that is never acknowledged has done is counted apart: the broker gives the message to somebody again, so
 * without any care each such effect is one that doubles.
 *
 * Where copies are, somebody who sees the queues says (`queue-ledger.ts`); without one it counts effects, and misses nothing.
 *
 * No model reads it. It keeps a few bytes a message for as long as the run lasts.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';
import { CountsById } from './counts-by-id.ts';
import type { DeliveryObserver, Received } from './received.ts';

/** A message's sender was told that the broker has it: its effect is expected, once. */
export const effectExpected = defineFact('effect.expected', 'A sender was told that the broker has its message', {
  ledger: 'text',
  request: 'request',
});

/** A message had its effect; `times` so far. */
export const effectApplied = defineFact('effect.applied', 'A message had its effect', {
  ledger: 'text',
  request: 'request',
  times: 'number',
});

/** An effect is of a delivery that will never be acknowledged. */
export const effectUnacknowledged = defineFact(
  'effect.unacknowledged',
  'A message had its effect, and the broker never hears that this delivery was handled',
  { ledger: 'text', request: 'request' },
);

/** Messages that are nowhere any more and have had no effect changed in number. */
export const effectsLost = defineReading('effect.lost', 'Messages lost changed in number', {
  ledger: 'text',
  messages: 'number',
});

/** The signals of all ledgers together, `effects.…`, or of the one that is named, `effects.NAME.…`: a plural, `payments`. */
export function effectSignals(ledger?: string): SignalDefinition[] {
  const prefix = ledger === undefined ? 'effects' : `effects.${ledger}`;
  const what = ledger === undefined ? 'Effects' : ledger[0].toUpperCase() + ledger.slice(1);
  const isOurs = (fact: { readonly ledger: string }): boolean => ledger === undefined || fact.ledger === ledger;
  return [
    defineSignal({
      name: `${prefix}.expected`,
      kind: 'counter',
      unit: '{message}',
      help: `${what} to be made, one a message: its sender was told that the broker has it`,
      fact: effectExpected,
      where: isOurs,
    }),
    defineSignal({
      name: `${prefix}.applied`,
      kind: 'counter',
      unit: '{effect}',
      help: `${what} made, those that were there before among them`,
      fact: effectApplied,
      where: isOurs,
    }),
    defineSignal({
      name: `${prefix}.doubled`,
      kind: 'counter',
      unit: '{effect}',
      help: `${what} made again for the same message`,
      fact: effectApplied,
      where: (fact) => isOurs(fact) && fact.times > 1,
    }),
    defineSignal({
      name: `${prefix}.unacknowledged`,
      kind: 'counter',
      unit: '{effect}',
      help: `${what} of deliveries that are never acknowledged, so that the message comes again`,
      fact: effectUnacknowledged,
      where: isOurs,
    }),
    defineSignal({
      name: `${prefix}.lost`,
      kind: 'gauge',
      unit: '{message}',
      help: `${what} lost: their senders believe the message in good hands, and nobody has it any more`,
      fact: effectsLost,
      where: isOurs,
      value: (fact) => fact.messages,
      of: (fact) => fact.ledger,
    }),
  ];
}

export class EffectLedger implements DeliveryObserver {
  readonly name: string;
  private readonly effects = new CountsById();
  /** How many have a message: each queue that has a copy, and each consumer that it was handed to. */
  private readonly holders = new CountsById();
  /** 1 for a message whose sender was told that the broker has it. */
  private readonly promised = new CountsById();
  /** Effects of a delivery, and deliveries that will never be acknowledged. */
  private readonly byDelivery = new WeakMap<Received, number>();
  private readonly unheard = new WeakSet<Received>();
  private readonly counts = { expected: 0, applied: 0, doubled: 0, unacknowledged: 0, lost: 0 };
  private readonly expectations: FactChannel<Fact<typeof effectExpected>>;
  private readonly applications: FactChannel<Fact<typeof effectApplied>>;
  private readonly unacknowledgements: FactChannel<Fact<typeof effectUnacknowledged>>;
  private readonly losses: FactChannel<Fact<typeof effectsLost>>;

  constructor(sim: Simulation, name: string) {
    this.name = name;
    this.expectations = sim.facts.channel(effectExpected);
    this.applications = sim.facts.channel(effectApplied);
    this.unacknowledgements = sim.facts.channel(effectUnacknowledged);
    this.losses = sim.facts.channel(effectsLost);
  }

  get totals(): Readonly<Record<'expected' | 'applied' | 'doubled' | 'unacknowledged' | 'lost', number>> {
    return { ...this.counts };
  }

  /** How often a message has had its effect. */
  effectsOf(id: number): number {
    return this.effects.get(id);
  }

  /** There is one copy of a message more. */
  taken(id: number): void {
    this.hold(id, 1);
  }

  /** Its sender was told that the broker has it. */
  confirmed(id: number): void {
    if (this.promised.get(id) > 0) return;
    const wasLost = this.isLost(id);
    this.promised.add(id, 1);
    this.counts.expected++;
    if (this.expectations.heard) this.expectations.emit({ ledger: this.name, request: id });
    this.recount(id, wasLost);
  }

  /** A copy is gone: acknowledged, dropped or lost. */
  released(id: number): void {
    this.hold(id, -1);
  }

  begun({ id }: Received): void {
    this.hold(id, 1);
  }

  ended({ id }: Received): void {
    this.hold(id, -1);
  }

  unsettled(message: Received): void {
    this.unheard.add(message);
    for (let left = this.byDelivery.get(message) ?? 0; left > 0; left--) this.tellUnacknowledged(message);
  }

  /** The message has had its effect, by this delivery of it. */
  applied(message: Received): void {
    const { id } = message;
    const wasLost = this.isLost(id);
    const times = this.effects.add(id, 1);
    this.counts.applied++;
    if (times > 1) this.counts.doubled++;
    if (this.applications.heard) this.applications.emit({ ledger: this.name, request: id, times });
    if (this.unheard.has(message)) this.tellUnacknowledged(message);
    else this.byDelivery.set(message, (this.byDelivery.get(message) ?? 0) + 1);
    this.recount(id, wasLost);
  }

  /** What cannot be, in words. */
  violations(): readonly string[] {
    const { applied, doubled, expected, lost } = this.counts;
    const broken: string[] = [];
    if (doubled > applied) broken.push(`${this.name}: ${doubled} effects are doubled, of ${applied}`);
    if (lost < 0 || lost > expected) broken.push(`${this.name}: ${lost} messages are lost, of ${expected}`);
    return broken;
  }

  private hold(id: number, change: number): void {
    const wasLost = this.isLost(id);
    const holders = this.holders.add(id, change);
    if (holders < 0) throw new Error(`${this.name}: message ${id} was let go by more than had it`);
    this.recount(id, wasLost);
  }

  private isLost(id: number): boolean {
    return this.promised.get(id) > 0 && this.holders.get(id) === 0 && this.effects.get(id) === 0;
  }

  private recount(id: number, wasLost: boolean): void {
    const isLost = this.isLost(id);
    if (isLost === wasLost) return;
    this.counts.lost += isLost ? 1 : -1;
    if (this.losses.heard) this.losses.emit({ ledger: this.name, messages: this.counts.lost });
  }

  private tellUnacknowledged({ id }: Received): void {
    this.counts.unacknowledged++;
    if (this.unacknowledgements.heard) this.unacknowledgements.emit({ ledger: this.name, request: id });
  }
}
