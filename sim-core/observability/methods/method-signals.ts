/**
 * What three methods look at, of one component each, row by row of a run: RED (rate, errors, duration; T. Wilkie 2015) of the calls
 * to it, or of its own if nobody calls it, and USE (utilization, saturation, errors; B. Gregg 2013) of the resource that calls hold
 * while they are worked on, if there is one. The four golden signals (latency, traffic, errors, saturation; Google's SRE book,
 * chapter 6) are RED's three by other names, and USE's first two as one.
 *
 * The calls are measured at their ends and the resource by itself, so that it does not matter what kind of component it is. An error
 * of a resource is that it had no room for somebody, not that what was done with it failed. Whole runs are summed up for every
 * component by `component-methods.ts`.
 */
import type { Fact } from '../../kernel/fact.ts';
import { resourceChanged, resourceRefused } from '../../kernel/resource.ts';
import { callEnded } from '../../network/call.ts';
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';

export interface WatchedComponent {
  readonly name: string;
  /** Whether its calls are those to it or those that it makes. */
  readonly end: 'callee' | 'caller';
  /** Handlers or connections that it has, by the name of the resource; a component without one has no USE. */
  readonly resource?: { readonly name: string; readonly capacity: number };
}

/** All signals of a component by RED and by USE: `red.NAME.rate`, `use.NAME.saturation`. */
export function methodSignals({ name, end, resource }: WatchedComponent): SignalDefinition[] {
  return [...redOf(name, end), ...(resource === undefined ? [] : useOf(name, resource.name, resource.capacity))];
}

function redOf(name: string, end: WatchedComponent['end']): SignalDefinition[] {
  const fact = callEnded;
  const where = (call: Fact<typeof callEnded>): boolean => call.end === end && call[end] === name;
  const isAnswered = (call: Fact<typeof callEnded>): boolean => where(call) && call.outcome !== 'cancelled';
  const calls = end === 'callee' ? `calls to the ${name}` : `calls of the ${name}`;
  return [
    defineSignal({
      name: `red.${name}.rate`,
      kind: 'rate',
      unit: '1/s',
      help: `${end === 'callee' ? 'Calls to' : 'Calls of'} the ${name} that are over`,
      fact,
      where,
    }),
    defineSignal({
      name: `red.${name}.error_ratio`,
      kind: 'ratio',
      unit: '1',
      help: `Share of the ${calls} that failed`,
      fact,
      where: isAnswered,
      counts: ({ outcome }) => outcome !== 'ok',
    }),
    defineSignal({
      name: `red.${name}.duration`,
      kind: 'histogram',
      unit: 's',
      help: `Time that ${calls} took, to the answer${end === 'callee' ? '' : '’s arrival'}`,
      fact,
      where: isAnswered,
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
