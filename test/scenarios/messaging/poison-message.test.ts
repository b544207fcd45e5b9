/** The poison message's claims away from its defaults, and what the guide says of other settings. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import poisonMessage from '../../../scenarios/messaging/poison-message.ts';
import { waitShareLeast, waitShareMost } from '../../../scenarios/messaging/poison-message/limits.ts';
import { BACKLOG, OVERTAKEN, WAITED } from '../../../scenarios/messaging/poison-message/tally.ts';
import {
  ms,
  parseIntervention,
  resolveParameters,
  s,
  type Limit,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';
import { Republisher } from '../../../sim-core/systems/kafka/listening/republisher.ts';
import { Broker } from '../../../sim-core/systems/rabbitmq/broker.ts';
import { Queue } from '../../../sim-core/messaging/channels/queue.ts';
import { failed, ranToEnd, summaryOf, trialled } from '../trials.ts';

afterEach(() => void vi.restoreAllMocks());

const of = (variant: string, params: ParameterValues = {}): Trialled => trialled(poisonMessage, { variant, params });

describe.each<[string, ParameterValues]>([
  ['fewer retries', { retries: 2 }],
  ['no crashes', { crashShare: 0 }],
  ['more that is transient', { transientShare: 0.03 }],
  ['a longer run', { length: s(120) }],
])('with %s', (_name, params) => {
  it.each(Object.keys(poisonMessage.variants))('%s holds its claims', (variant) => {
    expect(failed(of(variant, params))).toEqual([]);
  });
});

it('has more orders overtaken where there is a line to go to the end of', () => {
  const overtaken = (rate: number): number => summaryOf(of('republish-with-attempts', { rate }), OVERTAKEN, 'total');
  expect(overtaken(350)).toBeGreaterThan(2 * overtaken(100));
});

it('never catches up with waits of up to 200 ms that double: they take longer than a poison order takes to come', () => {
  const { columns } = of('backoff', { base: ms(200) }).signals.find(({ name }) => name === BACKLOG)!;
  expect(columns['last'].at(-1)!).toBeGreaterThan(1000);
});

it.each(['exponential', 'equal-jitter', 'decorrelated-jitter', 'immediate'])('holds its claims with %s', (backoff) => {
  expect(failed(of('backoff', { backoff }))).toEqual([]);
});

it('waits for longer without jitter: for all of a doubled wait in place of any part of it', () => {
  const longest = (backoff: string): number => summaryOf(of('backoff', { backoff }), BACKLOG, 'max');
  expect(longest('exponential')).toBeGreaterThan(longest('full-jitter'));
  expect(longest('full-jitter')).toBeGreaterThan(longest('immediate'));
});

const NOT_BLOCKED = Object.keys(poisonMessage.variants).filter(
  (variant) => !['block-forever', 'kafka-blocking-retry'].includes(variant),
);

it('doubles nothing where no worker dies', () => {
  for (const variant of NOT_BLOCKED)
    expect(summaryOf(of(variant, { crashShare: 0 }), 'effects.doubled', 'total')).toBe(0);
});

it('has the worker die as often whatever its strategy', () => {
  const deaths = NOT_BLOCKED.map((variant) => summaryOf(of(variant), 'messaging.process.broken_off', 'total'));
  expect(deaths[0]).toBeGreaterThan(30);
  expect(new Set(deaths).size).toBe(1);
});

it('buries orders that were done where the delivery limit leaves no room for a death', () => {
  const recording = of('dlq', { retries: 2 });
  const unheard = summaryOf(recording, 'effects.unacknowledged', 'total');
  expect(unheard).toBeGreaterThan(0);
  // None of them comes again, and each is a dead letter that nobody gave up.
  expect(summaryOf(recording, 'effects.doubled', 'total')).toBe(0);
  const [entries, givenUp] = ['dlq.entries', 'orders.given_up'].map((name) => summaryOf(recording, name, 'total'));
  expect(entries - givenUp).toBe(unheard);
});

it.each(['dlq', 'kafka-retry-topics'])(
  '%s takes a key that is made poison by hand, and a release that mends it',
  (variant) => {
    const entries = (...deeds: string[]): number =>
      summaryOf(
        trialled(poisonMessage, { variant, interventions: deeds.map(parseIntervention) }),
        'dlq.entries',
        'total',
      );
    expect(entries('20s:poison:worker:key=7')).toBeGreaterThan(entries());
    expect(entries('20s:mend:worker')).toBeLessThan(entries());
  },
);

it('has its dead letters of Kafka redriven by hand, and they are done once the code is mended', () => {
  const interventions = ['30s:mend:worker', '35s:scale:redrives:members=1'].map(parseIntervention);
  const { signals } = trialled(poisonMessage, { variant: 'kafka-retry-topics', interventions });
  const [redriven, again] = ['dlq.redriven', 'dlq.redriven.again'].map((name) => summaryOf({ signals }, name, 'total'));
  expect(redriven).toBeGreaterThan(10);
  const [entries, poison, transient] = ['', '.poison', '.transient'].map((reason) =>
    summaryOf({ signals }, `dlq.entries${reason}`, 'total'),
  );
  expect(poison).toBeGreaterThan(0);
  expect(poison + transient).toBe(entries);
  expect(again).toBe(0);
  expect(signals.find(({ name }) => name === 'dlq.depth')!.columns['last'].at(-1)).toBe(0);
  const [applied, doubled, expected] = ['applied', 'doubled', 'expected'].map((what) =>
    summaryOf({ signals }, `effects.${what}`, 'total'),
  );
  expect(applied - doubled).toBe(expected);
});

it('has a slow order hold up those behind it, and whoever waits for the same worker', () => {
  const age = (slowShare: number): number =>
    summaryOf(of('kafka-retry-topics', { slowShare }), 'messaging.process.age', 'p90');
  expect(age(0.02)).toBeGreaterThan(age(0));
});

describe('what is dropped is seen', () => {
  const lost = (variant: string): string[] =>
    failed(ranToEnd(poisonMessage, { variant }).finish()).filter((claim) => claim.startsWith('effects.lost'));

  it.each(['backoff', 'dlq', 'delayed-queue', 'per-message-delay'])(
    '%s loses orders where the broker makes no dead letters',
    (variant) => {
      expect(summaryOf(of(variant), 'effects.lost', 'max')).toBe(0);
      vi.spyOn(Broker.prototype, 'officeOf').mockImplementation(() => () => 'sent');
      expect(lost(variant)).toHaveLength(1);
    },
  );

  it('kafka-retry-topics loses orders where its dead letters are committed and not published', () => {
    const { publish } = Republisher.prototype;
    vi.spyOn(Republisher.prototype, 'publish').mockImplementation(function* (this: Republisher, record, to, headers) {
      return to.startsWith('orders-dlt') || (yield* publish.call(this, record, to, headers));
    });
    expect(lost('kafka-retry-topics')).toHaveLength(1);
  });

  it.each(['republish-with-attempts', 'delayed-queue', 'per-message-delay'])(
    '%s loses orders where what it publishes to the dead letters does not arrive',
    (variant) => {
      const { publish } = Queue.prototype;
      vi.spyOn(Queue.prototype, 'publish').mockImplementation(function (this: Queue, message, by) {
        return this.name === 'orders.dead' || publish.call(this, message, by);
      });
      expect(lost(variant)).toHaveLength(1);
    },
  );
});

it('tells full jitter from another and from none by the mean of its waits', () => {
  const share = (backoff: string): number => summaryOf(of('backoff', { backoff }), WAITED, 'mean');
  const values = resolveParameters(poisonMessage, 'backoff', {});
  const [least, most] = [waitShareLeast, waitShareMost].map((limit) => limitAt(limit, values));
  const isClaimed = (backoff: string): boolean => share(backoff) >= least && share(backoff) <= most;
  const backoffs = ['full-jitter', 'equal-jitter', 'exponential', 'immediate'];
  expect(backoffs.map(isClaimed)).toEqual([true, false, false, false]);
});

function limitAt(limit: Limit, values: ParameterValues): number {
  const at = typeof limit === 'function' ? limit(values) : limit;
  if (typeof at !== 'number') throw new Error(`nothing is claimed: ${at.why}`);
  return at;
}
