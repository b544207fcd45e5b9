/**
 * Load shedding at the door of a service: counts who is inside, asks a shedder about whoever comes, and turns away without doing
 * anything for it whom it does not let in. A refusal costs nothing here.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../../../kernel/fact.ts';
import type { KeyedStream } from '../../../kernel/random-stream.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import { defineSignal } from '../../../statistics/signal.ts';
import type { Admission } from '../../admission.ts';
import type { ComponentPart } from '../../component.ts';
import type { RequestContext } from '../../request-context.ts';
import type { LoadShedder } from './load-shedder.ts';

/** A request was `admitted`, or `shed`; priority 0 is what matters most. */
export const loadShedDecided = defineFact('load_shed.decided', 'A request was let in, or turned away', {
  service: 'text',
  request: 'request',
  priority: 'number',
  outcome: 'text',
});

const loadShedInside = defineReading('load_shed.inside', 'Requests inside a service that sheds load changed', {
  service: 'text',
  inside: 'number',
  limit: 'number',
});

export const loadShedSignals = [
  defineSignal({
    name: 'load_shed.shed',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that were turned away at the door',
    fact: loadShedDecided,
    where: (fact) => fact.outcome === 'shed',
  }),
  defineSignal({
    name: 'load_shed.shed_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of the requests that were turned away at the door',
    fact: loadShedDecided,
    counts: (fact) => fact.outcome === 'shed',
  }),
  defineSignal({
    name: 'load_shed.inside',
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests that were let in and are not over',
    fact: loadShedInside,
    value: (fact) => fact.inside,
    of: (fact) => fact.service,
  }),
  defineSignal({
    name: 'load_shed.limit',
    kind: 'gauge',
    unit: '{request}',
    help: 'The limit of requests inside, where there is one',
    fact: loadShedInside,
    where: (fact) => fact.limit < Infinity,
    value: (fact) => fact.limit,
    of: (fact) => fact.service,
  }),
];

export interface LoadSheddingOptions<Query> {
  /** The service at whose door it is. */
  readonly service: string;
  readonly shedder: LoadShedder;
  /** How much a request matters: 0 for most. */
  readonly priorityOf: (query: Query) => number;
}

export class LoadShedding<Query> implements Admission<Query>, ComponentPart {
  readonly signals = loadShedSignals;
  private readonly options: LoadSheddingOptions<Query>;
  private readonly draws: KeyedStream;
  private readonly decided: FactChannel<Fact<typeof loadShedDecided>>;
  private readonly changed: FactChannel<Fact<typeof loadShedInside>>;
  private inside = 0;
  private shed = 0;

  constructor(sim: Simulation, options: LoadSheddingOptions<Query>) {
    this.options = options;
    this.draws = sim.keyedRandom(`${options.service}/shedding`);
    this.decided = sim.facts.channel(loadShedDecided);
    this.changed = sim.facts.channel(loadShedInside);
  }

  admit(query: Query, request: RequestContext): number {
    const { service, shedder, priorityOf } = this.options;
    const priority = priorityOf(query);
    const isIn = shedder.admits(this.inside, priority, this.draws.of(request.id));
    if (this.decided.heard) {
      this.decided.emit({ service, request: request.id, priority, outcome: isIn ? 'admitted' : 'shed' });
    }
    if (!isIn) {
      this.shed++;
      return 0;
    }
    this.inside++;
    this.tell();
    return this.inside;
  }

  left(inside: number, took: Duration, outcome: string): void {
    this.inside--;
    // A caller's own mistake, or its change of mind, says nothing of the load.
    if (outcome !== 'error' && outcome !== 'cancelled') this.options.shedder.ended(took, inside, outcome !== 'ok');
    this.tell();
  }

  state(): Readonly<Record<string, number | string>> {
    const { limit } = this.options.shedder;
    return { 'let in and not over': this.inside, limit: limit === Infinity ? 'none' : limit, 'turned away': this.shed };
  }

  violations(): readonly string[] {
    return this.inside < 0 ? [`${this.options.service}: more requests left than were let in`] : [];
  }

  private tell(): void {
    const { service, shedder } = this.options;
    if (this.changed.heard) this.changed.emit({ service, inside: this.inside, limit: shedder.limit });
  }
}
