/**
 * A file of Prometheus rules, in YAML
 * (https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule_group).
 */
import { days, HOUR, MILLISECOND, MINUTE, SECOND, type Duration } from '../../kernel/time.ts';

export interface RecordingRule {
  readonly record: string;
  /** PromQL. */
  readonly expr: string;
}

export interface AlertRule {
  readonly alert: string;
  /** PromQL; the alert is active for every series in its answer. */
  readonly expr: string;
  /** For how long it has to be so. */
  readonly for: Duration;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly interval: Duration;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

/** `remarks` are lines at the top, for who reads the file. */
export function ruleFile(groups: readonly RuleGroup[], remarks: readonly string[] = []): string {
  const lines = groups.flatMap(({ name, interval, rules }) => [
    `- name: ${scalar(name)}`,
    `  interval: ${inPromql(interval)}`,
    '  rules:',
    ...rules.flatMap((rule) => ('record' in rule ? recordingLines(rule) : alertLines(rule))),
  ]);
  return `${[...remarks.map((remark) => `# ${remark}`), 'groups:', ...lines].join('\n')}\n`;
}

const recordingLines = ({ record, expr }: RecordingRule): string[] => [
  `  - record: ${scalar(record)}`,
  `    expr: ${scalar(expr)}`,
];

const alertLines = ({ alert, expr, for: pending, labels, annotations = {} }: AlertRule): string[] => [
  `  - alert: ${scalar(alert)}`,
  `    expr: ${scalar(expr)}`,
  ...(pending > 0 ? [`    for: ${inPromql(pending)}`] : []),
  ...mapping('labels', labels),
  ...mapping('annotations', annotations),
];

function mapping(name: string, values: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(values);
  return entries.length === 0
    ? []
    : [`    ${name}:`, ...entries.map(([key, value]) => `      ${key}: ${quoted(value)}`)];
}

/** As it is where YAML takes it for a text and for nothing else. */
const scalar = (text: string): string =>
  /^[A-Za-z_(][^\n]*$/.test(text) && !/: |:$| #|\s$|^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : quoted(text);

/** YAML's double quotes take what JSON's do. */
const quoted = (text: string): string => JSON.stringify(text);

/** A duration as PromQL has it: `5m`, `3d`, `250ms`. */
export function inPromql(duration: Duration): string {
  const units = { d: days(1), h: HOUR, m: MINUTE, s: SECOND, ms: MILLISECOND };
  for (const [unit, length] of Object.entries(units)) {
    if (duration >= length && duration % length === 0) return `${duration / length}${unit}`;
  }
  throw new RangeError(`duration: ${duration} ns is no whole number of milliseconds`);
}
