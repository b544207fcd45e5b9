/**
 * The stage of every scenario in what a window leaves between guide and charts: at 1024 x 768 nobody scrolls sideways, at
 * 1440 x 900 nobody scrolls at all. How a system is wired is known before it runs.
 */
import { expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import exchangeRouting from '../../../scenarios/messaging/exchange-routing.ts';
import { chartsOf, Run, type Scenario } from '../../../sim-core/index.ts';
import { stageModel, type StageModel } from '../../../ui/models/moment.ts';
import { placeStage } from '../../../ui/models/stage-geometry.ts';
import { layOut } from '../../../ui/models/topology.ts';

/** 15 and 19 rem are the guide's and the charts' at 1024, 22 and 26.5 at 1440; what lies above and below the stage is measured. */
const SMALL = { width: 1024 - 34 * 16, height: 290 } as const;
const LARGE = { width: 1440 - 48.5 * 16, height: 340 } as const;

/** As it is wired in the variant. */
function stageOf(scenario: Scenario, variant: string): StageModel {
  const run = new Run(scenario, { variant });
  run.advance(1);
  const recording = run.finish();
  return stageModel(
    recording,
    layOut(recording.components, scenario.places),
    chartsOf(scenario, recording.header.params),
  );
}

it.each(catalogue.map(({ scenario }) => [scenario.id, scenario] as const))('%s', (_, scenario) => {
  const model = stageOf(scenario, Object.keys(scenario.variants)[0]);
  expect(placeStage(model, SMALL.width, SMALL.height).width).toBe(SMALL.width);
  expect(placeStage(model, LARGE.width, LARGE.height)).toMatchObject(LARGE);
});

it('five in one layer, below three rows of variants, are all to be seen', () => {
  const model = stageOf(exchangeRouting, 'alternate-exchange');
  const height = LARGE.height - 20;
  expect(placeStage(model, LARGE.width, height).height).toBe(height);
});
