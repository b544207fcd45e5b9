/**
 * JUnit's XML, which continuous-integration servers read: a suite a run, a case an expectation. A run that ended by an
 * error is a suite with one case in error.
 */
import { ENGINE_VERSION, type ExpectationResult, quantity } from '../../../sim-core/index.ts';
import type { RunFailure, RunReport, RunResult } from './report.ts';

export function junit({ scenario, runs, failures }: RunReport): string {
  const suites = [
    ...runs.map((run) => runSuite(scenario.id, run)),
    ...failures.map((failure) => failureSuite(scenario.id, failure)),
  ];
  const { tests, failures: failed, skipped } = countsOf(runs.flatMap(({ expectations }) => expectations));
  const counts = { tests: tests + failures.length, failures: failed, errors: failures.length, skipped };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    ...element('testsuites', { name: scenario.id, ...counts }, suites),
    '',
  ].join('\n');
}

function runSuite(id: string, run: RunResult): string[] {
  const { variant, seed, digest, wallSeconds, expectations } = run;
  const className = `${id}.${variant}`;
  const properties = Object.entries({ seed, digest, version: ENGINE_VERSION }).map(([name, value]) =>
    element('property', { name, value }, []),
  );
  const cases = expectations.map(({ text, pass, actual, limit, unit, notClaimed }) => {
    const measured = `measured ${quantity(actual, unit)}`;
    const outcome = [];
    if (!pass) {
      const message = `${measured}, limit ${quantity(limit, unit)}`;
      outcome.push(element('failure', { message, type: 'expectation' }, []));
    }
    if (notClaimed !== undefined) {
      outcome.push(element('skipped', { message: `not claimed: ${notClaimed}; ${measured}` }, []));
    }
    return element('testcase', { classname: className, name: text, time: 0 }, outcome);
  });
  const { tests, failures, skipped } = countsOf(expectations);
  const about = { name: `${className} seed ${seed}`, tests, failures, errors: 0, skipped };
  return element('testsuite', { ...about, time: wallSeconds.toFixed(3) }, [
    element('properties', {}, properties),
    ...cases,
  ]);
}

/** What is not claimed passes, and is told as a case that was skipped. */
const countsOf = (
  expectations: readonly ExpectationResult[],
): Readonly<Record<'tests' | 'failures' | 'skipped', number>> => ({
  tests: expectations.length,
  failures: expectations.filter(({ pass }) => !pass).length,
  skipped: expectations.filter(({ notClaimed }) => notClaimed !== undefined).length,
});

function failureSuite(id: string, { variant, seed, error }: RunFailure): string[] {
  const className = `${id}.${variant}`;
  const name = `${className} seed ${seed}`;
  const testcase = element('testcase', { classname: className, name: 'runs to its end', time: 0 }, [
    element('error', { message: error, type: 'run' }, []),
  ]);
  return element('testsuite', { name, tests: 1, failures: 0, errors: 1, skipped: 0 }, [testcase]);
}

/** The lines of an element, its children indented. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly (readonly string[])[],
): string[] {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const opening = `<${name}${words.join('')}`;
  if (children.length === 0) return [`${opening}/>`];
  return [`${opening}>`, ...children.flat().map((line) => `  ${line}`), `</${name}>`];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as the value of an attribute; characters that XML 1.0 has no way to write are replaced. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ENTITIES[character])
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[^\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
