/**
 * Kafka's rules as one table: each rule that ../shared/data/vectors/kafka_rules.json names has what the models answer to it,
 * by their public interface, and what of it is not modelled, with the reason. Where a test goes further than its row
 * here, it stands beside its model.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sharedVectors } from '../../../shared-vectors.ts';
import { CLUSTER_RULES } from './rules/cluster.ts';
import { GROUP_RULES, TRANSITIONS } from './rules/groups.ts';
import { LOG_RULES } from './rules/log.ts';

const RULES = { ...LOG_RULES, ...CLUSTER_RULES, ...GROUP_RULES };

/** What of a rule the models leave out, and why. */
const NOT_MODELLED: Readonly<Record<string, string>> = {
  isr_expand:
    'a broker that shuts down in order: brokers are killed here, and one that is fenced is told from one that lives',
  consumer_lag_client:
    'records-lag of the client: it follows from its position, which no scenario shows; the tools’ figure is',
  linger_batch:
    'close and flush: no producer is closed; a transaction that completes hurries its batches (transactions.test.ts)',
  sticky_partitioner: 'the switch put off while the batch is not ready: it only makes batches fuller',
  key_null_vs_empty: 'an empty key: keys are numbers here, and have digits; the hash has it',
  group_states: 'Dead: no group is deleted',
};

describe('Kafka’s rules', () => {
  it.each(Object.entries(RULES))('%s', (_name, met) => met());
});

/** Of `rules` the names, and of a group's states those that follow. */
interface Rules {
  readonly rules: Readonly<Record<string, unknown>> & {
    readonly group_states: Readonly<Record<string, readonly string[]>>;
  };
}

const kafkaRules = sharedVectors<Rules>('kafka_rules.json');

describe.skipIf(kafkaRules.isLeftOut)('in ../shared/data/vectors', () => {
  it('kafka_rules.json has these rules, and no others', () => {
    const { rules } = kafkaRules.read();
    expect(Object.keys(RULES).sort()).toEqual(Object.keys(rules).sort());
    for (const name of Object.keys(NOT_MODELLED)) expect(Object.keys(rules)).toContain(name);
    const states = Object.entries(rules.group_states).map(([from, to]) => [from, to.filter((s) => s !== 'Dead')]);
    expect(Object.fromEntries(states)).toEqual(TRANSITIONS);
  });

  it.each([
    ['kafka_assignors.json', 'kafka-assignors.json'],
    ['kafka_idempotent_sequences.json', 'kafka-sequences.json'],
    ['kafka_lso.json', 'kafka-last-stable-offset.json'],
  ])('%s has the rows that the models are held to', (theirs, ours) => {
    const own = JSON.parse(readFileSync(new URL(`../../../vectors/${ours}`, import.meta.url), 'utf8'));
    expect(own.rows).toEqual(sharedVectors<{ readonly rows: unknown }>(theirs).read().rows);
  });
});
