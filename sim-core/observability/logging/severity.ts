/**
 * What other frameworks call a severity, as OpenTelemetry numbers it: 1 to 24, four numbers for each of six ranges
 * (https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/#appendix-b-severitynumber-example-mappings).
 */
import { SEVERITIES, type Severity } from '../signals/telemetry.ts';

export const severityNumbers = {
  /** RFC 5424, by the names of syslog.conf(5). */
  syslog: { emerg: 21, alert: 19, crit: 18, err: 17, warning: 13, notice: 10, info: 9, debug: 5 },
  log4j: { FATAL: 21, ERROR: 17, WARN: 13, INFO: 9, DEBUG: 5, TRACE: 1 },
  zap: { fatal: 21, panic: 19, dpanic: 18, error: 17, warn: 13, info: 9, debug: 5 },
  'java.util.logging': { SEVERE: 17, WARNING: 13, INFO: 9, CONFIG: 7, FINE: 6, FINER: 5, FINEST: 1 },
  '.NET': { Critical: 21, Error: 17, Warning: 13, Information: 9, Debug: 5, Trace: 1 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

const RANGES = Object.entries(SEVERITIES) as [Severity, number][];

/** The range of a number from 1 to 24. */
export function severityOf(number: number): Severity {
  if (!(Number.isInteger(number) && number >= 1 && number <= 24)) {
    throw new RangeError(`severity: the number is ${number}; it must be an integer from 1 to 24`);
  }
  return RANGES.findLast(([, least]) => number >= least)![0];
}

/** What a word at the head of a line says, whichever of the frameworks wrote it; undefined for one that none of them writes. */
export function severityOfWord(word: string): Severity | undefined {
  return BY_WORD.get(word.toLowerCase());
}

/** Where two frameworks mean different things by one word, as by `critical`, the higher counts. */
const BY_WORD = new Map<string, Severity>(
  Object.values(severityNumbers)
    .flatMap((framework) => Object.entries(framework))
    .sort(([, a], [, b]) => a - b)
    .map(([word, number]) => [word.toLowerCase(), severityOf(number)]),
);

/** Whether one is at least as severe as another. */
export const isAtLeast = (severity: Severity, least: Severity): boolean => SEVERITIES[severity] >= SEVERITIES[least];
