/** The replicated log's claims away from its defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import kafkaReplication from '../../../scenarios/messaging/kafka-replication.ts';
import { parseIntervention, s, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { failed, summaryOf, trialled } from '../trials.ts';

const VARIANTS = Object.keys(kafkaReplication.variants);

const lost = (recording: Trialled): number => summaryOf(recording, 'kafka.records.lost', 'max');

describe.each<[string, ParameterValues]>([
  ['half the rate', { rate: 200 }],
  ['a longer session and a longer limit', { sessionTimeout: s(12), lagMax: s(6), killAt: s(13) }],
  ['a cut that ends before the kill', { isolateFor: s(1) }],
  ['no cut', { isolateAt: s(600) }],
  ['a run that ends in the outage', { length: s(20) }],
  ['little patience', { deliveryTimeout: s(6), rate: 300 }],
  ['a run that ends before the old leader is back', { length: s(50) }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(trialled(kafkaReplication, { variant, params }))).toEqual([]);
  });
});

describe('as the guide says', () => {
  it('without unclean elections nothing is lost, and the old leader ends the outage', () => {
    const params = { downtime: s(28), length: s(80) };
    const recording = trialled(kafkaReplication, { variant: 'clean-election-only', params });
    expect(lost(recording)).toBe(0);
    // Until 58 s, from at most 39 s on; those who have waited since the kill are not given up yet.
    expect(summaryOf(recording, 'kafka.partition.offline', 'mean')).toBeGreaterThan(18.9 / 80);
    expect(summaryOf(recording, 'messaging.client.operation.duration', 'max')).toBeGreaterThan(27.9);
  });

  it('min.insync.replicas alone tells the remedy from the pitfall', () => {
    const { 'unclean-election': pitfall, 'acks-all-min-isr-2': remedy } = kafkaReplication.variants;
    expect(remedy).toEqual({ ...pitfall, minInSync: 2 });
  });

  it('with two in sync asked for and clean elections only, more is given up and nothing lost', () => {
    const clean = trialled(kafkaReplication, { variant: 'clean-election-only', params: { minInSync: 2 } });
    const unclean = trialled(kafkaReplication, { variant: 'acks-all-min-isr-2' });
    expect(lost(clean)).toBe(0);
    expect(summaryOf(clean, 'kafka.producer.record_errors', 'total')).toBeGreaterThan(
      summaryOf(unclean, 'kafka.producer.record_errors', 'total'),
    );
  });

  it('a leader that is cut off from the cluster and not from its clients goes on acknowledging in vain', () => {
    const recording = trialled(kafkaReplication, {
      variant: 'acks-1',
      params: { killAt: s(600), isolateAt: s(600) },
      interventions: [parseIntervention('10s:isolate:broker-1:seconds=15,clients=0')],
    });
    // From the cut to its end, at 500 a second; the producer has no reason to ask who leads.
    expect(lost(recording)).toBeGreaterThan(6500);
  });

  it('loses what no host had on disk when all lose their power, and nothing when one does or all brokers die', () => {
    const quiet = { killAt: s(600), isolateAt: s(600) };
    const after = (action: string, at: string, brokers: readonly number[], params: ParameterValues): number =>
      lost(
        trialled(kafkaReplication, {
          variant: 'acks-all-min-isr-2',
          params,
          interventions: brokers.map((broker) => parseIntervention(`${at}:${action}:broker-${broker}:seconds=3`)),
        }),
      );
    expect(after('kill', '10s', [1, 2, 3], quiet)).toBe(0);
    expect(after('power-loss', '10s', [1], quiet)).toBe(0);
    // Ten seconds of 500 a second, less chance: nothing is half a minute old.
    expect(after('power-loss', '10s', [1, 2, 3], quiet)).toBeGreaterThan(4500);
    // The last one in sync is back with nothing, and the others follow it.
    expect(after('power-loss', '12s', [1], {})).toBeGreaterThan(4500);
  });

  it('a long request time leaves hardly a batch to be refused', () => {
    const refused = (requestTimeout: number): number =>
      summaryOf(
        trialled(kafkaReplication, { variant: 'acks-all-min-isr-2', params: { requestTimeout } }),
        'kafka.producer.not_enough_replicas',
        'total',
      );
    expect(refused(s(30))).toBeLessThan(refused(s(5)) / 2);
  });
});
