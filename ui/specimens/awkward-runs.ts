/** Recordings that try what shows them: one in which nothing happened, and one in which everything has a long name. */
import type { Recording } from '../../sim-core/index.ts';
import { fixtureRecording } from './fixture-recording.ts';
import { slowedRun } from './small-run.ts';

const NONE = new Float64Array(0);
const NO_NUMBERS = new Uint32Array(0);

/** Ten seconds without a component, an event or a fact. */
export function emptyRun(): Recording {
  const { header } = fixtureRecording();
  return {
    header: { ...header, interventions: [], duration: 1e10 },
    components: [],
    signals: [],
    events: {
      total: 0,
      kept: 0,
      times: NONE,
      ids: NO_NUMBERS,
      causes: NO_NUMBERS,
      kinds: new Uint16Array(0),
      subjects: NONE,
      kindNames: [],
      checkpointEvery: 65_536,
      checkpoints: new Uint32Array(0),
    },
    facts: { tables: [], texts: [], sampledOneIn: 1, told: {} },
    flows: [],
    expectations: [],
    simulated: 1e10,
  };
}

const LONG: Readonly<Record<string, string>> = {
  users: 'customers-of-the-storefront-in-northern-europe',
  app: 'storefront-recommendations-service-canary',
  cache: 'recommendations-read-through-cache-zone-b',
  database: 'recommendations-primary-database-writer',
};

/** The slowed run of a system whose names are as long as in large companies; the names in its events and facts too. */
export function longNamedRun(): Recording {
  const recording = slowedRun();
  const renamed = (text: string): string =>
    text.replaceAll(/\b(users|app|cache|database)\b(?!\.)/g, (name) => LONG[name] ?? name);
  const { events, facts, components, flows, header } = recording;
  return {
    ...recording,
    header: { ...header, interventions: header.interventions.map((one) => ({ ...one, target: renamed(one.target) })) },
    components: components.map((one) => ({ ...one, name: renamed(one.name), calls: one.calls.map(renamed) })),
    flows: flows.map((flow) => ({ ...flow, from: renamed(flow.from), to: renamed(flow.to) })),
    events: { ...events, kindNames: events.kindNames.map(renamed) },
    facts: { ...facts, texts: facts.texts.map(renamed) },
  };
}
