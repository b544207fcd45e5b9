/**
 * What really belongs together, for the experimenter: each order's operations, wherever they were done, and the spans that the
 * instruments made of them. Some seconds after an order is booked, when its spans have come if nothing is amiss, it is seen how
 * much of it somebody finds who looks its trace up. No model reads it.
 */
import {
  BATCH_LIMITS,
  defineFact,
  defineReading,
  defineSignal,
  s,
  type Fact,
  type FactChannel,
  type RequestContext,
  type SignalDefinition,
  type Simulation,
  type SpanContext,
  type SpanData,
  type Time,
  type TraceIndex,
  type TraceTruths,
} from '../../../sim-core/index.ts';

/** From the last operation until all of its spans can be looked up: they wait to be exported, and are on their way. */
export const LOOKED_UP_AFTER = BATCH_LIMITS.traces.delay + s(1);

export const WHOLE = 'trace.whole_ratio';
export const PIECES = 'trace.pieces';
const MISSING = 'trace.operations.missing';
export const DURATION = 'order.duration';
export const SEEN_DURATION = 'dashboard.order.duration';

/** What is true of what a trace backend shows. */
export const TRUTHS = {
  wholeRatio: WHOLE,
  traces: 'trace.orders',
  spans: 'trace.operations',
  largest: 'trace.operations.largest',
  names: 'trace.operations.kinds',
} satisfies TraceTruths;

/**
 * An order that is booked was looked up: of its `operations` so many are `found` from the span that it began with; those that
 * were recorded lie in so many `pieces` that do not know of each other. `isRecorded`: any operation of its own is.
 */
const orderLookedUp = defineFact('order.looked_up', 'The trace of an order that is booked was looked up', {
  request: 'request',
  operations: 'number',
  found: 'number',
  pieces: 'number',
  isRecorded: 'flag',
  duration: 'duration',
  /** From the first span's beginning to the latest end of what is found with it; 0 where it is not there. */
  seen: 'duration',
});

/** An operation that is recorded was begun: of all so far, how many there are, those of the order that has most, and of how many kinds. */
const operationBegun = defineReading('order.operation', 'An operation that is recorded was begun', {
  operations: 'number',
  largest: 'number',
  kinds: 'number',
});

const gauge = (name: string, unit: string, help: string, field: 'operations' | 'largest' | 'kinds'): SignalDefinition =>
  defineSignal({
    name,
    kind: 'gauge',
    unit,
    help,
    fact: operationBegun,
    value: (fact) => fact[field],
    of: () => 'all',
  });

const operationSignals: readonly SignalDefinition[] = [
  defineSignal({
    name: MISSING,
    kind: 'counter',
    unit: '{span}',
    help: 'Operations of orders, a span each, that nobody finds by the trace of an order of which anything is recorded',
    fact: orderLookedUp,
    where: ({ isRecorded }) => isRecorded,
    amount: ({ operations, found }) => operations - found,
  }),
  defineSignal({
    name: TRUTHS.traces,
    kind: 'counter',
    unit: '{trace}',
    help: 'Orders that were booked and of which anything is recorded: each ought to be a trace',
    fact: orderLookedUp,
    where: ({ isRecorded }) => isRecorded,
  }),
  gauge(TRUTHS.spans, '{span}', 'Operations so far that are recorded, a span each', 'operations'),
  gauge(
    TRUTHS.largest,
    '{span}',
    'Of these those of the order that has most, what was done for a batch included',
    'largest',
  ),
  gauge(TRUTHS.names, '{name}', 'Kinds of these: so many names there ought to be', 'kinds'),
];

export const journeySignals: readonly SignalDefinition[] = [
  ...operationSignals,
  defineSignal({
    name: WHOLE,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the recorded orders whose every operation is found by their trace',
    fact: orderLookedUp,
    where: ({ isRecorded }) => isRecorded,
    counts: ({ operations, found }) => found === operations,
  }),
  defineSignal({
    name: PIECES,
    kind: 'histogram',
    unit: '{piece}',
    help: 'Pieces of an order’s trace that know nothing of each other',
    fact: orderLookedUp,
    where: ({ isRecorded }) => isRecorded,
    value: ({ pieces }) => pieces,
  }),
  defineSignal({
    name: DURATION,
    kind: 'histogram',
    unit: 's',
    help: 'Time from an order until it is booked, told when its trace is looked up',
    fact: orderLookedUp,
    value: ({ duration }) => duration,
  }),
  defineSignal({
    name: SEEN_DURATION,
    kind: 'histogram',
    unit: 's',
    truth: { signal: DURATION },
    help: 'The same, as the order’s trace has it',
    fact: orderLookedUp,
    where: ({ seen }) => seen > 0,
    value: ({ seen }) => seen,
  }),
];

/** Orders that are followed at a time; of more the oldest are given up. */
const OPEN_MAX = 100_000;

interface Operation {
  readonly span: SpanContext;
  /** Whether it was done for this order alone. */
  readonly isOwn: boolean;
}

interface Journey {
  readonly request: RequestContext;
  readonly operations: Operation[];
  /** Of these those that are recorded. */
  recorded: number;
  booked: Time;
}

export class Journeys {
  private readonly sim: Simulation;
  private readonly index: TraceIndex;
  private readonly lookedUp: FactChannel<Fact<typeof orderLookedUp>>;
  private readonly kind: number;
  private readonly open = new Map<number, Journey>();
  private readonly begun: FactChannel<Fact<typeof operationBegun>>;
  private operations = 0;
  private largest = 0;
  private readonly kinds = new Set<string>();

  constructor(sim: Simulation, index: TraceIndex) {
    this.sim = sim;
    this.index = index;
    this.lookedUp = sim.facts.channel(orderLookedUp);
    this.begun = sim.facts.channel(operationBegun);
    this.kind = sim.eventKind('an order is looked up');
  }

  /** Something is done for one order; the first of its operations is where it comes in. */
  did(request: RequestContext, kind: string, span: SpanContext): void {
    let journey = this.open.get(request.id);
    if (journey === undefined) {
      journey = { request, operations: [], recorded: 0, booked: 0 };
      this.open.set(request.id, journey);
    }
    this.add(journey, { span, isOwn: true });
    this.tell(kind, span);
    // Orders that fail are never booked.
    if (this.open.size > OPEN_MAX) this.open.delete(this.open.keys().next().value!);
  }

  /** Something is done for several at once. */
  didTogether(requests: readonly RequestContext[], kind: string, span: SpanContext): void {
    for (const { id } of requests) {
      const journey = this.open.get(id);
      if (journey !== undefined) this.add(journey, { span, isOwn: false });
    }
    this.tell(kind, span);
  }

  /** The last thing of these orders is done. */
  booked(requests: readonly RequestContext[]): void {
    for (const { id } of requests) {
      const journey = this.open.get(id);
      if (journey === undefined) continue;
      journey.booked = this.sim.now;
      this.sim.schedule(LOOKED_UP_AFTER, (one: Journey) => this.lookUp(one), journey, this.kind, id);
    }
  }

  private add(journey: Journey, operation: Operation): void {
    journey.operations.push(operation);
    if (operation.span.isSampled) this.largest = Math.max(this.largest, ++journey.recorded);
  }

  private tell(kind: string, { isSampled }: SpanContext): void {
    if (!isSampled) return;
    this.operations++;
    this.kinds.add(kind);
    if (!this.begun.heard) return;
    this.begun.emit({ operations: this.operations, largest: this.largest, kinds: this.kinds.size });
  }

  private lookUp({ request, operations, booked }: Journey): void {
    if (!this.open.delete(request.id) || !this.lookedUp.heard) return;
    const recorded = operations.flatMap(({ span, isOwn }) => {
      const data = this.index.treeOf(span.traceId).span(span.spanId);
      return data === undefined ? [] : [{ data, isOwn }];
    });
    const first = this.index.treeOf(operations[0].span.traceId).span(operations[0].span.spanId);
    const story = first === undefined ? new Set<SpanData>() : this.index.storyFrom(first);
    const lost = recorded.filter(({ data }) => !story.has(data));
    const found = recorded.length - lost.length;
    this.lookedUp.emit({
      request: request.id,
      operations: operations.length,
      found,
      pieces: (found > 0 ? 1 : 0) + this.piecesOf(lost.map(({ data }) => data)),
      isRecorded: recorded.some(({ isOwn }) => isOwn),
      duration: booked - request.started,
      seen: first === undefined ? 0 : latestEnd(story) - first.start,
    });
  }

  /** How many are left when whatever is found from an earlier one is counted with it. */
  private piecesOf(spans: readonly SpanData[]): number {
    const left = new Set(spans);
    let pieces = 0;
    for (const span of left) {
      pieces++;
      const top = this.index.treeOf(span.context.traceId).top(span);
      for (const one of this.index.storyFrom(top)) left.delete(one);
    }
    return pieces;
  }
}

function latestEnd(spans: ReadonlySet<SpanData>): Time {
  let latest = 0;
  for (const { end } of spans) latest = Math.max(latest, end);
  return latest;
}
