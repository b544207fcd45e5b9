/**
 * What a run is held to, where a chart can show it: a variant's expectations about the highest or lowest value of a
 * signal, with their limits for the parameters of this run. Only what must not be exceeded is a threshold; that a pitfall
 * reaches at least so much is a lesson and no limit. Totals and means over a run are no height in a chart.
 */
import type { ParameterValues } from './parameters.ts';
import type { Scenario } from './scenario.ts';

export interface Threshold {
  readonly signal: string;
  readonly value: number;
  readonly label: string;
}

export function thresholdsOf({ expect }: Scenario, variant: string, values: ParameterValues): Threshold[] {
  return (expect[variant] ?? []).flatMap(({ claim }) => {
    const subject = claim?.measure.subject;
    if (!claim || !subject || subject.field !== 'max' || claim.bound !== 'at most') return [];
    const value = claim.limit(values);
    return Number.isNaN(value) ? [] : [{ signal: subject.signal, value, label: 'at most' }];
  });
}
