/**
 * Mass expiries: instants at which entries come to the end of their time to live together that a good share of the
 * lookups ask for, be it one entry that everybody asks for or thousands that were stored at once. Where there is a soft time to
 * live its end is one too: from then on the entries are served, and due to be refreshed. Told by the recorded facts
 * alone: what was stored with which times to live, and not stored again, evicted or deleted before they had passed.
 */
import type { FactTable, RecordedFacts, Recording } from '../../sim-core/index.ts';
import { groupBy } from './grouping.ts';
import { countText } from './measure-text.ts';

export interface Expiry {
  /** Nanoseconds: the first of them. */
  readonly time: number;
  readonly entries: number;
  /** The key, where it is one that matters. */
  readonly key: number | undefined;
  /** Of all lookups of the run, those for these entries. */
  readonly share: number;
  /** Whether they may be served on. */
  readonly isSoft: boolean;
}

/** A smaller share of the lookups is no turn in the story. */
const SHARE_MIN = 0.2;
/** More of them are the run's own pace. */
const EXPIRIES_MAX = 6;
/** This much of what is asked of a bin's entries makes a key its subject. */
const MAINLY = 0.9;
/** Entries expire together within this part of an interval of the recording. */
const FINER = 10;

/** In order of time; none where they are too many to be moments. */
export function expiriesOf({ facts, header }: Pick<Recording, 'facts' | 'header'>): Expiry[] {
  const tableOf = (kind: string): FactTable | undefined => facts.tables.find((table) => table.kind === kind);
  const [stored, lookups] = [tableOf('cache.stored'), tableOf('cache.lookup')];
  if (!stored || !lookups || lookups.rows === 0 || !anyEnds(stored, header.duration)) return [];
  const removed = [tableOf('cache.evicted'), tableOf('cache.deleted')].filter((table) => table !== undefined);
  const { ends, entries: known } = endsOf(facts, stored, removed, header.duration);
  const asked = askedFor(facts, lookups, known);
  const width = header.interval / FINER;
  const binOf = ({ end, isSoft }: End): number => 2 * Math.floor(end / width) + Number(isSoft);
  // Most ends are nobody's business, each in a bin of its own: only where enough is asked for they are gone into.
  const most = new Map<number, number>();
  for (const end of ends) most.set(binOf(end), (most.get(binOf(end)) ?? 0) + asked[end.entry]);
  const bins = groupBy(
    ends.filter((end) => most.get(binOf(end))! >= SHARE_MIN * lookups.rows),
    binOf,
  );
  const found = [...bins.values()].flatMap((some): Expiry[] => {
    const [{ isSoft }] = some;
    const entries = [...new Set(some.map(({ entry }) => entry))];
    const lookupsOf = (few: readonly number[]): number => few.reduce((sum, entry) => sum + asked[entry], 0);
    const share = lookupsOf(entries) / lookups.rows;
    if (share < SHARE_MIN) return [];
    const time = Math.min(...some.map(({ end }) => end));
    // Who expires beside it by chance is not told of.
    for (const [key, its] of groupBy(entries, (entry) => keyOf(facts, known[entry]))) {
      const part = lookupsOf(its) / lookups.rows;
      if (part >= MAINLY * share) return [{ time, entries: its.length, key, share: part, isSoft }];
    }
    return [{ time, entries: entries.length, key: undefined, share, isSoft }];
  });
  return found.length > EXPIRIES_MAX ? [] : found.toSorted((a, b) => a.time - b.time);
}

/** Whether any time to live is over within the run: most runs without one are told so at once. */
function anyEnds({ rows, times, columns: { soft } }: FactTable, duration: number): boolean {
  for (let row = 0; row < rows; row++) if (times[row] + soft[row] < duration) return true;
  return false;
}

/** What happens then, as a mark says it; of a sample of the requests not all entries were seen. */
export function expiryText({ entries, key, share, isSoft }: Expiry, sampledOneIn: number): string {
  const some = `${sampledOneIn > 1 ? 'at least ' : ''}${countText(entries)} entries`;
  const does = entries === 1 && key !== undefined ? 'expires' : 'expire';
  const who = key === undefined ? some : entries === 1 ? `key ${key}` : `${some} of key ${key}`;
  return `${who} ${does}${isSoft ? ' softly' : ''}, asked for by ${Math.round(100 * share)}\u00a0% of the lookups`;
}

/** An entry of one cache, as one number. */
const entryOf = ({ texts }: RecordedFacts, { columns }: FactTable, row: number): number =>
  columns.key[row] * texts.length + (columns.cache?.[row] ?? 0);

const keyOf = ({ texts }: RecordedFacts, entry: number): number => Math.floor(entry / texts.length);

/** An entry whose time to live, or its soft one, was over while it was still there. */
interface End {
  /** Its place among those that were ever stored. */
  readonly entry: number;
  readonly end: number;
  readonly isSoft: boolean;
}

/** All of them within the run, of an entry several, if so; and the entries that were ever stored. */
function endsOf(
  facts: RecordedFacts,
  stored: FactTable,
  removed: readonly FactTable[],
  duration: number,
): { readonly ends: End[]; readonly entries: number[] } {
  const ends: End[] = [];
  const placeOf = new Map<number, number>();
  const entries: number[] = [];
  /** When the entry of each place expires; NaN while it is not there. */
  const soft: number[] = [];
  const hard: number[] = [];
  const places = removed.map(() => 0);
  const gone = (place: number, at: number): void => {
    const isOver = (end: number): boolean => end <= at && end < duration;
    if (soft[place] < hard[place] && isOver(soft[place])) ends.push({ entry: place, end: soft[place], isSoft: true });
    if (isOver(hard[place])) ends.push({ entry: place, end: hard[place], isSoft: false });
    soft[place] = NaN;
    hard[place] = NaN;
  };
  const removeUpTo = (time: number): void => {
    removed.forEach((table, i) => {
      for (; places[i] < table.rows && table.times[places[i]] <= time; places[i]++) {
        const place = placeOf.get(entryOf(facts, table, places[i]));
        if (place !== undefined) gone(place, table.times[places[i]]);
      }
    });
  };
  for (let row = 0; row < stored.rows; row++) {
    const at = stored.times[row];
    removeUpTo(at);
    const entry = entryOf(facts, stored, row);
    let place = placeOf.get(entry);
    if (place === undefined) placeOf.set(entry, (place = entries.push(entry) - 1));
    else gone(place, at);
    soft[place] = at + stored.columns.soft[row];
    hard[place] = at + stored.columns.ttl[row];
  }
  removeUpTo(Infinity);
  entries.forEach((_, place) => gone(place, Infinity));
  return { ends, entries };
}

/** How many lookups ask for each of these. */
function askedFor(facts: RecordedFacts, lookups: FactTable, entries: readonly number[]): Uint32Array {
  const placeOf = new Map(entries.map((entry, place) => [entry, place]));
  const counts = new Uint32Array(entries.length);
  for (let row = 0; row < lookups.rows; row++) {
    const place = placeOf.get(entryOf(facts, lookups, row));
    if (place !== undefined) counts[place]++;
  }
  return counts;
}
