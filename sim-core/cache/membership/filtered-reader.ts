/**
 * A reader behind a copy of a membership filter: a key of which the filter is sure that there is none is not looked for.
 *
 * The copy is an instance's own. The first request after it has grown old has a new one fetched, and does not wait for it;
 * until the first one is there all keys are looked for.
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import { CallFailed } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { Row } from '../../storage/queries.ts';
import type { Reader } from '../reader.ts';
import type { FilterCommand } from './filter-server.ts';
import type { MembershipFilter } from './membership-filter.ts';

/** A filter's verdict, and what came of it: `rejected` at once; `right` or `mistaken` if a row was looked for. */
export const filterJudged = defineFact(
  'cache.filter',
  'A filter judged a key, and the store has shown what came of it',
  {
    instance: 'text',
    request: 'request',
    key: 'key',
    outcome: 'text',
  },
);

export const filterSignals = [
  defineSignal({
    name: 'cache.filter.rejections',
    kind: 'counter',
    unit: '{lookup}',
    help: 'Lookups that a filter answered: there is no such key',
    fact: filterJudged,
    where: (fact) => fact.outcome === 'rejected',
  }),
  defineSignal({
    name: 'cache.filter.false_positive_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of the lookups of keys without a row that a filter let through',
    fact: filterJudged,
    where: (fact) => fact.outcome !== 'right',
    counts: (fact) => fact.outcome === 'mistaken',
  }),
];

export interface FilteredReaderOptions {
  readonly instance: string;
  readonly reader: Reader;
  readonly source: Link<FilterCommand, MembershipFilter>;
  /** Age at which a copy is replaced. */
  readonly copyEvery: Duration;
}

export class FilteredReader implements Reader {
  private readonly sim: Simulation;
  private readonly options: FilteredReaderOptions;
  private readonly judged: FactChannel<Fact<typeof filterJudged>>;
  private filter: MembershipFilter | undefined = undefined;
  private fetchedAt: Time = -Infinity;

  constructor(sim: Simulation, options: FilteredReaderOptions) {
    this.sim = sim;
    this.options = options;
    this.judged = sim.facts.channel(filterJudged);
  }

  *read(key: number, request: RequestContext): Behaviour<Row> {
    if (this.sim.now - this.fetchedAt >= this.options.copyEvery) {
      this.fetchedAt = this.sim.now;
      spawn(this.sim, `${this.options.instance} fetches the filter`, this.fetch(request));
    }
    if (this.filter !== undefined && !this.filter.mayContain(key)) {
      this.tell(key, request, 'rejected');
      return { key, version: 0, absent: true };
    }
    const row = yield* this.options.reader.read(key, request);
    if (this.filter !== undefined) this.tell(key, request, row.absent ? 'mistaken' : 'right');
    return row;
  }

  /** A copy that does not come leaves the old one, until it is due again. */
  private *fetch(request: RequestContext): Behaviour {
    try {
      this.filter = yield* this.options.source.call({ command: 'copy' }, request);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    }
  }

  private tell(key: number, request: RequestContext, outcome: string): void {
    if (!this.judged.heard) return;
    this.judged.emit({ instance: this.options.instance, request: request.id, key, outcome });
  }
}
