/** Where a fact was told: in the component that it names, or else in that of the event in which it was told. */
import type { RecordedComponent, RecordedFacts, Recording } from '../recording.ts';
import { componentOfEvent } from './event-component.ts';
import { eventIndex } from './event-index.ts';
import { factText, type FactPlace } from './fact-places.ts';

const namesKnown = new WeakMap<readonly RecordedComponent[], ReadonlySet<string>>();

/** The names of all components, put together once. */
export function componentNames({ components }: Pick<Recording, 'components'>): ReadonlySet<string> {
  let names = namesKnown.get(components);
  if (names === undefined) namesKnown.set(components, (names = new Set(components.map(({ name }) => name))));
  return names;
}

/** The component that a fact names first, among these; undefined if it names none. */
export function componentOfFact(
  facts: RecordedFacts,
  fact: FactPlace,
  components: ReadonlySet<string>,
): string | undefined {
  for (const field of Object.keys(fact.table.schema)) {
    const text = factText(facts, fact, field);
    if (text !== undefined && components.has(text)) return text;
  }
  return undefined;
}

/** The component that it names, or else the one in which its event ran; undefined if nothing says. */
export function componentToldIn(recording: Recording, fact: FactPlace): string | undefined {
  const named = componentOfFact(recording.facts, fact, componentNames(recording));
  if (named !== undefined) return named;
  const place = eventIndex(recording.events).placeOf(fact.table.events[fact.row]);
  return place < 0 ? undefined : componentOfEvent(recording, place);
}
