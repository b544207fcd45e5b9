/** The ledger that listens to queues: what it holds for lost, whoever lets a message fall. */
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { messageEnqueued, messageSettled } from '../../../../sim-core/messaging/channels/facts.ts';
import { QueueLedger } from '../../../../sim-core/messaging/consuming/queue-ledger.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

function witness() {
  const sim = new Simulation();
  const ledger = new QueueLedger(sim, 'orders');
  const enter = (queue: string): void => sim.facts.channel(messageEnqueued).emit({ queue, request: 1, reason: '' });
  const leave = (queue: string, fate: string, cause = ''): void =>
    sim.facts.channel(messageSettled).emit({ queue, request: 1, fate, cause, attempts: 1, age: 0 });
  return { sim, ledger, enter, leave };
}

it('finds a message in whatever queue it is, and misses it when it is in none', () => {
  const { sim, ledger, enter, leave } = witness();
  enter('orders');
  ledger.confirmed(1);
  sim.schedule(0, () => enter('dead'), undefined, sim.eventKind('the dead letter arrives'));
  leave('orders', 'dead-lettered');
  expect(ledger.totals.lost).toBe(0);
  sim.runUntil(1);
  expect(ledger.totals.lost).toBe(0);
  leave('dead', 'acknowledged');
  expect(ledger.totals.lost).toBe(1);
  enter('orders');
  expect(ledger.totals.lost).toBe(0);
});

it('misses a dead letter that arrives nowhere', () => {
  const { sim, ledger, enter, leave } = witness();
  enter('orders');
  ledger.confirmed(1);
  leave('orders', 'dead-lettered');
  sim.runUntil(1);
  expect(ledger.totals.lost).toBe(1);
});

it('misses no message that had its effect, and none that no sender was told of', () => {
  const { ledger, enter, leave } = witness();
  enter('orders');
  leave('orders', 'dropped');
  expect(ledger.totals.lost).toBe(0);
  ledger.confirmed(1);
  expect(ledger.totals.lost).toBe(1);
  ledger.applied({ id: 1, key: 1, request: new RequestContext(1, 0) });
  expect(ledger.totals.lost).toBe(0);
});

it('misses what needs no acknowledgement once its consumer has it no more, and not while it is handed over', () => {
  const { sim, ledger, enter, leave } = witness();
  const received = { id: 1, key: 1, request: new RequestContext(1, 0) };
  enter('orders');
  ledger.confirmed(1);
  leave('orders', 'acknowledged', 'no ack asked');
  expect(ledger.totals.lost).toBe(0);
  ledger.begun(received);
  sim.runUntil(1);
  expect(ledger.totals.lost).toBe(0);
  ledger.ended(received);
  expect(ledger.totals).toMatchObject({ expected: 1, lost: 1 });
});
