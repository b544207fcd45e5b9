/**
 * The experimenter's book of what each service has handled, by the models' own facts: whether it had that event before,
 * whether it had a later one of the same key already, and whether it was sent before the service began to read.
 *
 * A consumer's name says whose it is: `billing-2`. Events are numbered in the order in which they reach the broker's
 * producer, whose links keep their order.
 */
import {
  defineFact,
  defineReading,
  defineSignal,
  messageProcessed,
  recordProcessed,
  requestCompleted,
  requestStarted,
  type Duration,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';

export const LATE_SERVICE = 'audit';

const handled = defineFact('broker_models.handled', 'A service has handled an event', {
  service: 'text',
  request: 'request',
  again: 'flag',
  inverted: 'flag',
  replayed: 'flag',
  age: 'duration',
});

const unhandled = defineReading('broker_models.unhandled', 'Events that no service has handled changed in number', {
  events: 'number',
});

const published = defineFact('broker_models.published', 'Users were told that the broker has their event', {
  request: 'request',
});

const isOfTwo = ({ service }: { readonly service: string }): boolean => service !== LATE_SERVICE;

export const bookSignals = [
  defineSignal({
    name: 'broker_models.published',
    kind: 'counter',
    unit: '{event}',
    help: 'Events that the broker has, as users were told',
    fact: published,
  }),
  defineSignal({
    name: 'broker_models.copies',
    kind: 'counter',
    unit: '{event}',
    help: 'Events handled by billing and by search, each service’s first time',
    fact: handled,
    where: (fact) => isOfTwo(fact) && !fact.again,
  }),
  defineSignal({
    name: 'broker_models.inversions',
    kind: 'counter',
    unit: '{event}',
    help: 'Events handled after a later one of the same order, among those who share them',
    fact: handled,
    where: (fact) => fact.inverted,
  }),
  defineSignal({
    name: 'broker_models.duplicates',
    kind: 'counter',
    unit: '{event}',
    help: 'Events that a service handled though it had handled them before',
    fact: handled,
    where: (fact) => fact.again,
  }),
  defineSignal({
    name: 'broker_models.replayed',
    kind: 'counter',
    unit: '{event}',
    help: 'Events that the audit handled though the broker had them before it began to read',
    fact: handled,
    where: (fact) => fact.replayed && !fact.again,
  }),
  defineSignal({
    name: 'broker_models.age',
    kind: 'histogram',
    unit: 's',
    help: 'Time from when a user sent an event until billing or search had handled it for the first time',
    fact: handled,
    where: (fact) => isOfTwo(fact) && !fact.again,
    value: (fact) => fact.age,
  }),
  defineSignal({
    name: 'broker_models.unhandled',
    kind: 'gauge',
    unit: '{event}',
    help: 'Events that the broker has, as users were told, and that no service has handled so far',
    fact: unhandled,
    value: (fact) => fact.events,
    of: () => 'all',
  }),
];

interface Sent {
  readonly key: number;
  readonly at: Time;
  confirmedAt: Time;
  isHandled: boolean;
}

/** Begins the book: it listens for as long as the run lasts. `areShared`: whether all services take from the same events. */
export function keepBook(sim: Simulation, lateAt: Time, areShared: boolean): void {
  const events = new Map<number, Sent>();
  const seen = new Set<string>();
  const latest = new Map<string, number>();
  let left = 0;
  const [tell, tellPublished, tellLeft] = [
    sim.facts.channel(handled),
    sim.facts.channel(published),
    sim.facts.channel(unhandled),
  ];
  const count = (change: 1 | -1): void => {
    left += change;
    if (tellLeft.heard) tellLeft.emit({ events: left });
  };
  const hear = (consumer: string, request: number): void => {
    const event = events.get(request)!;
    const service = consumer.slice(0, consumer.lastIndexOf('-'));
    const again = seen.has(`${service} ${request}`);
    seen.add(`${service} ${request}`);
    const line = areShared ? String(event.key) : `${service} ${event.key}`;
    const before = latest.get(line) ?? -1;
    if (request > before) latest.set(line, request);
    if (!event.isHandled && event.confirmedAt <= sim.now) count(-1);
    event.isHandled = true;
    if (!tell.heard) return;
    const age: Duration = sim.now - event.at;
    const replayed = service === LATE_SERVICE && event.confirmedAt < lateAt;
    tell.emit({ service, request, again, inverted: !again && request < before, replayed, age });
  };
  sim.facts.channel(requestStarted).listen(({ request, key }) => {
    events.set(request, { key, at: sim.now, confirmedAt: Infinity, isHandled: false });
  });
  sim.facts.channel(requestCompleted).listen(({ request, outcome }) => {
    const event = events.get(request)!;
    if (outcome !== 'ok') return;
    event.confirmedAt = sim.now;
    if (tellPublished.heard) tellPublished.emit({ request });
    if (!event.isHandled) count(1);
  });
  sim.facts.channel(messageProcessed).listen(({ consumer, request }) => hear(consumer, request));
  sim.facts.channel(recordProcessed).listen(({ consumer, request }) => hear(consumer, request));
}
