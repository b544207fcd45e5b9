/** What the guide of Kafka's health says beyond its claims: the table of faults and rows, and what moves a fault out of its row. */
import { expect, it } from 'vitest';
import kafkaHealth from '../../../scenarios/whole-systems/kafka-health.ts';
import { kafkaChecklist, s, type ParameterValues } from '../../../sim-core/index.ts';
import { trialled } from '../trials.ts';

const SHORT: Readonly<Record<string, string>> = {
  'Lag Growth Derivative': 'lag',
  'Under-replicated Partitions': 'under-replicated',
  'ISR Shrink Events': 'shrinks',
  'Produce Error Rate': 'errors',
  'Consumer Rebalance Frequency': 'rebalances',
};
const brokenIn = (variant: string, params: ParameterValues = {}): string[] =>
  kafkaChecklist(trialled(kafkaHealth, { variant, params: { rate: 150, ...params } })).rows.flatMap(
    ({ item, verdict }) => (verdict === 'bad' ? [SHORT[item]] : []),
  );

it('breaks the rows that the guide’s table says', () => {
  const table = Object.keys(kafkaHealth.variants).map((variant) => [variant, ...brokenIn(variant)]);
  expect(table).toEqual([
    ['broker-killed', 'lag', 'under-replicated'],
    ['healthy'],
    ['slow-consumer', 'lag'],
    ['slow-follower', 'lag', 'under-replicated', 'shrinks'],
    ['strict-min-isr', 'lag', 'under-replicated', 'errors'],
    ['flapping-consumer', 'rebalances'],
  ]);
});

it('a follower that is in the set for longer than producers wait breaks their row as well', () => {
  expect(brokenIn('broker-killed', { lagMax: s(10) })).toContain('errors');
});

it('what comes again seldom is occasional', () => {
  expect(brokenIn('flapping-consumer', { every: s(12) })).toEqual([]);
});
