/**
 * Every message's way and every request's stay, read out of a recording's events once, so that any instant of the run
 * can be drawn by look-ups. All of it is plain columns: reading takes as long as several frames, so a worker does it, in
 * pieces, and hands them over.
 *
 * A *hop* is one message on a link: it left in the event that is the cause of its arrival, and its place in between is
 * a matter of the two times. A *stay* is a request within a component, see `stays.ts`. A request may be in several
 * places at once, where it calls several others in parallel.
 *
 * Not drawn, because the recording does not hold it: a message that had not arrived when the recording ended, and, in a
 * run with more events than are kept, everything before the first of those (`from`) and after the last (`until`).
 */
import { keptSpan, sampleHash, type Recording } from '../../sim-core/index.ts';
import { intervalIndex, type IntervalIndex } from './interval-index.ts';
import { messagesOf, type Messages } from './messages.ts';
import { NEUTRAL, requestRoles, roleFacts, ROLES, type RequestRoles, type RoleFacts } from './request-roles.ts';
import { staysOf, type Stays } from './stays.ts';
import { inPieces, whole, type Pieces } from './pieces.ts';
import type { Topology } from './topology.ts';

/** Messages under way, in the order in which they left; a column each. */
export interface Hops {
  readonly departures: Float64Array;
  readonly arrivals: Float64Array;
  /** Places in the topology's edges. */
  readonly edges: Uint16Array;
  /** 1 on the way back. */
  readonly replies: Uint8Array;
  /** `sampleHash` of the request: who is drawn where one dot stands for several. */
  readonly hashes: Uint32Array;
  /** Places in `ROLES`: the request's role when the message left. */
  readonly roles: Uint8Array;
  readonly index: IntervalIndex;
}

export interface Traffic {
  readonly hops: Hops;
  readonly stays: Stays;
  /** Nothing is known of messages before, */
  readonly from: number;
  /** and from here on. */
  readonly until: number;
  /** Roles are known of one request in so many. */
  readonly sampledOneIn: number;
  /** The roles that any request ever plays, by their places in `ROLES`. */
  readonly rolesPlayed: ReadonlySet<number>;
}

/** What of a recording it is read out of. */
export type TrafficSource = Pick<Recording, 'components' | 'events' | 'flows'> & { readonly facts: RoleFacts };

/** No more of a recording than that: it is copied to be read elsewhere. */
export const trafficSource = ({ components, events, facts, flows }: Recording): TrafficSource => ({
  components,
  events,
  facts: roleFacts(facts),
  flows,
});

export const trafficOf = (recording: TrafficSource, topology: Topology): Traffic =>
  whole(readTraffic(recording, topology));

export function* readTraffic(recording: TrafficSource, topology: Topology): Pieces<Traffic> {
  const { events, facts } = recording;
  const messages = yield* messagesOf(recording, topology);
  yield;
  const roles = requestRoles(facts, messages.numbers.size, (request) => messages.numbers.get(request));
  yield;
  return {
    hops: yield* hopsOf(recording, messages, roles),
    stays: yield* staysOf(recording, topology, messages, roles),
    ...keptSpan(events),
    sampledOneIn: facts.sampledOneIn,
    rolesPlayed: rolesIn(roles),
  };
}

function* hopsOf(
  { events: { times, kinds, subjects } }: TrafficSource,
  { ways, wayOfKind, departing, causes, requests }: Messages,
  roles: RequestRoles,
): Pieces<Hops> {
  let count = 0;
  for (const event of departing) if (ways[wayOfKind[kinds[event]]].edge >= 0) count++;
  const departures = new Float64Array(count);
  const arrivals = new Float64Array(count);
  const columns = {
    edges: new Uint16Array(count),
    replies: new Uint8Array(count),
    hashes: new Uint32Array(count),
    roles: new Uint8Array(count),
  };
  let hop = 0;
  yield* inPieces(departing.length, (from, to) => {
    for (const event of departing.subarray(from, to)) {
      const { edge, reply } = ways[wayOfKind[kinds[event]]];
      if (edge < 0) continue;
      departures[hop] = times[causes[event]];
      arrivals[hop] = times[event];
      columns.edges[hop] = edge;
      columns.replies[hop] = reply ? 1 : 0;
      columns.hashes[hop] = sampleHash(subjects[event]);
      columns.roles[hop] = requests[event] < 0 ? 0 : roles.at(requests[event], departures[hop]);
      hop++;
    }
  });
  return { departures, arrivals, ...columns, index: intervalIndex(departures, arrivals) };
}

function rolesIn({ roles }: RequestRoles): Set<number> {
  const seen = new Set([NEUTRAL]);
  for (let role = 0; role < ROLES.length; role++) if (roles.includes(role)) seen.add(role);
  return seen;
}
