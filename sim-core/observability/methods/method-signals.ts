/**
 * What three methods look at, of one component each: RED (rate, errors, duration; T. Wilkie 2015) of its requests, USE
 * (utilization, saturation, errors; B. Gregg 2013) of the resource that its requests hold while they are worked on. The four
 * golden signals (latency, traffic, errors, saturation; Google's SRE book, chapter 6) are RED's three by other names, and USE's
 * first two as one.
 *
 * The resource is a pool of connections or of handlers; processors, disks and wires are not looked at. An error of a resource is
 * that it had no room for somebody, not that what was done with it failed.
 */
import type { Fact, FactKind } from '../../kernel/fact.ts';
import { resourceChanged, resourceRefused } from '../../kernel/resource.ts';
import { serviceRequest } from '../../services/service.ts';
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';
import { databaseAnswered } from '../../storage/database-signals.ts';

export interface WatchedComponent {
  readonly name: string;
  readonly kind: 'service' | 'database';
  /** Handlers or connections that it has. */
  readonly capacity: number;
}

/** All signals of a component by RED and by USE: `red.NAME.rate`, `use.NAME.saturation`. */
export function methodSignals({ name, kind, capacity }: WatchedComponent): SignalDefinition[] {
  const requests =
    kind === 'service'
      ? redOf<Fact<typeof serviceRequest>>(name, serviceRequest, ({ service }) => service === name)
      : redOf<Fact<typeof databaseAnswered>>(name, databaseAnswered, ({ database }) => database === name);
  return [...requests, ...useOf(name, `${name} ${kind === 'service' ? 'slots' : 'pool'}`, capacity)];
}

interface Ended {
  readonly outcome: string;
  readonly duration: number;
}

function redOf<Shape extends Ended>(
  name: string,
  fact: FactKind<Shape>,
  where: (fact: Shape) => boolean,
): SignalDefinition[] {
  return [
    defineSignal<Shape>({
      name: `red.${name}.rate`,
      kind: 'rate',
      unit: '1/s',
      help: `Requests that the ${name} answered, or failed to`,
      fact,
      where,
    }),
    defineSignal<Shape>({
      name: `red.${name}.error_ratio`,
      kind: 'ratio',
      unit: '1',
      help: `Share of the requests of the ${name} that failed`,
      fact,
      where,
      counts: ({ outcome }) => outcome !== 'ok',
    }),
    defineSignal<Shape>({
      name: `red.${name}.duration`,
      kind: 'histogram',
      unit: 's',
      help: `Time that the ${name} took for a request`,
      fact,
      where,
      value: ({ duration }) => duration,
    }),
  ];
}

function useOf(name: string, resource: string, capacity: number): SignalDefinition[] {
  return [
    defineSignal({
      name: `use.${name}.utilization`,
      kind: 'gauge',
      unit: '1',
      help: `Share of the ${resource} that is in use`,
      fact: resourceChanged,
      where: (fact) => fact.resource === resource,
      value: ({ inUse }) => inUse / capacity,
      of: (fact) => fact.resource,
    }),
    defineSignal({
      name: `use.${name}.saturation`,
      kind: 'gauge',
      unit: '{request}',
      help: `Requests that wait for the ${resource}`,
      fact: resourceChanged,
      where: (fact) => fact.resource === resource,
      value: ({ waiting }) => waiting,
      of: (fact) => fact.resource,
    }),
    defineSignal({
      name: `use.${name}.errors`,
      kind: 'counter',
      unit: '{request}',
      help: `Requests for which the ${resource} had no room to wait`,
      fact: resourceRefused,
      where: (fact) => fact.resource === resource,
    }),
  ];
}
