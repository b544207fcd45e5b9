/** Bars of sagas against the experimenter's book and against what participants said. */
import { describe, expect, it } from 'vitest';
import saga from '../../../scenarios/workflows/saga.ts';
import orphans from '../../../scenarios/workflows/orphan-compensation.ts';
import stampede from '../../../scenarios/caching/stampede.ts';
import { ms, parseIntervention, run, s, type Recording } from '../../../sim-core/index.ts';
import { barOf, barsAt, sagaCourses, type SagaBar, type SagaCourses } from '../../../ui/models/saga-courses.ts';

const params = { length: s(14), rate: 20 };
const broken = run(saga, { variant: 'no-compensation', params });
const mended = run(saga, { variant: 'orchestrated', params });

const halfDoneAfter = ({ signals }: Recording, row: number): number =>
  signals.find(({ name }) => name === 'saga.half_done')!.columns.last[row];
const isHalfDone = ({ standing }: SagaBar): boolean => standing === 'stuck' || standing === 'under way';

describe.each([
  ['that undoes nothing', broken],
  ['that undoes what it cannot finish', mended],
])('a run %s', (_, recording) => {
  const sagas = sagaCourses(recording)!;
  const { interval, duration } = recording.header;

  it('has as many sagas half done as the book counts, at the end of every interval', () => {
    expect(sagas.sampledOneIn).toBe(1);
    for (let row = 0; row < duration / interval; row += 7) {
      const end = Math.min(duration, (row + 1) * interval) - 1;
      expect(barsAt(sagas, end).filter(isHalfDone), `row ${row}`).toHaveLength(halfDoneAfter(recording, row));
    }
  });

  it('has those first that are stuck, the longest of all first, and they never move again', () => {
    const bars = barsAt(sagas, s(10));
    const stuck = bars.filter(({ standing }) => standing === 'stuck');
    expect(bars.slice(0, stuck.length)).toEqual(stuck);
    expect(stuck.map(({ since }) => since)).toEqual(stuck.map(({ since }) => since).toSorted((a, b) => a - b));
    for (const bar of stuck) expect(barOf(sagas, bar.request, duration)).toEqual(bar);
  });
});

it('who undoes nothing leaves sagas stuck behind their last step, most of them since the next was refused', () => {
  const stuck = barsAt(sagaCourses(broken)!, s(14)).filter(({ standing }) => standing === 'stuck');
  for (const { steps } of stuck) expect(steps.join()).toMatch(/^done(,done)*(,refused)?(,open)*$/);
  expect(stuck.filter(({ steps }) => steps.includes('refused')).length).toBeGreaterThan(stuck.length / 2);
});

it('what is compensated was done up to where it did not go on, and undone from there back', () => {
  const sagas = sagaCourses(mended)!;
  const compensated = barsAt(sagas, s(14)).filter(({ steps }) => steps.includes('undone'));
  expect(compensated.length).toBeGreaterThan(0);
  for (const { request, steps, since } of compensated) {
    expect(steps.join()).toMatch(/^undone(,undone)*(,refused)?(,open)*$/);
    // The first step is undone last: just before that its effect stands alone.
    expect(barOf(sagas, request, since - 1)).toMatchObject({
      standing: 'under way',
      steps: ['done', ...steps.slice(1)],
    });
  }
});

it('orphans are stuck, and where a watchdog takes them up none is', () => {
  const stuckIn = (options: Parameters<typeof run>[1]): number => {
    const recording = run(orphans, options);
    const sagas = sagaCourses(recording) as SagaCourses;
    return barsAt(sagas, recording.header.duration).filter(({ standing }) => standing === 'stuck').length;
  };
  const [pitfall] = Object.keys(orphans.variants).filter((name) => orphans.roles[name] === 'pitfall');
  expect(stuckIn({ variant: pitfall })).toBeGreaterThan(0);
  expect(stuckIn({ variant: pitfall, params: { watchdog: true, audit: true } })).toBe(0);
});

it('is not taken for done by those steps alone whose participants have said anything', () => {
  const slow = parseIntervention('0s:slow:payments:factor=100');
  const halfway = run(saga, {
    variant: 'no-compensation',
    params: { ...params, payTime: s(5) },
    interventions: [slow],
  });
  expect(sagaCourses(halfway)!.steps).toHaveLength(4);
  expect(barsAt(sagaCourses(halfway)!, s(1)).map(({ standing }) => standing)).not.toContain('completed');
});

it('a run without sagas has none', () => {
  expect(
    sagaCourses(run(stampede, { variant: 'none', params: { length: s(9), ttl: s(5), timeout: ms(900) } })),
  ).toBeUndefined();
});
