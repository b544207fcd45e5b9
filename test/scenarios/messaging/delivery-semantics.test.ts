/** The claims about delivery semantics away from their defaults, and what the guide says of other settings. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import deliverySemantics from '../../../scenarios/messaging/delivery-semantics.ts';
import {
  ms,
  parseIntervention,
  s,
  VisibilityQueue,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';
import { Queue } from '../../../sim-core/messaging/channels/queue.ts';
import { failed, ranToEnd, totalOf, trialled } from '../trials.ts';

afterEach(() => void vi.restoreAllMocks());

const VARIANTS = Object.keys(deliverySemantics.variants);
const WITH_SQS = ['visibility-too-short', 'visibility-renewed'];
const WITH_RABBIT = VARIANTS.filter((variant) => !WITH_SQS.includes(variant));
const WITH_ACKS = WITH_RABBIT.filter((variant) => variant !== 'at-most-once');

const byDefault = new Map<string, Trialled>();
/** The run of a variant as it is, once for all tests. */
function usual(variant: string): Trialled {
  if (!byDefault.has(variant)) byDefault.set(variant, trialled(deliverySemantics, { variant }));
  return byDefault.get(variant)!;
}

const doubled = (variant: string, params: ParameterValues, ...interventions: string[]): number =>
  totalOf(
    trialled(deliverySemantics, { variant, params, interventions: interventions.map(parseIntervention) }),
    'effects.bookings.doubled',
  );

describe.each<[string, ParameterValues, readonly string[]]>([
  ['two consumers', { consumers: 2, rate: 80, length: s(15) }, VARIANTS],
  ['slow work', { workTime: ms(200), payTime: ms(100), rate: 60, consumers: 6, length: s(15) }, WITH_RABBIT],
  ['few faults', { killEvery: s(3), disconnectEvery: s(2), rate: 100 }, VARIANTS],
  ['more orders than can be done', { concurrency: 1, rate: 100, length: s(12) }, WITH_RABBIT],
])('with %s', (_name, params, variants) => {
  it.each(variants)('%s holds its claims', (variant) => {
    expect(failed(trialled(deliverySemantics, { variant, params }))).toEqual([]);
  });
});

describe('as the guide says', () => {
  it('a check before the act fails where two have the message at once, and hardly where one dies', () => {
    const together = doubled('check-then-act', { killEvery: s(60) });
    const dying = doubled('check-then-act', { disconnectEvery: s(60) });
    expect(together).toBeGreaterThan(50);
    expect(dying).toBeGreaterThan(0);
    expect(dying).toBeLessThan(together / 2);
  });

  it('two at once wait for each other at the index, so nobody pays twice unless one dies', () => {
    const recording = trialled(deliverySemantics, {
      variant: 'unique-key-in-transaction',
      params: { killEvery: s(60) },
    });
    expect(totalOf(recording, 'effects.payments.doubled')).toBe(0);
    expect(totalOf(recording, 'messaging.client.redelivered.messages')).toBeGreaterThan(50);
  });

  it('what comes again after its id was deleted is booked again', () => {
    const outage = '10s:kill:rabbit:seconds=5';
    expect(doubled('unique-key-in-transaction', { retention: s(1) }, outage)).toBeGreaterThan(0);
    expect(doubled('unique-key-in-transaction', {}, outage)).toBe(0);
  });

  it('automatic acknowledgement knows no prefetch: what waits in the process is lost with it', () => {
    const lost = (params: ParameterValues): number =>
      trialled(deliverySemantics, { variant: 'at-most-once', params }).signals.find(
        ({ name }) => name === 'effects.bookings.lost',
      )!.summary['max'];
    expect(lost({ concurrency: 3, prefetch: 100 })).toBeGreaterThan(1.3 * lost({}));
  });
});

describe('what the broker drops is seen', () => {
  const lostOf = (recording: Trialled): string[] => failed(recording).filter((claim) => claim.includes('.lost'));
  const lostIn = (variant: string): string[] =>
    lostOf(ranToEnd(deliverySemantics, { variant, params: { length: s(12) } }).finish());

  it.each(WITH_ACKS)(
    '%s loses bookings and payments where the queue drops one copy in a hundred and says that it has it',
    (variant) => {
      expect(lostOf(usual(variant))).toEqual([]);
      const { publish } = Queue.prototype;
      let offered = 0;
      vi.spyOn(Queue.prototype, 'publish').mockImplementation(function (this: Queue, message, by) {
        return offered++ % 100 === 99 || publish.call(this, message, by);
      });
      expect(lostIn(variant)).toHaveLength(2);
    },
  );

  it.each(WITH_ACKS)('%s loses bookings and payments where a broker forgets what comes back to it', (variant) => {
    const { giveBack } = Queue.prototype;
    vi.spyOn(Queue.prototype, 'giveBack').mockImplementation(function (this: Queue, copies, how) {
      if (how === 'holder-gone') this.reject(copies);
      else giveBack.call(this, copies, how);
    });
    expect(lostIn(variant)).toHaveLength(2);
  });

  it.each(WITH_SQS)(
    '%s loses bookings and payments where the service drops one message in a hundred and says that it has it',
    (variant) => {
      expect(lostOf(usual(variant))).toEqual([]);
      const { send } = VisibilityQueue.prototype;
      let offered = 0;
      vi.spyOn(VisibilityQueue.prototype, 'send').mockImplementation(function (this: VisibilityQueue, message, fifo) {
        return offered++ % 100 === 99 || send.call(this, message, fifo);
      });
      expect(lostIn(variant)).toHaveLength(2);
    },
  );
});

describe('with a visibility timeout', () => {
  it('that is longer than the work nothing is doubled, and one that is shorter doubles whatever takes longer', () => {
    expect(doubled('visibility-too-short', { visibility: s(5) })).toBe(0);
    expect(totalOf(usual('visibility-too-short'), 'effects.bookings.doubled')).toBeGreaterThan(100);
  });

  it('a unique key has who comes second wait and then find that it was done, so that nobody pays twice either', () => {
    const recording = trialled(deliverySemantics, { variant: 'visibility-too-short', params: { guard: 'unique-key' } });
    for (const effects of ['bookings', 'payments']) expect(totalOf(recording, `effects.${effects}.doubled`)).toBe(0);
    expect(totalOf(recording, 'messaging.client.redelivered.messages')).toBeGreaterThan(30);
  });

  it('deletes by receipts that are stale, which succeeds and does nothing', () => {
    const stale = (variant: string): number => totalOf(usual(variant), 'sqs.receipts.stale');
    expect(stale('visibility-too-short')).toBeGreaterThan(100);
    expect(stale('visibility-renewed')).toBe(0);
  });
});
