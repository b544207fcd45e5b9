/**
 * Requests within components: from a message's arrival there to the departure of the request's next one. A request
 * waits until the component's resource grants it a unit or its rate limiter lets it through, if an event says so, and is at work from
 * then on; at work means all that is not waiting in line, waiting for somebody else's answer included.
 *
 * Who is granted nothing and stands in a line all the same is told by the line's rule, see `waiting-lines.ts`.
 *
 * A call that is cancelled is over there when word of that comes, unless its server is one of those that go on, and answer nobody.
 * What is told of calls names a request and a way, no call: calls of one request to one host are taken for each other. Where one
 * of them is cancelled while another is there the wrong one may be shown as over; such are counted (`unsure`), and the stage says so.
 *
 * The reply to somebody who had given up begins no stay, nor does one to somebody who has answered its own caller, nor
 * one of several to somebody who asked them all at once and is there already: a component holds a request once for each
 * call that it has not answered.
 */
import { sampleHash } from '../../sim-core/index.ts';
import { intervalIndex, type IntervalIndex } from './interval-index.ts';
import type { Messages, Told } from './messages.ts';
import { inPieces, type Pieces } from './pieces.ts';
import type { RequestRoles } from './request-roles.ts';
import type { Topology } from './topology.ts';
import { leaveWaiting, type Spells } from './waiting-lines.ts';

/** In the order in which they came; a column each. */
export interface Stays {
  readonly arrivals: Float64Array;
  /** When work began: the arrival itself for one that did not wait, Infinity for one that waits to the end. */
  readonly begins: Float64Array;
  /** Infinity for what is still there when the recording ends. */
  readonly ends: Float64Array;
  /** Places in the topology's nodes. */
  readonly nodes: Uint16Array;
  /** `sampleHash` of the request. */
  readonly hashes: Uint32Array;
  /** Places in `ROLES`: the request's role when it came. */
  readonly roles: Uint8Array;
  /** When the role changes during the stay, NaN if it does not, and to which. Of several changes the last. */
  readonly turns: Float64Array;
  readonly turned: Uint8Array;
  /** Cancelled calls that may have been others than those that are shown as over: several of their request were there. */
  readonly unsure: number;
  readonly index: IntervalIndex;
}

/** What is open of each request, the newest first, told apart by component. */
class OpenOf {
  count = 0;
  readonly components: Uint16Array;
  private readonly newest: Int32Array;
  private readonly before: Int32Array;

  /** For so many requests; `most` things are ever opened. */
  constructor(requests: number, most: number) {
    this.newest = new Int32Array(requests).fill(-1);
    this.before = new Int32Array(most);
    this.components = new Uint16Array(most);
  }

  /** Returns its number; numbers count from 0. */
  add(request: number, component: number): number {
    const one = this.count++;
    this.before[one] = this.newest[request];
    this.newest[request] = one;
    this.components[one] = component;
    return one;
  }

  /** How many are open. */
  countOf(request: number, component: number): number {
    let found = 0;
    for (let one = this.newest[request]; one >= 0; one = this.before[one])
      if (this.components[one] === component) found++;
    return found;
  }

  /** The number of the newest that is open; -1 if none is. */
  find(request: number, component: number): number {
    let one = this.newest[request];
    while (one >= 0 && this.components[one] !== component) one = this.before[one];
    return one;
  }

  /** The same, and it is open no longer. */
  take(request: number, component: number): number {
    let later = -1;
    let one = this.newest[request];
    while (one >= 0 && this.components[one] !== component) [later, one] = [one, this.before[one]];
    if (one < 0) return one;
    if (later < 0) this.newest[request] = this.before[one];
    else this.before[later] = this.before[one];
    return one;
  }
}

export function* staysOf(recording: Told, topology: Topology, messages: Messages, roles: RequestRoles): Pieces<Stays> {
  const walk = new Walk(recording, messages);
  yield* walk.go();
  leaveWaiting(recording, walk);
  yield;
  const { times, subjects } = recording.events;
  const nodeOf = new Map(topology.nodes.flatMap(({ members }, node) => members.map(({ name }) => [name, node])));
  const nodeOfComponent = recording.components.map(({ name }) => nodeOf.get(name)!);
  const { events, begins, ends, open } = walk;
  // What took no time was never seen anywhere.
  const seen = (stay: number): boolean => ends[stay] > times[events[stay]];
  let count = 0;
  for (let stay = 0; stay < open.count; stay++) if (seen(stay)) count++;
  const columns = {
    arrivals: new Float64Array(count),
    begins: new Float64Array(count),
    ends: new Float64Array(count),
    nodes: new Uint16Array(count),
    hashes: new Uint32Array(count),
    roles: new Uint8Array(count),
    turns: new Float64Array(count).fill(NaN),
    turned: new Uint8Array(count),
  };
  let at = 0;
  yield* inPieces(open.count, (from, to) => {
    for (let stay = from; stay < to; stay++) {
      if (!seen(stay)) continue;
      const event = events[stay];
      const request = messages.requests[event];
      columns.arrivals[at] = times[event];
      columns.begins[at] = begins[stay];
      columns.ends[at] = ends[stay];
      columns.nodes[at] = nodeOfComponent[open.components[stay]];
      columns.hashes[at] = sampleHash(subjects[event]);
      columns.roles[at] = roles.at(request, times[event]);
      // What is told in the event in which it ends was never seen.
      const change = roles.lastChange(request, times[event], ends[stay] - 1);
      if (change >= 0) {
        columns.turns[at] = roles.times[change];
        columns.turned[at] = roles.roles[change];
      }
      at++;
    }
  });
  return { ...columns, unsure: walk.unsure, index: intervalIndex(columns.arrivals, columns.ends) };
}

/** Goes through the events in their order and keeps account of who is where. */
class Walk implements Spells {
  readonly open: OpenOf;
  /** Of each stay, by its number: the event in which it began, and when work began and it ended. */
  readonly events: Uint32Array;
  readonly begins: Float64Array;
  readonly ends: Float64Array;
  /** Calls that a component has received and not answered. */
  private readonly calls: OpenOf;
  /** Replies that nobody waits for any more, by request and way. */
  private readonly givenUp = new Map<number, number>();
  /** Calls of which word came that they are cancelled, before they came themselves, by request and way. */
  private readonly overtaken = new Map<number, number>();
  /** Components that answered what was cancelled there: they go on with it. */
  private readonly goOn = new Set<number>();
  private readonly recording: Told;
  private readonly messages: Messages;
  /** Of each stay, how many had come to its component before; of each component, how many came. */
  private readonly turn: Uint32Array;
  private readonly came: number[];
  /** Of each stay, whether it was granted a unit, and whether its request left by a message of its own. */
  readonly granted: Uint8Array;
  readonly left: Uint8Array;
  unsure = 0;
  /** Of each way, the turn of the latest who came by it and was let through by a rate limiter. */
  private readonly passed = new Map<number, number>();

  constructor(recording: Told, messages: Messages) {
    this.recording = recording;
    this.messages = messages;
    // Each event opens one stay or call at most. What is not written of these takes no memory.
    const { kept } = recording.events;
    this.open = new OpenOf(messages.numbers.size, kept);
    this.calls = new OpenOf(messages.numbers.size, kept);
    this.events = new Uint32Array(kept);
    this.begins = new Float64Array(kept);
    this.ends = new Float64Array(kept);
    this.turn = new Uint32Array(kept);
    this.came = recording.components.map(() => 0);
    this.granted = new Uint8Array(kept);
    this.left = new Uint8Array(kept);
  }

  *go(): Pieces<void> {
    const { kinds, kept } = this.recording.events;
    const { causes, departing, grantOfKind, passOfKind, givenUpOfKind, cancelledOfKind, wayOfKind, requests } =
      this.messages;
    if (cancelledOfKind.some((way) => way >= 0)) this.findWhoGoesOn();
    let next = 0;
    yield* inPieces(kept, (from, to) => {
      for (let event = from; event < to; event++) {
        const request = requests[event];
        if (request >= 0) {
          if (wayOfKind[kinds[event]] >= 0) this.arrive(event, request, wayOfKind[kinds[event]]);
          else if (grantOfKind[kinds[event]] >= 0) this.grant(event, request, grantOfKind[kinds[event]]);
          else if (passOfKind[kinds[event]] >= 0) this.pass(event, request, passOfKind[kinds[event]]);
          else if (cancelledOfKind[kinds[event]] >= 0) this.cancel(event, request, cancelledOfKind[kinds[event]]);
          else if (givenUpOfKind[kinds[event]] >= 0) this.giveUp(event, request, givenUpOfKind[kinds[event]]);
        }
        for (; next < departing.length && causes[departing[next]] === event; next++)
          this.depart(event, departing[next]);
      }
    });
  }

  /** Whether a stay's request waits to the end behind the latest whom a rate limiter let through of those who came its way. */
  isHeld(stay: number): boolean {
    return this.turn[stay] > (this.passed.get(this.wayOf(stay)) ?? Infinity);
  }

  /** Whether a stay began with a call, and not with the answer to one. */
  isAsked(stay: number): boolean {
    const way = this.wayOf(stay);
    return way >= 0 && !this.messages.ways[way].reply;
  }

  /** The way by which a stay's request came. */
  private wayOf(stay: number): number {
    return this.messages.wayOfKind[this.recording.events.kinds[this.events[stay]]];
  }

  private arrive(event: number, request: number, way: number): void {
    const { reply, oneWay, to } = this.messages.ways[way];
    if (!reply) {
      if (oneWay || takesOne(this.overtaken, this.keyOf(request, way))) return;
      this.calls.add(request, to);
    } else if (this.nobodyWaits(request, way)) return;
    this.enter(event, request, to);
  }

  private enter(event: number, request: number, component: number): void {
    if (this.open.countOf(request, component) >= this.calls.countOf(request, component)) return;
    const stay = this.open.add(request, component);
    this.events[stay] = event;
    this.begins[stay] = this.recording.events.times[event];
    this.ends[stay] = Infinity;
    this.turn[stay] = this.came[component]++;
  }

  private grant(event: number, request: number, component: number): void {
    const stay = this.open.find(request, component);
    if (stay < 0) return;
    this.begins[stay] = this.recording.events.times[event];
    this.granted[stay] = 1;
  }

  private pass(event: number, request: number, component: number): void {
    const stay = this.open.find(request, component);
    if (stay < 0) return;
    this.begins[stay] = this.recording.events.times[event];
    this.passed.set(this.wayOf(stay), this.turn[stay]);
  }

  private giveUp(event: number, request: number, way: number): void {
    const { to } = this.messages.ways[way];
    addOne(this.givenUp, this.keyOf(request, way));
    this.enter(event, request, to);
  }

  private nobodyWaits(request: number, way: number): boolean {
    return takesOne(this.givenUp, this.keyOf(request, way));
  }

  private cancel(event: number, request: number, way: number): void {
    const { to } = this.messages.ways[way];
    if (this.calls.find(request, to) < 0) {
      addOne(this.overtaken, this.keyOf(request, way));
      return;
    }
    if (this.goOn.has(to)) return;
    if (this.open.countOf(request, to) > 1) this.unsure++;
    this.calls.take(request, to);
    const stay = this.open.take(request, to);
    if (stay < 0) return;
    this.ends[stay] = this.recording.events.times[event];
  }

  private findWhoGoesOn(): void {
    const { kinds, kept } = this.recording.events;
    const { causes, departing, requests, ways, wayOfKind, cancelledOfKind } = this.messages;
    const places = this.recording.components.length;
    const lastReply = new Map<number, number>();
    for (const arrival of departing) {
      const { from, reply } = ways[wayOfKind[kinds[arrival]]];
      if (reply) lastReply.set(requests[arrival] * places + from, causes[arrival]);
    }
    for (let event = 0; event < kept; event++) {
      const way = cancelledOfKind[kinds[event]];
      if (way < 0) continue;
      const { to } = ways[way];
      if ((lastReply.get(requests[event] * places + to) ?? -1) > event) this.goOn.add(to);
    }
  }

  private keyOf(request: number, way: number): number {
    return request * this.messages.ways.length + way;
  }

  /** Of what an event sends: the message that arrives by `arrival` leaves now. */
  private depart(event: number, arrival: number): void {
    const { kinds, times } = this.recording.events;
    const request = this.messages.requests[arrival];
    if (request < 0) return;
    const { from, reply } = this.messages.ways[this.messages.wayOfKind[kinds[arrival]]];
    if (reply) this.calls.take(request, from);
    const stay = this.open.take(request, from);
    if (stay < 0) return;
    this.ends[stay] = times[event];
    this.left[stay] = 1;
  }
}

function addOne(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Takes one off a count; false if there is none. */
function takesOne(counts: Map<number, number>, key: number): boolean {
  const left = counts.size === 0 ? 0 : (counts.get(key) ?? 0);
  if (left > 0) counts.set(key, left - 1);
  return left > 0;
}
