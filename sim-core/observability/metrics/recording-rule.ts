/**
 * Recording rules of Prometheus: what an expression comes to is kept as series of its own at each evaluation, so that whoever asks for
 * it reads one sample of each in place of all that it was made of.
 * https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/, names as in https://prometheus.io/docs/practices/rules/.
 *
 * What a rule looks at is paid for at each evaluation, whether anybody asks or not; what it keeps are series too, with a sample at each.
 * A result that is gone is not marked stale: whoever asks is given the last for five minutes. Evaluated before the dashboards of the
 * same instant, where Prometheus has rules and questions at times of their own.
 */
import type { Time } from '../../kernel/time.ts';
import type { Evaluation } from './prometheus.ts';
import type { Head } from './series/head.ts';
import type { Vector } from './series/vector.ts';

export interface RecordingRule {
  /** Of the series that are made: `level:metric:operations`. */
  readonly record: string;
  readonly expression: (head: Head, at: Time) => Vector;
}

/** All rules of a group, one after the other: a later one may read what an earlier one has recorded. */
export function recordingRules(rules: readonly RecordingRule[]): Evaluation {
  return (head, at) => {
    for (const { record, expression } of rules) head.record(record, expression(head, at), at);
  };
}
