/**
 * The messages among a recording's events: each is the event by which it arrived, and it left in the event that is the
 * cause of that. Beside them the kinds of events that say what else becomes of a request within a component, which
 * `sim-core/lab/traces/event-kinds.ts` tells by their names.
 */
import {
  cancellationOf,
  givingUpOf,
  GRANTS,
  LETS_THROUGH,
  type RecordedEvents,
  type Recording,
} from '../../sim-core/index.ts';
import { inPieces, type Pieces } from './pieces.ts';
import type { Topology } from './topology.ts';

/** What of a recording is asked here. */
export type Told = Pick<Recording, 'components' | 'events' | 'flows'>;

/** A link in one direction; components and edges by their places in the recording and the topology. */
export interface Way {
  readonly flow: number;
  /** -1 for a link between copies, which share a node. */
  readonly edge: number;
  readonly reply: boolean;
  readonly from: number;
  readonly to: number;
  /** Nobody ever answers on this link, though there may be messages back that are about nothing that came by it. */
  readonly oneWay: boolean;
}

export interface Messages {
  readonly ways: readonly Way[];
  /** For each kind of event: the way of a message that arrives by it, a component that grants or lets through, a way given up or taken back; or -1. */
  readonly wayOfKind: Int16Array;
  readonly grantOfKind: Int16Array;
  readonly passOfKind: Int16Array;
  readonly givenUpOfKind: Int16Array;
  readonly cancelledOfKind: Int16Array;
  /** For each event the place of its cause among the events, -1 if that is not kept. */
  readonly causes: Int32Array;
  /** For each event the number of its request, -1 for none; and the numbers of all requests. */
  readonly requests: Int32Array;
  readonly numbers: ReadonlyMap<number, number>;
  /** Arrivals by when they left: places among the events. */
  readonly departing: Uint32Array;
}

export function* messagesOf(recording: Told, topology: Topology): Pieces<Messages> {
  const { events } = recording;
  const ways = waysOf(recording, topology);
  const wayOfKind = new Int16Array(events.kindNames.length).fill(-1);
  const givenUpOfKind = wayOfKind.slice();
  const cancelledOfKind = wayOfKind.slice();
  const grantOfKind = wayOfKind.slice();
  const passOfKind = wayOfKind.slice();
  ways.forEach(({ flow, reply }, way) => {
    const { from, to, requestKind, replyKind } = recording.flows[flow];
    wayOfKind[reply ? replyKind : requestKind] = way;
    const givenUp = events.kindNames.indexOf(givingUpOf({ from, to }));
    if (reply && givenUp >= 0) givenUpOfKind[givenUp] = way;
    const cancelled = events.kindNames.indexOf(cancellationOf({ from, to }));
    if (!reply && cancelled >= 0) cancelledOfKind[cancelled] = way;
  });
  recording.components.forEach(({ name }, component) => {
    events.kindNames.forEach((kind, i) => {
      if (!kind.startsWith(`${name} `)) return;
      if (kind.endsWith(GRANTS)) grantOfKind[i] = component;
      if (kind.endsWith(LETS_THROUGH)) passOfKind[i] = component;
    });
  });
  const causes = causesOf(events);
  yield;
  const { requests, numbers } = yield* requestsOf(events, causes);
  const departing = byDeparture(events, causes, wayOfKind);
  return {
    ways,
    wayOfKind,
    grantOfKind,
    passOfKind,
    givenUpOfKind,
    cancelledOfKind,
    causes,
    requests,
    numbers,
    departing,
  };
}

function waysOf({ flows, components, events }: Told, { nodes, edges }: Topology): Way[] {
  const areAnswered = answeredFlows(events, flows);
  const componentOf = new Map(components.map(({ name }, i) => [name, i]));
  const nodeOf = new Map(nodes.flatMap((node) => node.members.map(({ name }) => [name, node])));
  return flows.flatMap(({ from, to }, flow): Way[] => {
    const [near, far] = [componentOf.get(from)!, componentOf.get(to)!];
    const edge = edges.findIndex((one) => one.from === nodeOf.get(from) && one.to === nodeOf.get(to));
    const shared = { flow, edge, oneWay: !areAnswered[flow] };
    return [
      { ...shared, reply: false, from: near, to: far },
      { ...shared, reply: true, from: far, to: near },
    ];
  });
}

/**
 * Whether what comes back over a link answers what went there: the first of it says so for all; in a window, whose first may
 * answer what went there before, any of it.
 */
function answeredFlows({ kinds, subjects, kept, window }: RecordedEvents, flows: Told['flows']): boolean[] {
  return flows.map(({ requestKind, replyKind }) => {
    const asked = new Set<number>();
    for (let event = 0; event < kept; event++) {
      if (kinds[event] === requestKind) asked.add(subjects[event]);
      else if (kinds[event] !== replyKind) continue;
      else if (asked.has(subjects[event])) return true;
      else if (window === undefined) return false;
    }
    return false;
  });
}

function causesOf({ ids, causes, kept }: RecordedEvents): Int32Array {
  let low = Infinity;
  let high = 0;
  for (let event = 0; event < kept; event++) {
    low = Math.min(low, ids[event]);
    high = Math.max(high, ids[event]);
  }
  const placeOf = new Int32Array(kept > 0 ? high - low + 1 : 0).fill(-1);
  for (let event = 0; event < kept; event++) placeOf[ids[event] - low] = event;
  const places = new Int32Array(kept);
  for (let event = 0; event < kept; event++) places[event] = placeOf[causes[event] - low] ?? -1;
  return places;
}

function* requestsOf(
  { subjects, kept }: RecordedEvents,
  causes: Int32Array,
): Pieces<Pick<Messages, 'requests' | 'numbers'>> {
  const numbers = new Map<number, number>();
  const requests = new Int32Array(kept).fill(-1);
  yield* inPieces(kept, (from, to) => {
    for (let event = from; event < to; event++) {
      const subject = subjects[event];
      if (subject < 0) continue;
      const cause = causes[event];
      let number = cause >= 0 && subjects[cause] === subject ? requests[cause] : numbers.get(subject);
      if (number === undefined) numbers.set(subject, (number = numbers.size));
      requests[event] = number;
    }
  });
  return { requests, numbers };
}

/** Messages whose departure is known, in the order of the events in which they left: a counting sort. */
function byDeparture({ kinds, kept }: RecordedEvents, causes: Int32Array, wayOfKind: Int16Array): Uint32Array {
  const isMessage = (event: number): boolean => wayOfKind[kinds[event]] >= 0 && causes[event] >= 0;
  const places = new Uint32Array(kept + 1);
  for (let event = 0; event < kept; event++) if (isMessage(event)) places[causes[event] + 1]++;
  for (let event = 0; event < kept; event++) places[event + 1] += places[event];
  const departing = new Uint32Array(places[kept]);
  for (let event = 0; event < kept; event++) if (isMessage(event)) departing[places[causes[event]]++] = event;
  return departing;
}
