/**
 * What the events of one request say by themselves: which calls were made for it, when each message left and arrived, and
 * where it waited. A message's arrival is an event whose cause is the one in which it left; a wait ends by the grant of a
 * resource, by a rate limiter that lets it through, by an event that another request caused, or by the request's own clock.
 *
 * A reply belongs to the call from whose arrival a chain of this request's events leads to it. Where the chain passes
 * through another request's events (a store that serves many at once), replies are taken in the order of the calls.
 */
import type { RecordedEvents, RecordedFlow, Recording } from '../recording.ts';
import { componentOfEvent } from './event-component.ts';
import { eventIndex } from './event-index.ts';
import { callEvents, GRANTS, LETS_THROUGH, type CallEvent } from './event-kinds.ts';
import { eventsAbout } from './requests.ts';

/** A call made for the request; times in nanoseconds, NaN for what has not happened within what was kept. */
export interface RecordedCall {
  readonly from: string;
  readonly to: string;
  readonly departed: number;
  readonly arrived: number;
  /** When the answer left. */
  answered: number;
  /** When the answer came back. */
  returned: number;
  /** When the caller stopped waiting for it. */
  gaveUp: number;
}

/** A stretch of time for which the request stood still in a component. */
export interface RecordedWait {
  readonly component: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** The request that it waited for; -1 for none. */
  readonly awaited: number;
}

export interface RequestEvents {
  readonly calls: readonly RecordedCall[];
  readonly waits: readonly RecordedWait[];
  /** The first and the last event of the request; NaN if there is none. */
  readonly first: number;
  readonly last: number;
}

export function readEvents(recording: Recording, request: number): RequestEvents {
  const reader = new Reader(recording, request);
  const { times } = recording.events;
  const places = eventsAbout(recording.events, request);
  for (const place of places) reader.read(place);
  const first = places.length > 0 ? times[places[0]] : NaN;
  const last = places.length > 0 ? times[places[places.length - 1]] : NaN;
  return { calls: reader.calls, waits: reader.waits, first, last };
}

class Reader {
  readonly calls: RecordedCall[] = [];
  readonly waits: RecordedWait[] = [];
  private readonly recording: Recording;
  private readonly events: RecordedEvents;
  private readonly request: number;
  private readonly callEvents: ReadonlyMap<number, CallEvent>;
  /** The call that arrived by the event at a place, and the cause of that event. */
  private readonly arrivals = new Map<number, RecordedCall>();
  private readonly causes = new Map<RecordedCall, number>();
  /** When the request last did something in a component. */
  private readonly lastIn = new Map<string, number>();

  constructor(recording: Recording, request: number) {
    this.recording = recording;
    this.events = recording.events;
    this.request = request;
    this.callEvents = callEvents(recording);
  }

  read(place: number): void {
    const { times } = this.events;
    const time = times[place];
    const told = this.callEvents.get(this.events.kinds[place]);
    if (told === undefined) this.goOn(place);
    else if (told.what === 'asked') this.arrive(place, told.flow);
    else if (told.what === 'replied') this.comeBack(place, told.flow);
    else if (told.what === 'gave up') this.giveUp(place, told.flow);
    else this.cancel(place, told.flow);
    const component = componentOfEvent(this.recording, place);
    if (component !== undefined) this.lastIn.set(component, time);
  }

  private arrive(place: number, { from, to }: RecordedFlow): void {
    const { times, causes } = this.events;
    const arrived = times[place];
    const departed = this.departure(place, from);
    const call = { from, to, departed, arrived, answered: NaN, returned: NaN, gaveUp: NaN };
    this.calls.push(call);
    this.arrivals.set(place, call);
    this.causes.set(call, causes[place]);
  }

  private comeBack(place: number, { from, to }: RecordedFlow): void {
    const open = (call: RecordedCall): boolean => call.from === from && call.to === to && Number.isNaN(call.returned);
    const call = this.callBefore(place, open) ?? this.calls.find(open);
    if (call === undefined) return;
    call.answered = Math.max(call.arrived, this.departure(place, to));
    call.returned = this.events.times[place];
  }

  /** The alarm of a call is set in the event in which its message leaves. */
  private giveUp(place: number, { from, to }: RecordedFlow): void {
    const cause = this.events.causes[place];
    const call = this.calls.find((one) => one.from === from && one.to === to && this.causes.get(one) === cause);
    if (call) call.gaveUp = this.events.times[place];
  }

  /** Word of it leaves when the caller stops waiting, if its time was not over before. */
  private cancel(place: number, { from, to }: RecordedFlow): void {
    const open = (call: RecordedCall): boolean => Number.isNaN(call.returned) && Number.isNaN(call.gaveUp);
    const call = this.calls.find((one) => one.from === from && one.to === to && open(one));
    const cause = this.causeOf(place);
    if (call && cause >= 0) call.gaveUp = this.events.times[cause];
  }

  private goOn(place: number): void {
    const { times, kinds, kindNames, subjects } = this.events;
    const component = componentOfEvent(this.recording, place);
    if (component === undefined) return;
    const time = times[place];
    const kind = kindNames[kinds[place]];
    const cause = this.causeOf(place);
    const end = [GRANTS, LETS_THROUGH].find((one) => kind.endsWith(one));
    if (end !== undefined) this.wait(component, time, `waits for ${kind.slice(0, -end.length)}`);
    else if (kinds[place] !== 0 || cause < 0) return;
    else if (subjects[cause] !== this.request) this.waitFor(subjects[cause], component, time);
    else this.waits.push({ component, from: times[cause], to: time, reason: 'pauses', awaited: -1 });
  }

  /** When the message that arrived by the event at a place left; and what the sender had waited for until then. */
  private departure(place: number, sender: string): number {
    const { times, subjects } = this.events;
    const cause = this.causeOf(place);
    if (cause < 0) return times[place];
    if (subjects[cause] !== this.request && this.lastIn.has(sender)) {
      this.waitFor(subjects[cause], sender, times[cause]);
    }
    return times[cause];
  }

  private waitFor(subject: number, component: string, to: number): void {
    this.wait(component, to, subject < 0 ? 'waits for the system' : `waits for request ${subject}`, subject);
  }

  private wait(component: string, to: number, reason: string, awaited = -1): void {
    const from = this.lastIn.get(component);
    if (from !== undefined && from < to) this.waits.push({ component, from, to, reason, awaited });
  }

  /** The call whose arrival leads to the event at a place over this request's own events. */
  private callBefore(place: number, fits: (call: RecordedCall) => boolean): RecordedCall | undefined {
    const { subjects } = this.events;
    for (let at = this.causeOf(place); at >= 0 && subjects[at] === this.request; at = this.causeOf(at)) {
      const call = this.arrivals.get(at);
      if (call && fits(call)) return call;
    }
    return undefined;
  }

  private causeOf(place: number): number {
    return eventIndex(this.events).placeOf(this.events.causes[place]);
  }
}
