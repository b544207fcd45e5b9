/** Severities against the example mappings of OpenTelemetry's data model, appendix B. */
import { describe, expect, it } from 'vitest';
import {
  isAtLeast,
  severityNumbers,
  severityOf,
  severityOfWord,
} from '../../../../sim-core/observability/logging/severity.ts';
import { SEVERITIES, type Severity } from '../../../../sim-core/observability/signals/telemetry.ts';

/** Rows of the appendix's table; in the order of its columns syslog, log4j, zap, java.util.logging and .NET, where these have a word. */
const APPENDIX_B: readonly (readonly [number, Partial<Record<keyof typeof severityNumbers, string>>])[] = [
  [1, { log4j: 'TRACE', 'java.util.logging': 'FINEST', '.NET': 'Trace' }],
  [5, { syslog: 'debug', log4j: 'DEBUG', zap: 'debug', 'java.util.logging': 'FINER', '.NET': 'Debug' }],
  [6, { 'java.util.logging': 'FINE' }],
  [7, { 'java.util.logging': 'CONFIG' }],
  [9, { syslog: 'info', log4j: 'INFO', zap: 'info', 'java.util.logging': 'INFO', '.NET': 'Information' }],
  [10, { syslog: 'notice' }],
  [13, { syslog: 'warning', log4j: 'WARN', zap: 'warn', 'java.util.logging': 'WARNING', '.NET': 'Warning' }],
  [17, { syslog: 'err', log4j: 'ERROR', zap: 'error', 'java.util.logging': 'SEVERE', '.NET': 'Error' }],
  [18, { syslog: 'crit', zap: 'dpanic' }],
  [19, { syslog: 'alert', zap: 'panic' }],
  [21, { syslog: 'emerg', log4j: 'FATAL', zap: 'fatal', '.NET': 'Critical' }],
];

it('numbers the words of each framework as the appendix does, and no others', () => {
  const words = APPENDIX_B.flatMap(([number, row]) =>
    Object.entries(row).map(([framework, word]) => [framework, word, number]),
  );
  const ours = Object.entries(severityNumbers).flatMap(([framework, numbers]) =>
    Object.entries(numbers).map(([word, number]) => [framework, word, number]),
  );
  expect(ours.map(String).sort()).toEqual(words.map(String).sort());
});

describe('a range', () => {
  it('has four numbers, beginning with its own', () => {
    for (const [severity, least] of Object.entries(SEVERITIES)) {
      for (let number: number = least; number < least + 4; number++) expect(severityOf(number)).toBe(severity);
    }
  });

  it.each([0, 25, 1.5, Number.NaN])('has no number %s', (number) => {
    expect(() => severityOf(number)).toThrow(`the number is ${number}; it must be an integer from 1 to 24`);
  });

  it.each([
    ['WARNING', 'WARN'],
    ['warn', 'WARN'],
    ['SEVERE', 'ERROR'],
    ['Information', 'INFO'],
    ['notice', 'INFO'],
    ['panic', 'ERROR'],
    ['FINER', 'DEBUG'],
  ])('is what the word %s means', (word, severity) => {
    expect(severityOfWord(word)).toBe(severity);
  });

  it('is not guessed', () => {
    expect(severityOfWord('at')).toBeUndefined();
  });
});

it('orders severities', () => {
  const all = Object.keys(SEVERITIES) as Severity[];
  all.forEach((a, i) => all.forEach((b, j) => expect(isAtLeast(a, b)).toBe(i >= j)));
});
