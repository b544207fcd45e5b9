/**
 * The handbook's minimal production readiness checklist (appendix). Where an item is a thing of the system it is a predicate
 * on what the run shows: an alert that looks, a guard that held a load back, a bound that a line has. It is bad where the
 * thing that it protects is there and the protection is not, and untold where a run gave no occasion for it. What is paper
 * (a runbook, documented keys) is attested by people, and the row says so; so is what this run has nothing of: spans of a run
 * without a tracer, what is in logs that it does not keep.
 */
import { STAMPEDE_CONTROL } from '../../cache/stampede/stampede-control.ts';
import { fleetOf, ROOM_TO_WAIT } from '../../network/component.ts';
import { PERSONAL_DATA } from '../logging/log-store.ts';
import { ANY_TIME, KEEPS_FOR, NOT_SET } from '../signals/retention.ts';
import { counted, found, type Checklist, type ChecklistRow, type ChecklistVerdict } from './checklist.ts';
import { anySeen, seen, type RunEvidence, type SeenComponent } from './run-evidence.ts';

type Judgement = readonly [ChecklistVerdict, string, ...signals: string[]];

interface Item {
  readonly area: string;
  readonly item: string;
  readonly judge: (evidence: RunEvidence) => Judgement;
}

/** The handbook's 80 %. */
const INSTRUMENTED_LEAST = 0.8;

const ITEMS: readonly Item[] = [
  { area: 'Cache', item: 'Hit ratio alerting', judge: hitRatioAlerting },
  { area: 'Cache', item: 'Stampede control present', judge: stampedeControl },
  { area: 'Messaging', item: 'DLQ monitored', judge: monitoredDeadLetters },
  { area: 'Messaging', item: 'Idempotency keys documented', judge: paperwork('a document says which they are') },
  { area: 'Tracing', item: '>80% critical paths instrumented', judge: instrumentedPaths },
  { area: 'Metrics', item: 'SLO dashboards published', judge: publishedDashboards },
  { area: 'Logs', item: 'PII redaction implemented', judge: redactedLogs },
  { area: 'Schema', item: 'Compatibility CI gate', judge: compatibilityGate },
  { area: 'Backpressure', item: 'Bounded queues & shedding', judge: boundedQueues },
  { area: 'Hot Keys', item: 'Detection alert', judge: hotKeyDetection },
  {
    area: 'Disaster',
    item: 'Runbook for cache flush',
    judge: paperwork('the scenario cache-flush is what it is about'),
  },
  { area: 'Cost', item: 'Observability retention policy', judge: retentionPolicy },
];

export function readinessChecklist(evidence: RunEvidence): Checklist {
  return {
    id: 'readiness',
    title: 'Production readiness',
    rows: ITEMS.map(({ area, item, judge }): ChecklistRow => {
      const [verdict, text, ...signals] = judge(evidence);
      return found({ item: `${area}: ${item}`, threshold: '', signals }, verdict, text);
    }),
  };
}

function paperwork(why: string): () => Judgement {
  return () => ['attested', `no run can show it: ${why}`];
}

const totalOf = (evidence: RunEvidence, name: string): number => seen(evidence, name)?.summary.total ?? 0;

function hitRatioAlerting(evidence: RunEvidence): Judgement {
  const [alerts, ratio] = ['cache.hit_ratio.alerts', 'cache.hit_ratio'];
  const alert = seen(evidence, alerts);
  if (alert !== undefined) return ['good', `an alert looks at it, and fired ${times(alert.summary.total)}`, alerts];
  if (seen(evidence, ratio) === undefined) return ['untold', 'the run has no cache'];
  return ['bad', 'there is a cache, and nobody is told when its hit ratio falls', ratio];
}

/** Whoever has a guard or a rule against it says so; what of it was seen, and how many loads met all the same, stands beside it. */
function stampedeControl(evidence: RunEvidence): Judgement {
  const [redundant, all] = ['cache.loads.redundant', 'cache.loads'];
  const controls = controlsOf(evidence);
  const held = ['cache.loads.coalesced', 'cache.lock.contended'].filter((name) => totalOf(evidence, name) > 0);
  const hasLoads = seen(evidence, redundant) !== undefined;
  if (!hasLoads && controls.length === 0) return ['untold', 'the run has no loads of a cache'];
  const [needless, loads] = [totalOf(evidence, redundant), totalOf(evidence, all)];
  const met = `${needless} of ${counted(loads, 'load')} began while another of their key was under way`;
  const signals = hasLoads ? [redundant, all, ...held] : held;
  if (controls.length > 0) {
    const count = held.reduce((sum, name) => sum + totalOf(evidence, name), 0);
    const back = `${counted(count, 'miss was', 'misses were')} held back while another loaded the key`;
    const seenOfIt = [...(held.length > 0 ? [back] : []), ...(hasLoads ? [met] : [])];
    return ['good', [controls.join(', '), ...seenOfIt].join('; '), ...signals];
  }
  if (needless > 0) return ['bad', `${met}, and nothing is there to keep them apart`, ...signals];
  return ['untold', 'no two loads of one key met, so that nothing had to keep them apart', ...signals];
}

/** What is said, once for a fleet: `single-flight in app`. */
function controlsOf({ components = [] }: RunEvidence): string[] {
  const said = components.filter(({ state }) => Object.hasOwn(state, STAMPEDE_CONTROL));
  return [...new Set(said.map(({ name, state }) => `${String(state[STAMPEDE_CONTROL])} in ${fleetOf(name)}`))];
}

function monitoredDeadLetters(evidence: RunEvidence): Judgement {
  const alerts = 'dlq.alerts';
  const alert = seen(evidence, alerts);
  if (alert !== undefined) return ['good', `an alert looks at them, and fired ${times(alert.summary.total)}`, alerts];
  const queue = anySeen(evidence, ['dlq.depth', 'dlq.entries']);
  if (queue !== undefined) return ['bad', 'there are dead letters, and nobody is told of them', queue.name];
  return ['untold', 'the run has no queue of dead letters'];
}

/**
 * Good where a panel shows an objective (`dashboard.slo.…`) or what a definition calls an indicator of one. Whoever works out burn
 * rates or a budget has an objective too; that of any other run is on paper, if there is one.
 */
function publishedDashboards({ signals }: RunEvidence): Judgement {
  const panels = signals.filter(({ name }) => name.startsWith('dashboard.'));
  const ofObjectives = signals
    .filter(({ name, isIndicator }) => isIndicator === true || /^(dashboard\.)?slo\./.test(name))
    .map(({ name }) => name);
  const shown = ofObjectives.filter((name) => name.startsWith('dashboard.'));
  if (shown.length > 0) return ['good', `a dashboard shows ${shown.join(', ')}`, ...shown];
  const others = panels.length === 0 ? '' : `; ${counted(panels.length, 'panel shows', 'panels show')} other things`;
  if (ofObjectives.length > 0) {
    const text = `an objective is measured by ${ofObjectives.join(', ')}, and no dashboard shows it${others}`;
    return ['bad', text, ...ofObjectives];
  }
  return ['attested', `this run measures no objective; who has one has to publish it${others}`];
}

function compatibilityGate(evidence: RunEvidence): Judgement {
  const refused = 'schema_registry.refused';
  const gate = seen(evidence, refused);
  if (gate === undefined)
    return ['attested', 'the run has no schema registry; whether a build asks one, its owners know'];
  const { total } = gate.summary;
  if (total > 0) return ['good', `the registry refused ${counted(total, 'schema')}`, refused];
  return ['untold', 'the registry refused nothing: nothing was wrong, or it does not look', refused];
}

/** What turned work away because there was no room for it. */
const SHEDDING = [
  'load_shed.shed',
  'rate_limit.refused',
  'bulkhead.refused',
  'circuit_breaker.not_permitted',
  'db.client.operations.refused',
  'messaging.client.refused.messages',
];

/** Spans of services and consumers that users' requests reach; clients, stores and brokers are seen by the spans of who calls them. */
function instrumentedPaths({ components = [], flows = [], measures }: RunEvidence): Judgement {
  const traced = measures?.traced ?? [];
  if (traced.length === 0)
    return ['attested', 'nothing of this run writes spans; what a team’s own cover, it has to count'];
  const reached = new Set(components.filter(({ kind }) => kind === 'client').map(({ name }) => name));
  const consumers = new Set(components.filter(({ kind }) => kind === 'consumer').map(({ name }) => name));
  const isConsumer = (name: string): boolean => consumers.has(name) || consumers.has(fleetOf(name));
  for (let before = 0; before < reached.size;) {
    before = reached.size;
    for (const { from, to, requests } of flows) {
      if (!requests.some((row) => row > 0)) continue;
      if (reached.has(from)) reached.add(to);
      // A consumer asks the broker for what others have sent there, and so it is the way on from it.
      else if (isConsumer(from) && reached.has(to)) reached.add(from);
    }
  }
  const isReached = (name: string): boolean => reached.has(name) || [...reached].some((one) => fleetOf(one) === name);
  const onPath = components.filter(({ name, kind }) => (kind === 'service' || kind === 'consumer') && isReached(name));
  const isTraced = ({ name }: SeenComponent): boolean => traced.some((one) => one === name || fleetOf(one) === name);
  const blind = onPath.filter((component) => !isTraced(component));
  const [whole, seenOnes] = [onPath.length, onPath.length - blind.length];
  if (whole === 0) return ['untold', 'requests reach no service and no consumer in this run'];
  const found = `${seenOnes} of ${counted(whole, 'service or consumer', 'services and consumers')} that requests reach write spans`;
  const missing = blind.length === 0 ? '' : `; not ${namesOf(blind)}`;
  return [seenOnes > INSTRUMENTED_LEAST * whole ? 'good' : 'bad', found + missing];
}

/** What the detectors find in the lines that are stored; what they cannot know for personal data nobody finds here. */
function redactedLogs({ components = [] }: RunEvidence): Judgement {
  const stores = components.filter(({ state }) => Object.hasOwn(state, PERSONAL_DATA));
  if (stores.length === 0) return ['attested', 'this run keeps no lines of logs; who wrote them knows what is in them'];
  const sum = (name: string): number => stores.reduce((all, { state }) => all + Number(state[name]), 0);
  const [lines, personal] = [sum('lines'), sum(PERSONAL_DATA)];
  if (lines === 0) return ['untold', 'no line was stored'];
  if (personal === 0) return ['good', `the detectors find no personal data in ${counted(lines, 'stored line')}`];
  return ['bad', `the detectors find what looks like personal data in ${personal} of ${counted(lines, 'stored line')}`];
}

function retentionPolicy({ components = [] }: RunEvidence): Judgement {
  const stores = components.filter(({ state }) => Object.hasOwn(state, KEEPS_FOR));
  if (stores.length === 0) return ['attested', 'this run has no store of telemetry; a policy outlives every run'];
  const endless = stores.filter(({ state }) => state[KEEPS_FOR] === ANY_TIME);
  if (endless.length > 0) return ['bad', `${namesOf(endless)} deletes nothing, however old it is`];
  const unset = stores.filter(({ state }) => state[KEEPS_FOR] === NOT_SET);
  if (unset.length > 0) return ['attested', `how long ${namesOf(unset)} may keep what is told, nobody set in this run`];
  const each = stores.map(({ name, state }) => `${name} ${String(state[KEEPS_FOR])}`).join(', ');
  return ['good', `all stores of telemetry delete what is too old: ${each}`];
}

function boundedQueues(evidence: RunEvidence): Judgement {
  const lines = (evidence.components ?? []).filter(({ state }) => Object.hasOwn(state, ROOM_TO_WAIT));
  if (lines.length === 0) return ['untold', 'no component of this run says how many may wait in it'];
  const endless = lines.filter(({ state }) => typeof state[ROOM_TO_WAIT] !== 'number');
  const shed = SHEDDING.filter((name) => totalOf(evidence, name) > 0);
  const count = shed.reduce((sum, name) => sum + totalOf(evidence, name), 0);
  const turned = shed.length === 0 ? 'nothing had to be turned away' : `${counted(count, 'piece')} of work turned away`;
  if (endless.length > 0)
    return ['bad', `${namesOf(endless)} may hold any number of those who wait; ${turned}`, ...shed];
  return [
    'good',
    `${counted(lines.length, 'line is bounded', 'lines are bounded')}: ${linesText(lines)}; ${turned}`,
    ...shed,
  ];
}

const namesOf = (components: readonly SeenComponent[]): string => components.map(({ name }) => name).join(', ');

/** Three of them by name: a fleet's are alike. */
function linesText(lines: readonly SeenComponent[]): string {
  const named = lines.slice(0, 3).map(({ name, state }) => `${name} ${String(state[ROOM_TO_WAIT])}`);
  return [...named, ...(lines.length > 3 ? [`${lines.length - 3} more`] : [])].join(', ');
}

function hotKeyDetection(evidence: RunEvidence): Judgement {
  const alerts = 'cache.hot_key.alerts';
  const alert = seen(evidence, alerts);
  if (alert !== undefined)
    return ['good', `a monitor looks for them, and alerted ${times(alert.summary.total)}`, alerts];
  if (seen(evidence, 'cache.hit_ratio') === undefined) return ['untold', 'the run has no cache'];
  return ['bad', 'there is a cache, and nobody looks which keys are hot'];
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
