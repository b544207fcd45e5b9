/** What becomes of the shop's pages: errors by their type and by who met them, threads that are held, and how long it goes on. */
import {
  clientOf,
  defineSignal,
  requestCompleted,
  type Fact,
  type SignalDefinition,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { recoverySignal, watchRecovery } from '../../application/recovery.ts';
import { pageDegraded, threadsHeld } from './shop.ts';

export const HELD = 'shop.threads_held';
export const RECOVERY = 'shop.recovery.time';
export const BUYERS_FAILED = 'shop.buyers.errors';
export const BUYERS_RATIO = 'shop.buyers.error_ratio';
export const BUYERS_WAIT = 'shop.buyers.duration';
export const READERS_FAILED = 'shop.readers.errors';
export const DEGRADED = 'shop.pages.degraded';

type Completed = Fact<typeof requestCompleted>;
const isBuyer = ({ request }: Completed): boolean => clientOf(request) === 0;
const failed = ({ outcome }: Completed): boolean => outcome !== 'ok';

const errorsOf = (type: string, help: string): SignalDefinition =>
  defineSignal({
    name: `shop.errors.${type}`,
    kind: 'rate',
    unit: '1/s',
    help,
    fact: requestCompleted,
    where: ({ outcome }) => outcome === type,
  });

export const tallySignals = [
  defineSignal({
    name: HELD,
    kind: 'gauge',
    unit: '{thread}',
    help: 'Threads of the shop that wait for recommendations',
    fact: threadsHeld,
    value: (fact) => fact.held,
    of: (fact) => fact.shop,
  }),
  defineSignal({
    name: BUYERS_FAILED,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests of buyers that failed: they need no recommendations',
    fact: requestCompleted,
    where: (fact) => isBuyer(fact) && failed(fact),
  }),
  defineSignal({
    name: BUYERS_RATIO,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the buyers’ requests that failed: they need no recommendations',
    fact: requestCompleted,
    where: isBuyer,
    counts: failed,
  }),
  defineSignal({
    name: BUYERS_WAIT,
    kind: 'histogram',
    unit: 's',
    help: 'Time from a buyer’s request to its answer, or to giving up',
    fact: requestCompleted,
    where: isBuyer,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: READERS_FAILED,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests of readers that failed',
    fact: requestCompleted,
    where: (fact) => !isBuyer(fact) && failed(fact),
  }),
  defineSignal({
    name: DEGRADED,
    kind: 'counter',
    unit: '{request}',
    help: 'Pages that went out without recommendations',
    fact: pageDegraded,
  }),
  errorsOf('timeout', 'Requests that fail because somebody waited for too long, a second'),
  errorsOf('overloaded', 'Requests that fail because no thread is free and the line is full, a second'),
  errorsOf('refused', 'Requests that fail because a breaker is open or a bulkhead is full, a second'),
  recoverySignal(RECOVERY, 'page that failed or went out without recommendations'),
];

/** Tells of every page that is not as it should be later than `end`. */
export function watchPages(sim: Simulation, end: Time): void {
  const tell = watchRecovery(sim, end);
  sim.facts.channel(requestCompleted).listen((fact) => {
    if (failed(fact)) tell();
  });
  sim.facts.channel(pageDegraded).listen(tell);
}
