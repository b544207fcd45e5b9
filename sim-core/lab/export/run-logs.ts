/**
 * What a run's components would have logged: a record for each fact, its severity by how it went (failures are errors, what is
 * done again or stale a warning), and one for each intervention. Facts of requests are those of the exported traces. Of facts
 * that belong to no request, warnings and errors are all kept; of the others, where they are many, one in so many, which the
 * first record says.
 */
import type { Attributes, LogRecord, Severity } from '../../observability/signals/telemetry.ts';
import type { Recording } from '../recording.ts';
import { componentToldIn } from '../traces/fact-component.ts';
import { factTime, isOfRequests, type FactPlace } from '../traces/fact-places.ts';
import { roleOfFact, type OutcomeRole } from '../traces/outcome-roles.ts';
import type { ChosenRequests } from './chosen-requests.ts';
import { factAttribute, factAttributes } from './fact-attributes.ts';
import type { Resources } from './resources.ts';
import type { ExportedTrace } from './trace-spans.ts';

/** Records of no request without a warning at most. */
const INFORMATION_MAX = 5000;

const SEVERITY_OF: Readonly<Record<OutcomeRole, Severity>> = {
  failed: 'ERROR',
  retry: 'WARN',
  stale: 'WARN',
  miss: 'INFO',
  ok: 'INFO',
  waiting: 'INFO',
};

/** In order of time. */
export function runLogs(
  recording: Recording,
  chosen: ChosenRequests,
  traces: readonly ExportedTrace[],
  resources: Resources,
): LogRecord[] {
  const { facts } = recording;
  const record = (fact: FactPlace, traceId = '', spanId = ''): LogRecord => {
    const component = componentToldIn(recording, fact);
    const severity = SEVERITY_OF[roleOfFact(facts, fact)];
    const [time, attributes] = [factTime(fact), factAttributes(facts, fact)];
    return { resource: resources.of(component), time, severity, body: fact.table.kind, attributes, traceId, spanId };
  };
  const ofRequests = traces.flatMap((trace) =>
    trace.facts.map(({ fact, context }) => record(fact, context.traceId, context.spanId)),
  );
  const ofNone = facts.tables
    .filter((table) => !isOfRequests(table))
    .flatMap((table) => Array.from({ length: table.rows }, (_, row) => record({ table, row })));
  const quiet = ofNone.filter(({ severity }) => severity === 'INFO');
  const oneIn = Math.max(1, Math.ceil(quiet.length / INFORMATION_MAX));
  const kept = new Set(quiet.filter((_, place) => place % oneIn === 0));
  const loud = ofNone.filter((one) => one.severity !== 'INFO' || kept.has(one));
  const records = [...interventions(recording, resources), ...ofRequests, ...loud];
  return [opening(chosen, oneIn, resources), ...records.toSorted((a, b) => a.time - b.time)];
}

/** What these logs hold. */
function opening({ requests, oneIn, of }: ChosenRequests, informationOneIn: number, { run }: Resources): LogRecord {
  const attributes = {
    'brownout.requests': of,
    'brownout.requests.exported': requests.length,
    'brownout.requests.one_in': oneIn,
    'brownout.information.one_in': informationOneIn,
  };
  return { resource: run, time: 0, severity: 'INFO', body: 'run.begun', attributes, traceId: '', spanId: '' };
}

function interventions({ header, simulated }: Recording, resources: Resources): LogRecord[] {
  const done = header.interventions.filter(({ at }) => at <= simulated);
  return done.map(({ at, action, target, args = {} }) => ({
    resource: resources.of(target),
    time: at,
    severity: 'WARN',
    body: `intervention.${action}`,
    attributes: named({ target, ...args }),
    traceId: '',
    spanId: '',
  }));
}

const named = (args: Readonly<Record<string, string | number>>): Attributes =>
  Object.fromEntries(Object.entries(args).map(([name, value]) => [factAttribute(name), value]));
