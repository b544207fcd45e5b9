/**
 * Who stands in a line and is granted nothing: served never, or not before the recording ends. No event says that a request
 * waits; what says it is the rule of every line (`sim-core/kernel/resource.ts`), whoever is next in it: a unit is taken at
 * once only while nobody waits. So whoever calls while somebody stands in line joins it, and if it neither is granted a unit
 * nor answers, it waits until it is cancelled or the recording ends.
 *
 * The first of a line comes when nobody waits. Of those of whom nothing else is known as many are at work as there are units,
 * by the order in which they came: at each grant all units are taken, and the least that were ever seen at work then are
 * taken for all, since some of those might have stood in line.
 */
import { firstAfter } from '../../sim-core/index.ts';
import type { Told } from './messages.ts';

/** Of each stay, by its number: what a walk over the events has found. Numbers are in the order of coming. */
export interface Spells {
  readonly open: { readonly count: number; readonly components: Uint16Array };
  /** The event in which it began. */
  readonly events: Uint32Array;
  /** When work began: so far the arrival, where no grant says otherwise. What waits to the end is written here. */
  readonly begins: Float64Array;
  readonly ends: Float64Array;
  readonly granted: Uint8Array;
  readonly left: Uint8Array;
  isAsked(stay: number): boolean;
  isHeld(stay: number): boolean;
}

/** Writes Infinity for the beginning of the work of those who wait until they are there no more. */
export function leaveWaiting({ events: { times }, components }: Told, spells: Spells): void {
  const { open, events, begins, ends, granted, left } = spells;
  /** Of each component, when the last of those who have come so far leaves its line. */
  const lineUntil = components.map(() => -Infinity);
  /** Of each, those of whom nothing is known but that they came and are still there. */
  const unknown = components.map((): number[] => []);
  for (let stay = 0; stay < open.count; stay++) {
    const component = open.components[stay];
    if (granted[stay] === 1) lineUntil[component] = Math.max(lineUntil[component], begins[stay]);
    if (granted[stay] === 1 || left[stay] === 1) continue;
    if (spells.isAsked(stay) && times[events[stay]] < lineUntil[component]) {
      begins[stay] = Infinity;
      lineUntil[component] = Math.max(lineUntil[component], ends[stay]);
    } else if (ends[stay] === Infinity) {
      if (spells.isHeld(stay)) begins[stay] = Infinity;
      else unknown[component].push(stay);
    }
  }
  unknown.forEach((stays, component) => {
    if (stays.length === 0 || lineUntil[component] === -Infinity) return;
    for (const stay of stays.slice(unitsFree(spells, component, times))) begins[stay] = Infinity;
  });
}

/** How many units are left at the end for those of whom nothing is known. */
function unitsFree({ open, events, begins, ends, granted }: Spells, component: number, times: Float64Array): number {
  const stays = Array.from({ length: open.count }, (_, stay) => stay).filter(
    (stay) => open.components[stay] === component,
  );
  const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
  const came = sorted(stays.map((stay) => times[events[stay]]));
  const gone = sorted(stays.map((stay) => ends[stay]));
  const inLine = stays.filter((stay) => begins[stay] > times[events[stay]]);
  const joined = sorted(inLine.map((stay) => times[events[stay]]));
  const served = sorted(inLine.map((stay) => Math.min(begins[stay], ends[stay])));
  const atWork = (time: number): number =>
    firstAfter(came, time) - firstAfter(gone, time) - firstAfter(joined, time) + firstAfter(served, time);
  const grants = stays.filter((stay) => granted[stay] === 1);
  const units = grants.reduce((least, stay) => Math.min(least, atWork(begins[stay])), Infinity);
  return Math.max(0, units - grants.filter((stay) => ends[stay] === Infinity).length);
}
