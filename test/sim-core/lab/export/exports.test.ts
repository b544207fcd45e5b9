/** Every form that a run is exported in: the same run gives the same text, whole or not, and whoever its requests were. */
import { describe, expect, it } from 'vitest';
import burnRate from '../../../../scenarios/observability/burn-rate.ts';
import stampede from '../../../../scenarios/caching/stampede.ts';
import rebalance from '../../../../scenarios/messaging/rebalance.ts';
import {
  ExportedRun,
  exportForms,
  Run,
  s,
  type ExportName,
  type ParameterValues,
  type Scenario,
} from '../../../../sim-core/index.ts';

/** A run that ended before its time, as an interruption leaves one. */
function begun(scenario: Scenario, variant: string, events: number, params: ParameterValues = {}): ExportedRun {
  const run = new Run(scenario, { variant, params });
  run.advance(events);
  return new ExportedRun(run.finish(), scenario);
}

/** Among them what was not begun at all, and what has no clients that tell of requests. */
const runs = {
  'a stampede': () => begun(stampede, 'none', 1500),
  'nothing yet': () => begun(stampede, 'none', 0),
  'a length in nanoseconds': () => begun(stampede, 'mutex', 200, { length: s(6) + 1 }),
  'a log and its consumers': () => begun(rebalance, Object.keys(rebalance.variants)[0], 1500),
  'a month in minutes': () => begun(burnRate, Object.keys(burnRate.variants)[0], 500),
};

const names = Object.keys(exportForms) as ExportName[];

it('files have names of their own', () => {
  const suffixes = Object.values(exportForms).map(({ suffix }) => suffix);
  expect(new Set(suffixes).size).toBe(suffixes.length);
});

describe.each(Object.keys(runs) as (keyof typeof runs)[])('%s', (which) => {
  const [one, again] = [runs[which](), runs[which]()];

  it.each(names)('is written as %s, twice alike', (name) => {
    const { write, mediaType } = exportForms[name];
    const text = write(one);
    expect(write(again)).toBe(text);
    expect(text.length).toBeGreaterThan(10);
    if (mediaType === 'application/json') JSON.parse(text);
    if (mediaType === 'application/jsonl') for (const line of text.trimEnd().split('\n')) JSON.parse(line);
  });
});
