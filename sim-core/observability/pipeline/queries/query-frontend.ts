/**
 * A query front end with a cache of results: a query over a stretch of time is cut into intervals, and each interval's result is kept.
 * A dashboard that asks for the last hours again and again has all of them from the cache but the newest. What is newer
 * than `maxFreshness` may still change and is not kept. What is missing is asked for at once, neighbours as one, and the
 * answer is there with the last of it.
 *
 * https://grafana.com/docs/mimir/latest/references/architecture/components/query-frontend/, where intervals are of a day and results
 * of the last ten minutes are not kept. Intervals lie on a grid, and queries that ask for the same are told apart by their panel.
 * The cache is bounded: the oldest result goes first.
 */
import { all } from '../../../kernel/combine.ts';
import { defineFact, type Fact, type FactChannel } from '../../../kernel/fact.ts';
import { Process, type Behaviour } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import { CallFailed, type Call, type Endpoint } from '../../../network/call.ts';
import { register, type Component } from '../../../network/component.ts';
import type { Link } from '../../../network/link.ts';
import { defineSignal } from '../../../statistics/signal.ts';
import type { StoreQuery } from '../backends/keeper.ts';
import type { StoreAnswer } from '../backends/telemetry-store.ts';

export interface PanelQuery extends StoreQuery {
  /** What is asked, beside the time. */
  readonly panel: string;
}

export interface QueryFrontendOptions {
  readonly name: string;
  readonly link: Link<StoreQuery, StoreAnswer>;
  /** How a query is cut: Infinity for not at all. */
  readonly splitInterval: Duration;
  /** Results that are kept: 0 for none. */
  readonly cachedMax: number;
  readonly maxFreshness: Duration;
}

interface Part {
  readonly name: string;
  readonly isWhole: boolean;
  readonly query: PanelQuery;
}

const partAsked = defineFact('query.part', 'A part of a query was in the cache, or had to be asked for', {
  frontend: 'text',
  request: 'request',
  isCached: 'flag',
});

const frontendSignals = [
  defineSignal({
    name: 'query.cache.hit_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Parts of queries whose results were in the cache of the query front end',
    fact: partAsked,
    counts: ({ isCached }) => isCached,
  }),
];

export class QueryFrontend implements Endpoint<PanelQuery, StoreAnswer>, Component {
  readonly name: string;
  readonly kind = 'cache';
  readonly help: string;
  readonly signals = frontendSignals;
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: QueryFrontendOptions;
  /** Results by panel, service and interval, the oldest first. */
  private readonly cached = new Set<string>();
  private readonly asked: FactChannel<Fact<typeof partAsked>>;

  constructor(sim: Simulation, options: QueryFrontendOptions) {
    const { name, cachedMax, splitInterval } = options;
    if (!(splitInterval > 0)) throw new RangeError(`${name}: splitInterval is ${splitInterval} ns; it must be above 0`);
    if (!(cachedMax >= 0)) throw new RangeError(`${name}: cachedMax is ${cachedMax}; it must be 0 or more`);
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = cachedMax > 0 ? `Cuts queries by time, and keeps up to ${cachedMax} results` : 'Cuts queries by time';
    this.asked = sim.facts.channel(partAsked);
    register(sim, this);
  }

  receive(call: Call<PanelQuery, StoreAnswer>): void {
    new Process(this.sim, this.name, this.answer(call)).startNow();
  }

  state(): Readonly<Record<string, number | string>> {
    return { 'results kept': this.cached.size };
  }

  violations(): readonly string[] {
    const { size } = this.cached;
    const { cachedMax } = this.options;
    return size > cachedMax ? [`${this.name}: ${size} results kept, and ${cachedMax} at most`] : [];
  }

  private *answer(call: Call<PanelQuery, StoreAnswer>): Behaviour {
    const { link } = this.options;
    const missing = this.split(call.query).filter((part) => !this.finds(part, call.request.id));
    try {
      let read = 0;
      if (missing.length > 0) {
        const answers = yield* all(...joined(missing).map((query) => link.call(query, call.request)));
        for (const answer of answers) read += answer.read;
      }
      for (const part of missing) this.keep(part);
      call.reply({ read });
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      call.refuse(error.failure);
    }
  }

  /** One query an interval, each with the name of its result. */
  private split(query: PanelQuery): Part[] {
    const { splitInterval } = this.options;
    const { panel, service = '', from, to } = query;
    const parts: Part[] = [];
    for (let start = from; start < to;) {
      const interval = Math.floor(start / splitInterval);
      const end = splitInterval === Infinity ? Infinity : (interval + 1) * splitInterval;
      const until = Math.min(end, to);
      const isWhole = start === interval * splitInterval && until === end;
      parts.push({ name: `${panel} ${service} ${interval}`, isWhole, query: { ...query, from: start, to: until } });
      start = until;
    }
    return parts;
  }

  private finds({ name }: Part, request: number): boolean {
    const isCached = this.cached.has(name);
    if (this.asked.heard) this.asked.emit({ frontend: this.name, request, isCached });
    return isCached;
  }

  /** Keeps a result that is of a whole interval and will not change. */
  private keep({ name, isWhole, query }: Part): void {
    const { cachedMax, maxFreshness } = this.options;
    if (cachedMax === 0 || !isWhole || query.to > this.sim.now - maxFreshness) return;
    this.cached.add(name);
    if (this.cached.size > cachedMax) {
      const [oldest] = this.cached;
      this.cached.delete(oldest);
    }
  }
}

/** One query for each stretch of parts that follow each other. */
function joined(parts: readonly Part[]): PanelQuery[] {
  const queries: PanelQuery[] = [];
  for (const { query } of parts) {
    const last = queries.at(-1);
    if (last?.to === query.from) queries[queries.length - 1] = { ...last, to: query.to };
    else queries.push(query);
  }
  return queries;
}
