/** The dead letters' claims away from their defaults, and what the guide says of other settings. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import dlqGrowth from '../../../scenarios/messaging/dlq-growth.ts';
import {
  minutes,
  parseIntervention,
  s,
  VisibilityQueue,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';
import { Broker } from '../../../sim-core/systems/rabbitmq/broker.ts';
import { Channel } from '../../../sim-core/systems/rabbitmq/channel.ts';
import { failed, trialled } from '../trials.ts';

afterEach(() => void vi.restoreAllMocks());

const VARIANTS = Object.keys(dlqGrowth.variants);
const WITH_SQS = ['expired-unseen', 'kept-for-days'];
const WITH_RABBIT = VARIANTS.filter((variant) => !WITH_SQS.includes(variant));

const byDefault = new Map<string, Trialled>();
/** The run of a variant as it is, once for all tests. */
function usual(variant: string): Trialled {
  if (!byDefault.has(variant)) byDefault.set(variant, trialled(dlqGrowth, { variant }));
  return byDefault.get(variant)!;
}

const signal = (recording: Trialled, name: string) => recording.signals.find((each) => each.name === name)!;
const atTheEnd = (recording: Trialled): number => signal(recording, 'dlq.depth').columns['last'].at(-1)!;

describe.each<[string, ParameterValues, readonly string[]]>([
  ['little that dies', { troubleShare: 0.05 }, WITH_RABBIT],
  ['a short trouble', { troubleFor: s(60) }, VARIANTS],
  ['a quick person', { reaction: s(20) }, ['rate-and-age-alert', 'kept-for-days']],
  ['a slow monitor', { every: s(20) }, ['unmonitored', 'rate-and-age-alert', 'automated-redrive']],
])('with %s', (_name, params, variants) => {
  it.each(variants)('%s holds its claims', (variant) => {
    expect(failed(trialled(dlqGrowth, { variant, params }))).toEqual([]);
  });
});

it('fires by the age where too little dies for the rate', () => {
  const recording = trialled(dlqGrowth, { variant: 'rate-and-age-alert', params: { alertRate: 100 } });
  expect(signal(recording, 'dlq.alerts').summary['total']).toBeGreaterThanOrEqual(1);
  expect(signal(recording, 'dlq.detection.time').summary['max']).toBeGreaterThan(120);
});

it('parks what was redriven as often as it may be, in a trouble that does not end', () => {
  const params = { troubleFor: minutes(20), length: minutes(25) };
  const recording = trialled(dlqGrowth, { variant: 'automated-redrive', params });
  expect(signal(recording, 'dlq.parked').summary['total']).toBeGreaterThan(0);
  expect(signal(recording, 'dlq.redrive.stops').summary['total']).toBeGreaterThan(0);
});

it('is emptied by a redrive that somebody starts after the trouble, and not by one that comes too early', () => {
  const depth = (deed: string): number =>
    atTheEnd(trialled(dlqGrowth, { variant: 'unmonitored', interventions: [parseIntervention(deed)] }));
  expect(depth('5min:start:redrive')).toBe(0);
  expect(depth('90s:start:redrive')).toBeGreaterThan(0);
});

it('forgets with SQS what has been dead for its retention, and not before', () => {
  const lostBy = (deadRetention: number): number =>
    lost(trialled(dlqGrowth, { variant: 'expired-unseen', params: { deadRetention } }))!;
  expect(lostBy(minutes(11))).toBe(0);
  const [some, all] = [lostBy(minutes(9)), lost(usual('expired-unseen'))!];
  expect(some).toBeGreaterThan(0);
  expect(some).toBeLessThan(all);
});

const lost = (recording: Trialled): number | undefined =>
  recording.expectations.find(({ text }) => text.startsWith('effects.lost'))?.actual;

/** It ends soon after the trouble. */
const SHORT = { length: minutes(5) };

describe('what is dropped is seen', () => {
  it.each(WITH_RABBIT)('%s loses nothing, and all that dies where the broker makes no dead letters', (variant) => {
    // Not for a moment: a dead letter on its way is not lost.
    expect(signal(usual(variant), 'effects.lost').summary['max'] ?? 0).toBe(0);
    vi.spyOn(Broker.prototype, 'officeOf').mockImplementation(() => () => 'sent');
    const broken = trialled(dlqGrowth, { variant, params: SHORT });
    expect(failed(broken).some((claim) => claim.startsWith('effects.lost'))).toBe(true);
    expect(lost(broken)).toBeGreaterThan(100);
  });

  it.each(WITH_RABBIT.filter((variant) => variant !== 'unmonitored'))(
    '%s loses what its redrive takes out and a broker says that a queue has, though none has',
    (variant) => {
      const { publish } = Channel.prototype;
      vi.spyOn(Channel.prototype, 'publish').mockImplementation(function (this: Channel, message) {
        if (!('x-redrives' in message.headers)) return publish.call(this, message);
        return { queues: [message.routingKey], refused: false, returned: false };
      });
      expect(lost(trialled(dlqGrowth, { variant, params: SHORT }))).toBeGreaterThan(100);
    },
  );
});

it('with SQS what is moved back in time is done, what is moved too early comes back, and what has expired is not there', () => {
  const moved = (variant: string, at: string) => {
    const { signals } = trialled(dlqGrowth, {
      variant,
      interventions: [parseIntervention(`${at}:redrive:sqs:rate=20`)],
    });
    const of = (name: string) => signals.find((signal) => signal.name === name)!;
    const [depth, lostNow] = ['dlq.depth', 'effects.lost'].map((name) => of(name).columns['last'].at(-1)!);
    return { depth, lostNow, redriven: of('dlq.redriven').summary['total'] };
  };
  const inTime = moved('kept-for-days', '5min');
  // Some 45 a minute die for three minutes or more; a queue that is moved from that fast is empty within one.
  expect(inTime.redriven).toBeGreaterThan(500);
  expect([inTime.depth, inTime.lostNow]).toEqual([0, 0]);
  const early = moved('kept-for-days', '90s');
  expect(early.redriven).toBeGreaterThan(50);
  expect(early.depth).toBeGreaterThan(500);
  expect(early.lostNow).toBe(0);
  // Kept for five minutes, the first go at six, two minutes after the trouble is over, and the last at nine.
  expect(moved('expired-unseen', '5min').lostNow).toBe(0);
  expect(moved('expired-unseen', '650s').lostNow).toBeGreaterThan(0);
});

it('sees what SQS says that it has and has not, as an order or as a dead letter', () => {
  const { send } = VisibilityQueue.prototype;
  let offered = 0;
  vi.spyOn(VisibilityQueue.prototype, 'send').mockImplementation(function (this: VisibilityQueue, message, fifo) {
    return offered++ % 100 === 99 || send.call(this, message, fifo);
  });
  expect(lost(trialled(dlqGrowth, { variant: 'kept-for-days', params: SHORT }))).toBeGreaterThan(40);
});

const isBroken = (recording: Trialled, claim: string): boolean =>
  failed(recording).some((text) => text.startsWith(claim));
const broken = (claim: string): boolean => isBroken(trialled(dlqGrowth, { variant: 'automated-redrive' }), claim);

it('sees a robot that sets everything aside', () => {
  expect(isBroken(usual('automated-redrive'), 'total of dlq.parked')).toBe(false);
  const { get } = Channel.prototype;
  vi.spyOn(Channel.prototype, 'get').mockImplementation(function (this: Channel, queue, noAck) {
    const delivery = get.call(this, queue, noAck);
    if (delivery === undefined) return undefined;
    const { message } = delivery;
    return { ...delivery, message: { ...message, headers: { ...message.headers, 'x-redrives': 100 } } };
  });
  expect(broken('total of dlq.parked')).toBe(true);
});

it('sees a robot that takes everything where nobody works at it, and says nothing of that', () => {
  expect(isBroken(usual('automated-redrive'), 'total of effects.expected')).toBe(false);
  const { publish } = Channel.prototype;
  vi.spyOn(Channel.prototype, 'publish').mockImplementation(function (this: Channel, message) {
    const isRedriven = 'x-redrives' in message.headers;
    return publish.call(this, isRedriven ? { ...message, routingKey: 'orders.parked' } : message);
  });
  expect(broken('total of effects.expected')).toBe(true);
});

it('what the monitor is told to alert at is recorded with what it looks at, and nothing is where there is no alert', () => {
  const { params } = usual('rate-and-age-alert').header;
  const watchedFor = (variant: string, name: string): unknown => signal(usual(variant), name).thresholds;
  expect(watchedFor('rate-and-age-alert', 'dlq.entry.rate')).toEqual([
    { label: 'alert above', value: params['alertRate'] },
  ]);
  expect(watchedFor('rate-and-age-alert', 'dlq.oldest.age')).toEqual([
    { label: 'alert above', value: Number(params['alertAge']) / 1e9 },
  ]);
  expect(watchedFor('unmonitored', 'dlq.oldest.age')).toBeUndefined();
});
