/**
 * What was changed, and when: deployments, configuration, whatever an audit trail or a pipeline of delivery writes down, as
 * Grafana's annotations have it (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/annotate-visualizations/).
 * A change that went another way is not there, which is what such a log is worth.
 */
import type { Time } from '../../kernel/time.ts';

export interface ChangeEvent {
  readonly time: Time;
  readonly service: string;
  readonly kind: 'deployment' | 'configuration';
  /** What it is now: `tax.rules=2025`. */
  readonly what: string;
}

export class ChangeLog {
  private readonly changes: ChangeEvent[] = [];

  /** Changes come in the order of their times. */
  record(change: ChangeEvent): void {
    this.changes.push(change);
  }

  between(from: Time, to: Time): readonly ChangeEvent[] {
    return this.changes.filter(({ time }) => time >= from && time <= to);
  }
}
