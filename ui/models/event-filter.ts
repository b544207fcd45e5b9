/** Which events a list shows: by kind, by the component they ran in, by the request they are about. */
import { componentOfEvent, firstAfter, kindComponents, type Recording } from '../../sim-core/index.ts';

export interface EventFilter {
  readonly kind?: string;
  readonly component?: string;
  readonly request?: number;
}

/** The events that pass, by place in the columns; how many of them there are. */
export interface EventMatches {
  readonly count: number;
  placeAt(index: number): number;
  /** How many are not later than an instant. */
  until(time: number): number;
}

export function eventMatches(recording: Recording, filter: EventFilter): EventMatches {
  const { times, kinds, subjects, kindNames, kept } = recording.events;
  const { kind, component, request } = filter;
  if (kind === undefined && component === undefined && request === undefined) {
    return { count: kept, placeAt: (index) => index, until: (time) => firstAfter(times, time, kept) };
  }
  const components = kindComponents(recording);
  const passes = kindNames.map((name, number) => {
    if (kind !== undefined && name !== kind) return false;
    return component === undefined || number === 0 || components[number] === component;
  });
  const found = new Uint32Array(kept);
  let count = 0;
  for (let place = 0; place < kept; place++) {
    if (!passes[kinds[place]] || (request !== undefined && subjects[place] !== request)) continue;
    // An event without a name ran where its cause did, which its kind cannot tell.
    if (component !== undefined && kinds[place] === 0 && componentOfEvent(recording, place) !== component) continue;
    found[count++] = place;
  }
  const places = found.slice(0, count);
  const timesFound = Float64Array.from(places, (place) => times[place]);
  return { count, placeAt: (index) => places[index], until: (time) => firstAfter(timesFound, time) };
}

/** Kinds of events that ran, with how often, in the order of their numbers. */
export function kindCounts({ events }: Recording): { readonly kind: string; readonly count: number }[] {
  const counts = new Uint32Array(events.kindNames.length);
  for (let place = 0; place < events.kept; place++) counts[events.kinds[place]]++;
  return events.kindNames.map((kind, number) => ({ kind, count: counts[number] })).filter(({ count }) => count > 0);
}
