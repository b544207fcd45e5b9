/**
 * Loads: reading a key from the store and storing it in the cache, what is told of them, and how many of one key are
 * under way at once.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { Row } from '../../storage/queries.ts';
import type { PatternOptions } from './cache-pattern.ts';
import type { Steps } from './steps.ts';

/** A load of a key from the store ended. `concurrent`: loads of the same key that were under way when it began. */
export const cacheLoaded = defineFact('cache.load', 'A load of a key from the store ended', {
  instance: 'text',
  request: 'request',
  key: 'key',
  outcome: 'text',
  concurrent: 'number',
  duration: 'duration',
});

/** Loads under way in an instance changed. */
export const cacheLoading = defineReading('cache.loading', 'Loads under way in an instance changed', {
  instance: 'text',
  active: 'number',
});

export const loadSignals = [
  defineSignal({
    name: 'cache.loads',
    kind: 'counter',
    unit: '{load}',
    help: 'Loads from the store that ended',
    fact: cacheLoaded,
  }),
  defineSignal({
    name: 'cache.loads.redundant',
    kind: 'counter',
    unit: '{load}',
    help: 'Loads that began while another one of the same key was under way',
    fact: cacheLoaded,
    where: (fact) => fact.concurrent > 0,
  }),
  defineSignal({
    name: 'cache.loads.active',
    kind: 'gauge',
    unit: '{load}',
    help: 'Loads under way in all instances',
    fact: cacheLoading,
    value: (fact) => fact.active,
    of: (fact) => fact.instance,
  }),
  defineSignal({
    name: 'cache.load.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time of a load: reading the store and storing the value in the cache',
    fact: cacheLoaded,
    value: (fact) => fact.duration,
  }),
];

/** Of the loads of an instance, what is told: how many are under way, and how each ended. */
export class LoadMeter {
  private readonly sim: Simulation;
  private readonly options: Pick<PatternOptions, 'instance' | 'ledger'>;
  private readonly loaded: FactChannel<Fact<typeof cacheLoaded>>;
  private readonly loading: FactChannel<Fact<typeof cacheLoading>>;
  private active = 0;

  constructor(sim: Simulation, options: Pick<PatternOptions, 'instance' | 'ledger'>) {
    this.sim = sim;
    this.options = options;
    this.loaded = sim.facts.channel(cacheLoaded);
    this.loading = sim.facts.channel(cacheLoading);
  }

  /** Tells of a load, which is what is to be done for it. */
  *around(key: number, request: RequestContext, load: Behaviour<Row>): Behaviour<Row> {
    const { ledger } = this.options;
    const started = this.sim.now;
    const concurrent = ledger.begin(key);
    let outcome = 'failed';
    this.changeActive(1);
    try {
      const row = yield* load;
      outcome = 'ok';
      return row;
    } finally {
      ledger.end(key);
      this.changeActive(-1);
      this.tell(key, request, outcome, concurrent, started);
    }
  }

  private tell(key: number, request: RequestContext, outcome: string, concurrent: number, started: Time): void {
    if (!this.loaded.heard) return;
    const { instance } = this.options;
    const duration = this.sim.now - started;
    this.loaded.emit({ instance, request: request.id, key, outcome, concurrent, duration });
  }

  private changeActive(change: number): void {
    this.active += change;
    if (this.loading.heard) this.loading.emit({ instance: this.options.instance, active: this.active });
  }
}

export class Loader {
  private readonly app: Steps;
  private readonly meter: LoadMeter;

  constructor(app: Steps, options: Pick<PatternOptions, 'instance' | 'ledger'>) {
    this.app = app;
    this.meter = new LoadMeter(app.sim, options);
  }

  /** Reads the store, prepares what it has read, and puts the value into the cache, under a lock's token if there is one. */
  load(key: number, request: RequestContext, fence?: number): Behaviour<Row> {
    return this.meter.around(key, request, this.readAndPut(key, request, fence));
  }

  private *readAndPut(key: number, request: RequestContext, fence: number | undefined): Behaviour<Row> {
    const { app } = this;
    const started = app.sim.now;
    const row = yield* app.load(key, request);
    if (app.keeps(row)) yield* app.put(row, request, app.sim.now - started, fence);
    return row;
  }
}
