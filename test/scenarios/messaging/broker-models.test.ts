/** The claims about the models away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import brokerModels from '../../../scenarios/messaging/broker-models.ts';
import { judge, ms, parseIntervention, s, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { failed, totalOf, trialled } from '../trials.ts';

const VARIANTS = Object.keys(brokerModels.variants);
/** Of each model one product. */
const ONE_OF_EACH = ['queue', 'exchange', 'topic', 'stream'];

const byDefault = new Map<string, Trialled>();
/** The run of a variant as it is, once for all tests. */
function usual(variant: string): Trialled {
  if (!byDefault.has(variant)) byDefault.set(variant, trialled(brokerModels, { variant }));
  return byDefault.get(variant)!;
}

describe.each<[string, ParameterValues, readonly string[]]>([
  ['two consumers a service', { consumers: 2, rate: 100 }, VARIANTS],
  ['slow work', { workTime: ms(20), rate: 80, consumers: 6 }, ONE_OF_EACH],
  ['an audit that comes when users are about to stop', { lateAt: s(17) }, ['topic', 'jetstream']],
  ['a crash while a consumer is away', { crashAt: s(5) }, ['queue', 'stream', 'sqs', 'nats-core']],
])('with %s', (_name, params, variants) => {
  it.each(variants)('%s holds its claims', (variant) => {
    expect(failed(trialled(brokerModels, { variant, params }))).toEqual([]);
  });
});

describe('as the guide says', () => {
  it('faster work inverts less', () => {
    const inversions = (workTime: number): number =>
      totalOf(trialled(brokerModels, { variant: 'exchange', params: { workTime } }), 'broker_models.inversions');
    expect(inversions(ms(1))).toBeLessThan(totalOf(usual('exchange'), 'broker_models.inversions') / 2);
  });

  it('what was trimmed before the audit came cannot be read again', () => {
    const recording = trialled(brokerModels, {
      variant: 'stream',
      interventions: [parseIntervention('10s:trim:redis:length=100')],
    });
    // A hundred, and what came in the second after.
    const replayed = totalOf(recording, 'broker_models.replayed');
    expect(replayed).toBeGreaterThanOrEqual(100);
    expect(replayed).toBeLessThan(500);
  });

  it('JetStream has lost with its power what was not synced, and by default that is all', () => {
    const replayed = (syncInterval: number): number =>
      totalOf(
        trialled(brokerModels, {
          variant: 'jetstream',
          params: { syncInterval, crashAt: s(600) },
          interventions: [parseIntervention('7.9s:power-loss:nats:seconds=2')],
        }),
        'broker_models.replayed',
      );
    // A second of 230 events from when it was up until the audit came; with a sync each second, seven seconds more.
    expect(replayed(s(120))).toBeLessThan(400);
    expect(replayed(s(1)) - replayed(s(120))).toBeGreaterThan(1_400);
  });

  it('a topic handles again what was handled since the last commit', () => {
    expect(totalOf(usual('topic'), 'broker_models.duplicates')).toBeGreaterThan(0);
  });
});

describe('core NATS is no stream', () => {
  // With nine tenths of the consumers' time taken each death costs several events.
  const busy = trialled(brokerModels, { variant: 'nats-core', params: { rate: 450 } });
  const lost = (recording: Trialled): number =>
    2 * totalOf(recording, 'broker_models.published') - totalOf(recording, 'broker_models.copies');

  it('loses what its consumers had in hand, and what nobody was there for', () => {
    expect(lost(usual('jetstream'))).toBe(0);
    expect(lost(busy)).toBeGreaterThan(0);
  });

  it('is told from one by the claims about that', () => {
    const broken = judge(brokerModels, 'jetstream', busy).filter(({ pass }) => !pass);
    expect(broken.some(({ text }) => text.includes('broker_models.copies'))).toBe(true);
    expect(broken.some(({ text }) => text.includes('broker_models.replayed'))).toBe(true);
  });
});

it('who waits for queues that are away is told by the p99 from who is refused meanwhile', () => {
  const late = (claimsOf: string, variant: string): boolean =>
    judge(brokerModels, claimsOf, usual(variant)).some(({ text, pass }) => text.includes('p99') && !pass);
  expect(late('sqs', 'sns-sqs')).toBe(true);
  expect(late('sns-sqs', 'sqs')).toBe(true);
  expect(late('jetstream', 'sns-sqs')).toBe(true);
});

it('a stream in memory has lost what came before the server was killed, and one in files has not', () => {
  const early = (variant: string): number => totalOf(usual(variant), 'broker_models.replayed');
  expect(early('jetstream-memory')).toBeLessThan(early('jetstream') / 4);
});

it('an outage of SQS as long as its visibility timeout has handled messages come again', () => {
  const doubled = (deed: string): number =>
    totalOf(
      trialled(brokerModels, { variant: 'sqs', params: { rate: 600 }, interventions: [parseIntervention(deed)] }),
      'broker_models.duplicates',
    );
  expect(doubled('14s:outage:sqs:seconds=3')).toBeGreaterThan(doubled('14s:outage:sqs:seconds=0.5'));
});
