/**
 * An instance: processors that work at each request for as long as it takes, an instrument that is told how long that was, and
 * the page by which it is scraped. Requests are of three kinds, by lot: hits, misses, and those that are really slow.
 */
import {
  gamma,
  INSTRUMENT_COSTS,
  InstrumentedProcess,
  Meter,
  s,
  ScrapeTarget,
  Service,
  targetLabels,
  toSeconds,
  type KeyedStream,
  type Labels,
  type Simulation,
} from '../../../sim-core/index.ts';
import { LAYOUTS, type Values } from './params.ts';

/** Hardware threads of an instance: more than it has requests at once, so that nobody's time depends on the others'. */
export const CORES = 64;
/** Of the times of hits, a gamma distribution: its deviation is a fifth of its mean; of those of the others a tenth. */
export const HIT_SHAPE = 25;
export const LONG_SHAPE = 100;
/** It stands still: all but. */
const STILL = 1e-6;

/** Of instruments: the names by which panels ask. */
export const DURATION = { name: 'http.server.request.duration', unit: 's', description: 'Duration of requests' };
export const OWN_PERCENTILES = { ...DURATION, name: 'http.server.request.duration.percentile' };
const ROUTE = { 'http.request.method': 'GET', 'http.route': '/orders', 'http.response.status_code': 200 };
const PERCENTILES = [0.5, 0.95, 0.99];

/** Requests in progress at most. */
const CONCURRENCY = 100_000;

export interface Instance {
  readonly service: Service<number, void>;
  readonly target: ScrapeTarget;
  readonly labels: Labels;
  /** Makes what it does take so many times as long. */
  slow(factor: number): void;
  stall(): void;
  /** As fast again as it was. */
  resume(): void;
  /** As if it had served one request. */
  answerOne(): void;
}

export function instance(sim: Simulation, p: Values, name: string): Instance {
  const resource = { 'service.name': 'orders', 'service.instance.id': name };
  const process = new InstrumentedProcess(sim, { resource, cores: CORES, costs: INSTRUMENT_COSTS });
  const meter = new Meter(process);
  const told = instrument(meter, p);
  const demand = demandOf(sim, p);
  let [factor, isStill] = [1, false];
  const set = (): void => process.setSpeed(isStill ? STILL : 1 / factor);
  const slow = (times: number): void => {
    factor = times;
    set();
  };
  const stand = (still: boolean): void => {
    isStill = still;
    set();
  };
  const service = new Service<number, void>(sim, {
    name,
    help: `One of the instances: ${CORES} hardware threads, and instruments`,
    concurrency: CONCURRENCY,
    queueMax: 0,
    inside: {
      signals: [],
      interventions: {
        slow: {
          help: 'Makes all that it does take so many times as long; 1 heals it',
          arguments: [{ name: 'factor', help: 'times as long', min: 0.1, max: 100, default: 5 }],
          apply: ([times]) => slow(times),
        },
        stall: {
          help: 'It stands still for so many seconds, as in a long pause of a garbage collector',
          arguments: [{ name: 'seconds', help: 'how long', min: 0.001, max: 600, default: 2 }],
          apply: ([seconds]) => {
            stand(true);
            sim.schedule(s(seconds), () => stand(false), undefined, sim.eventKind(`${name} goes on`));
          },
        },
      },
      state: () => ({ 'times as slow': factor, 'stands still': isStill ? 'yes' : 'no' }),
      violations: () => [],
    },
    *handle({ request }) {
      const since = sim.now;
      yield* process.work(demand(request.nextWorkKey()), 'GET /orders');
      told(toSeconds(sim.now - since));
    },
  });
  return {
    service,
    target: new ScrapeTarget({ name, meter, isUp: () => service.isUp }),
    labels: targetLabels(resource),
    slow,
    stall: () => stand(true),
    resume: () => stand(false),
    answerOne: () => told(toSeconds(p.hitTime)),
  };
}

/** What is told of each request, in seconds. */
function instrument(meter: Meter, p: Values): (seconds: number) => void {
  if (p.panel === 'averaged-percentiles') {
    const own = meter.percentiles({ ...OWN_PERCENTILES, percentiles: PERCENTILES, expiry: p.window });
    return (seconds) => own.record(seconds, ROUTE);
  }
  const histogram =
    p.panel === 'exponential'
      ? meter.exponentialHistogram(DURATION)
      : meter.histogram({ ...DURATION, bounds: LAYOUTS[p.layout] });
  return (seconds) => histogram.record(seconds, ROUTE);
}

/** What a request takes, by its key: its kind and its time. */
function demandOf(sim: Simulation, p: Values): (key: number) => number {
  const draws: KeyedStream = sim.keyedRandom('instances/demand');
  const hit = gamma(HIT_SHAPE, p.hitTime / HIT_SHAPE);
  const miss = gamma(LONG_SHAPE, p.missTime / LONG_SHAPE);
  const slow = gamma(LONG_SHAPE, p.slowTime / LONG_SHAPE);
  return (key) => {
    const stream = draws.of(key);
    const lot = stream.next();
    const kind = lot < p.slowShare ? slow : lot < p.slowShare + p.missShare ? miss : hit;
    return Math.round(kind.sample(stream));
  };
}
