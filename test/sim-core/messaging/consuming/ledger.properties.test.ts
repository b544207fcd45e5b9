/** The ledger beside a naive one that keeps everything and counts anew each time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { EffectLedger } from '../../../../sim-core/messaging/consuming/ledger.ts';
import type { Received } from '../../../../sim-core/messaging/consuming/received.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

const MESSAGES = 4;

interface Delivery {
  readonly received: Received;
  effects: number;
  isHeld: boolean;
  isUnheard: boolean;
}

class NaiveLedger {
  readonly deliveries: Delivery[] = [];
  readonly copies: number[] = Array.from({ length: MESSAGES }, () => 0);
  readonly confirmed = new Set<number>();

  private of(id: number): Delivery[] {
    return this.deliveries.filter(({ received }) => received.id === id);
  }

  effects(id: number): number {
    return this.of(id).reduce((sum, { effects }) => sum + effects, 0);
  }

  get totals() {
    const ids = this.copies.map((_, id) => id);
    const sum = (of: (id: number) => number): number => ids.reduce((total, id) => total + of(id), 0);
    const isLost = (id: number): boolean =>
      this.confirmed.has(id) &&
      this.copies[id] === 0 &&
      this.effects(id) === 0 &&
      !this.of(id).some(({ isHeld }) => isHeld);
    return {
      expected: this.confirmed.size,
      applied: sum((id) => this.effects(id)),
      doubled: sum((id) => Math.max(0, this.effects(id) - 1)),
      unacknowledged: this.deliveries
        .filter(({ isUnheard }) => isUnheard)
        .reduce((total, { effects }) => total + effects, 0),
      lost: ids.filter(isLost).length,
    };
  }
}

it('counts what is expected, applied, doubled, unacknowledged and lost, whatever comes in whatever order', () => {
  const step = fc.tuple(
    fc.constantFrom('taken', 'confirmed', 'released', 'begun', 'applied', 'ended', 'unsettled'),
    fc.nat(30),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const ledger = new EffectLedger(new Simulation(), 'ledger');
      const naive = new NaiveLedger();
      for (const [what, number] of steps) {
        const id = number % MESSAGES;
        const delivery = naive.deliveries[number % Math.max(1, naive.deliveries.length)];
        if (what === 'taken') {
          ledger.taken(id);
          naive.copies[id]++;
        } else if (what === 'confirmed') {
          ledger.confirmed(id);
          naive.confirmed.add(id);
        } else if (what === 'begun') {
          const received = { id, key: id, request: new RequestContext(id, 0) };
          ledger.begun(received);
          naive.deliveries.push({ received, effects: 0, isHeld: true, isUnheard: false });
        } else if (what === 'released') {
          if (naive.copies[id] === 0) continue;
          ledger.released(id);
          naive.copies[id]--;
        } else if (delivery === undefined) continue;
        else if (what === 'applied') {
          ledger.applied(delivery.received);
          delivery.effects++;
        } else if (what === 'ended') {
          if (!delivery.isHeld) continue;
          ledger.ended(delivery.received);
          delivery.isHeld = false;
        } else {
          if (delivery.isUnheard) continue;
          delivery.isUnheard = true;
          ledger.unsettled(delivery.received);
        }
        expect(ledger.totals).toEqual(naive.totals);
        expect(ledger.violations()).toEqual([]);
      }
    }),
  );
});

it('finds a message again whose effect arrives after its consumer died', () => {
  const ledger = new EffectLedger(new Simulation(), 'ledger');
  const received = { id: 70_000_000_000, key: 0, request: new RequestContext(0, 0) };
  ledger.taken(received.id);
  ledger.confirmed(received.id);
  ledger.begun(received);
  ledger.released(received.id);
  expect(ledger.totals.lost).toBe(0);
  ledger.ended(received);
  expect(ledger.totals.lost).toBe(1);
  ledger.applied(received);
  expect(ledger.totals.lost).toBe(0);
});

it('does not let a message be let go by more than had it', () => {
  const ledger = new EffectLedger(new Simulation(), 'ledger');
  expect(() => ledger.released(3)).toThrow('ledger: message 3 was let go by more than had it');
});
