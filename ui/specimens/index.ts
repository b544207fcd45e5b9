/**
 * The components of charts and stage, each by itself with fixed data: `#/specimens/<id>`. A line here puts a component
 * on show; another state of one is a line in its own file, and another form of chart a line in `chart-cases.ts`.
 * The browser test holds every line to what holds for a page: no complaint, no violation of accessibility, no overflow.
 */
import type { Component } from 'svelte';
import type { RunTabName } from '../drawer/tabs.ts';

export interface Specimen {
  /** As it stands in the address. */
  readonly id: string;
  readonly title: string;
  readonly load: () => Promise<Component>;
}

export const specimens: readonly Specimen[] = [
  specimen('chart', 'Charts', () => import('./ChartSpecimen.svelte')),
  specimen('compared-chart', 'Charts of two runs', () => import('./ComparedChartSpecimen.svelte')),
  specimen('curve', 'Curves', () => import('./CurveSpecimen.svelte')),
  specimen('hot-keys', 'Hot keys', () => import('./HotKeysSpecimen.svelte')),
  specimen('sagas', 'Sagas', () => import('./SagaSpecimen.svelte')),
  specimen('change-table', 'Table of changes', () => import('./ChangeTableSpecimen.svelte')),
  specimen('changed-requests', 'Requests that fared otherwise', () => import('./ChangedRequestsSpecimen.svelte')),
  specimen('luck', 'Is it luck?', () => import('./LuckSpecimen.svelte')),
  specimen('sketch', 'Sketch', () => import('./SketchSpecimen.svelte')),
  specimen('predict', 'Predictions', () => import('./PredictSpecimen.svelte')),
  specimen('goals', 'Goals of an exercise', () => import('./GoalsSpecimen.svelte')),
  specimen('policy-verdict', 'Verdict on a policy of one’s own', () => import('./PolicyVerdictSpecimen.svelte')),
  specimen('theory', 'Theory beside measurement', () => import('./TheorySpecimen.svelte')),
  specimen('stage', 'Stage', () => import('./StageSpecimen.svelte')),
  specimen('interventions', 'Interventions', () => import('./InterventionsSpecimen.svelte')),
  specimen('futures', 'Futures', () => import('./FuturesSpecimen.svelte')),
  specimen('close-up', 'Events that are kept', () => import('./CloseUpSpecimen.svelte')),
  specimen('transport', 'Transport', () => import('./TransportSpecimen.svelte')),
  specimen('what-happened', 'What happened', () => import('./WhatHappenedSpecimen.svelte')),
  specimen('variants', 'Choice of a variant', () => import('./VariantSpecimen.svelte')),
  specimen('marks', 'Marks and icons', () => import('./MarksSpecimen.svelte')),
  specimen('parameters', 'Parameters', () => import('./ParameterSpecimen.svelte')),
  specimen('pictures', 'Pictures of home', () => import('./PictureSpecimen.svelte')),
  specimen('dialogs', 'Dialogs and notices', () => import('./DialogSpecimen.svelte')),
  drawerTab('events', 'Events'),
  drawerTab('requests', 'Requests'),
  drawerTab('trace', 'Trace'),
  drawerTab('why', 'Why?'),
  drawerTab('logs', 'Logs'),
  drawerTab('state', 'State'),
  drawerTab('health', 'Health'),
  drawerTab('verdict', 'Verdict'),
];

function specimen(id: string, title: string, load: () => Promise<{ default: Component }>): Specimen {
  return { id, title, load: async () => (await load()).default };
}

function drawerTab(id: string, tab: RunTabName): Specimen {
  const load = async (): Promise<Component> => {
    const { default: RunTabSpecimen } = await import('./RunTabSpecimen.svelte');
    return (anchor) => RunTabSpecimen(anchor, { tab });
  };
  return { id, title: `Drawer: ${tab}`, load };
}
