/** The columns of a stage: as wide as names need, and fewer than layers where these do not fit. */
import { expect, it } from 'vitest';
import type { RecordedComponent } from '../../../sim-core/index.ts';
import { stageModel, type StageModel } from '../../../ui/models/moment.ts';
import { leastWidth, placeStage } from '../../../ui/models/stage-geometry.ts';
import { layOut } from '../../../ui/models/topology.ts';
import { fixtureRecording } from '../../../ui/specimens/fixture-recording.ts';

/** Each calls the next one. */
function chain(names: readonly string[]): StageModel {
  const components = names.map((name, i): RecordedComponent => {
    return { name, kind: 'service', help: '', calls: names.slice(i + 1, i + 2), interventions: [], state: {} };
  });
  return stageModel(fixtureRecording(), layOut(components), []);
}

it('gives a layer with a long name wider cards, where there is room for that', () => {
  const names = ['users', 'gateway', 'alertmanager', 'store', 'disk', 'archive'];
  const model = chain(names);
  const widths = (width: number): number[] => placeStage(model, width, 400).boxes.map((box) => box.width);
  const needed = 19 + 12 * 7.5;
  for (const width of [leastWidth(model), 640, 2000]) expect(widths(width)[2]).toBeGreaterThanOrEqual(needed);
  expect(widths(leastWidth(model)).filter((width) => width >= needed)).toHaveLength(1);
  expect(new Set(widths(2000)).size).toBe(1);
});

it('puts two layers in one column where all do not fit beside each other, however low it is: nobody scrolls sideways', () => {
  const names = ['browsers', 'edge', 'gateway', 'app', 'store', 'disk'];
  const model = chain(names);
  const [wide, narrow, low] = (
    [
      [800, 300],
      [480, 300],
      [480, 60],
    ] as const
  ).map(([width, height]) => {
    const { boxes, ...stage } = placeStage(model, width, height);
    return { ...stage, bands: boxes.map(({ band }) => band), names: boxes.map(({ node }) => node.name) };
  });
  expect(wide).toMatchObject({ width: 800, names, bands: [0, 1, 2, 3, 4, 5] });
  expect(narrow).toMatchObject({ width: 480, height: 300, names });
  expect(new Set(narrow.bands).size).toBeLessThan(6);
  expect(narrow.bands).toEqual(narrow.bands.toSorted((a, b) => a - b));
  expect(low).toMatchObject({ width: 480, names, bands: narrow.bands });
  expect(low.height).toBeGreaterThan(60);
});
