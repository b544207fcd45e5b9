/**
 * One request as a trace: spans within each other over the time that it took, made of nothing but what the recording
 * holds. A call is a span from the message's departure to the answer's arrival; within it the message travels, stands
 * in the callee (working, or waiting where the events say so), and the answer travels. What a fact says took so long
 * (a load, say) is a span as well, where it is not the callee's time under another name.
 *
 * A span stands within the one that ran in the component which began it, the shortest that was under way. One that
 * ends after it is told to have outlived it: work done for a caller that had gone, or that nobody waited for.
 */
import type { Recording } from '../recording.ts';
import { componentNames, componentOfFact, componentToldIn } from './fact-component.ts';
import { factDuration, factsOfRequest, factTime, type FactPlace } from './fact-places.ts';
import { roleOfFact, type OutcomeRole } from './outcome-roles.ts';
import { readEvents, type RecordedCall, type RecordedWait } from './request-events.ts';
import { isSampled, requestsOf, type RequestLife } from './requests.ts';

export interface SpanSegment {
  readonly kind: 'travel' | 'wait' | 'work';
  readonly from: number;
  readonly to: number;
  /** What it is, in words. */
  readonly label: string;
  /** The request that it waits for; -1 for none. */
  readonly awaited: number;
}

/** An instant within a span at which something was told. */
export interface SpanMark {
  readonly time: number;
  readonly role: OutcomeRole;
  readonly label: string;
  /** What was told; nothing where a caller gives up, which events say. */
  readonly fact?: FactPlace;
}

export interface TraceSpan {
  readonly kind: 'request' | 'call' | 'activity';
  readonly name: string;
  /** The component that it ran in. */
  readonly component: string | undefined;
  /** The component that began it. */
  readonly origin: string | undefined;
  /** When it ran in its component: a call without its travels. */
  readonly inside: readonly [from: number, to: number];
  /** Nanoseconds. */
  readonly start: number;
  readonly end: number;
  /** False where the run or what was kept of it ended first; `end` is then the end of that. */
  readonly ended: boolean;
  /** Parts that follow each other without a gap, from `start` to `end`. */
  readonly segments: readonly SpanSegment[];
  readonly marks: readonly SpanMark[];
  /** What was told of the span as a whole. */
  readonly facts: readonly FactPlace[];
  readonly role: OutcomeRole;
  /** Place of the span around it in `RequestTrace.spans`; -1 for the request itself. */
  readonly parent: number;
  readonly depth: number;
  /** It went on after the span around it had ended. */
  readonly outlives: boolean;
}

export interface RequestTrace {
  readonly request: number;
  /** What all spans lie within. */
  readonly start: number;
  readonly end: number;
  /** The request first, then depth first, in order of time. */
  readonly spans: readonly TraceSpan[];
  /** Whether the request's facts were kept. */
  readonly sampled: boolean;
}

/** The trace of a request; undefined if nothing of it was kept. */
export function requestTrace(recording: Recording, request: number): RequestTrace | undefined {
  const life = requestsOf(recording).of(request);
  const { calls, waits, first, last } = readEvents(recording, request);
  const facts = factsOfRequest(recording.facts, request);
  if (life === undefined && calls.length === 0 && facts.length === 0) return undefined;
  const cut = cutOf(recording);
  const names = componentNames(recording);
  // Before its first message has arrived only a fact knows who sends it.
  const client = calls[0]?.from ?? (facts.length > 0 ? componentOfFact(recording.facts, facts[0], names) : undefined);
  const root = rootOf(request, client, life, calls, first, last, cut);
  const drafts = [root, ...calls.map((call) => draftOf(call, waits, cut))];
  for (const fact of facts) if (factDuration(fact) !== undefined) placeInterval(recording, drafts, fact);
  const spans = nest(drafts);
  for (const fact of facts) if (factDuration(fact) === undefined) placeMark(recording, spans, fact);
  for (const span of spans) span.role = roleOfSpan(recording, span);
  const end = spans.reduce((latest, span) => Math.max(latest, span.end), root.end);
  return { request, start: root.start, end, spans, sampled: isSampled(recording.facts, request) };
}

type Draft = { -readonly [Key in keyof TraceSpan]: TraceSpan[Key] } & {
  segments: SpanSegment[];
  marks: SpanMark[];
  facts: FactPlace[];
};

/** Up to when everything is known: the end of the run, or of the events that were kept. */
function cutOf({ events, simulated }: Recording): number {
  return events.kept < events.total && events.kept > 0 ? events.times[events.kept - 1] : simulated;
}

function rootOf(
  request: number,
  client: string | undefined,
  life: RequestLife | undefined,
  calls: readonly RecordedCall[],
  first: number,
  last: number,
  cut: number,
): Draft {
  const own = calls.filter(({ from }) => from === client).map(endOfCall);
  const seen = own.length > 0 ? Math.max(...own) : last;
  const known = [life?.start ?? NaN, calls[0]?.departed ?? first].filter((time) => !Number.isNaN(time));
  const start = Math.min(...known);
  const told = life?.end ?? NaN;
  const ending = life && life.outcome === '' && own.length === 0 ? NaN : Number.isNaN(told) ? seen : told;
  const ended = !Number.isNaN(ending);
  const end = ended ? ending : Math.max(start, cut);
  const name = life?.outcome ? `request, ${life.outcome}` : 'request';
  return draft('request', name, client, undefined, start, end, ended, [
    stretch('work', start, end, `request ${request}`),
  ]);
}

const endOfCall = ({ returned, gaveUp }: RecordedCall): number => (Number.isNaN(gaveUp) ? returned : gaveUp);

function draftOf(call: RecordedCall, waits: readonly RecordedWait[], cut: number): Draft {
  const { from, to, departed, arrived, answered, returned, gaveUp } = call;
  const ended = !Number.isNaN(returned);
  const end = ended ? returned : Math.max(cut, arrived);
  const left = ended ? answered : end;
  const segments: SpanSegment[] = [stretch('travel', departed, arrived, `on its way to ${to}`)];
  let at = arrived;
  for (const wait of waits) {
    if (wait.component !== to || wait.to <= at || wait.from >= left) continue;
    const [begin, stop] = [Math.max(at, wait.from), Math.min(left, wait.to)];
    segments.push(stretch('work', at, begin, `in ${to}`));
    segments.push(stretch('wait', begin, stop, `${wait.reason}, in ${to}`, wait.awaited));
    at = stop;
  }
  segments.push(stretch('work', at, left, `in ${to}`));
  if (ended) segments.push(stretch('travel', left, end, `on its way back to ${from}`));
  const drafted = draft('call', `${from} → ${to}`, to, from, departed, end, ended, segments, [arrived, left]);
  if (!Number.isNaN(gaveUp)) drafted.marks.push({ time: gaveUp, role: 'failed', label: `${from} gives up on ${to}` });
  return drafted;
}

function stretch(kind: SpanSegment['kind'], from: number, to: number, label: string, awaited = -1): SpanSegment {
  return { kind, from, to, label, awaited };
}

function draft(
  kind: TraceSpan['kind'],
  name: string,
  component: string | undefined,
  origin: string | undefined,
  start: number,
  end: number,
  ended: boolean,
  segments: readonly SpanSegment[],
  inside: readonly [number, number] = [start, end],
): Draft {
  const parts = segments.filter(({ from, to }) => to > from);
  const common = { marks: [], facts: [], role: 'waiting', parent: -1, depth: 0, outlives: false } as const;
  return { ...common, kind, name, component, origin, start, end, ended, inside, segments: parts, marks: [], facts: [] };
}

/** What took so long is a span that stands there already, told by its events, or one of its own. */
function placeInterval(recording: Recording, drafts: Draft[], fact: FactPlace): void {
  const end = factTime(fact);
  const start = end - (factDuration(fact) ?? 0);
  const component = componentOfFact(recording.facts, fact, componentNames(recording));
  const same = drafts.find(
    (one) => one.component === component && one.inside[0] === start && Math.abs(one.inside[1] - end) < 1,
  );
  if (same) same.facts.push(fact);
  else if (start < drafts[0].start) drafts[0].facts.push(fact);
  else {
    const { kind } = fact.table;
    const work = stretch('work', start, end, `${kind} in ${component ?? 'the system'}`);
    const drafted = draft('activity', kind, component, component, start, end, true, [work]);
    drafted.facts.push(fact);
    drafts.push(drafted);
  }
}

function placeMark(recording: Recording, spans: readonly Draft[], fact: FactPlace): void {
  const time = factTime(fact);
  const component = componentToldIn(recording, fact);
  let best = spans[0];
  for (const span of spans) {
    const [from, to] = span.inside;
    if (span.component !== component || time < from || time > to) continue;
    if (best.component !== component || to - from <= best.inside[1] - best.inside[0]) best = span;
  }
  best.marks.push({ time, role: roleOfFact(recording.facts, fact), label: fact.table.kind, fact });
}

/** Finds each span's place within the others and puts them in order. */
function nest(drafts: readonly Draft[]): Draft[] {
  const [root, ...others] = drafts;
  const ordered = [root, ...others.toSorted((a, b) => a.start - b.start || b.end - a.end)];
  const children = new Map<Draft, Draft[]>();
  const parents = new Map<Draft, Draft>();
  ordered.forEach((span, place) => {
    if (place === 0) return;
    const parent = around(span, ordered.slice(0, place)) ?? root;
    parents.set(span, parent);
    children.set(parent, [...(children.get(parent) ?? []), span]);
    const until = parent === root ? parent.end : parent.inside[1];
    span.outlives = parent.ended && span.end > until;
  });
  const spans: Draft[] = [];
  const add = (span: Draft, depth: number): void => {
    span.depth = depth;
    const parent = parents.get(span);
    span.parent = parent === undefined ? -1 : spans.indexOf(parent);
    spans.push(span);
    for (const child of children.get(span) ?? []) add(child, depth + 1);
  };
  add(root, 0);
  return spans;
}

/**
 * Of the earlier spans in the component that began this one: the shortest that holds all of it, else the shortest that
 * was under way when it began, else the latest.
 */
function around({ origin, start, end }: Draft, earlier: readonly Draft[]): Draft | undefined {
  const there = earlier.filter(({ component, inside }) => component === origin && inside[0] <= start);
  const shortest = (spans: readonly Draft[]): Draft | undefined =>
    spans.toSorted((a, b) => a.inside[1] - a.inside[0] - (b.inside[1] - b.inside[0]))[0];
  return (
    shortest(there.filter(({ inside }) => end <= inside[1])) ??
    shortest(there.filter(({ inside }) => start <= inside[1])) ??
    there.at(-1)
  );
}

/** By what was told of it; a call to a database has missed every cache before it. */
function roleOfSpan({ facts, components }: Recording, span: Draft): OutcomeRole {
  const marks = span.kind === 'request' ? [] : span.marks;
  const roles = [...span.facts.map((fact) => roleOfFact(facts, fact)), ...marks.map(({ role }) => role)];
  if (roles.includes('failed')) return 'failed';
  const kind = components.find(({ name }) => name === span.component)?.kind;
  if (span.kind === 'call' && kind === 'database') return 'miss';
  return roles.findLast((role) => role !== 'waiting') ?? 'waiting';
}
