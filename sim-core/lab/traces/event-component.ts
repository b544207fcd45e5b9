/**
 * Where events ran. Arrivals of messages say so by the link that they came over; other kinds are named after their
 * component (`database pool grants`); an event without a name ran where the one that scheduled it did.
 */
import type { Recording } from '../recording.ts';
import { eventIndex } from './event-index.ts';

/** Component by number of the kind; undefined where the kind's name names none. */
export type KindComponents = readonly (string | undefined)[];

const known = new WeakMap<Recording, KindComponents>();

/** The component of each kind of event, worked out once a recording. */
export function kindComponents(recording: Recording): KindComponents {
  let components = known.get(recording);
  if (components === undefined) {
    components = recording.events.kindNames.map((name, kind) => {
      const [asked, replied] = [
        recording.flows.find(({ requestKind }) => requestKind === kind),
        recording.flows.find(({ replyKind }) => replyKind === kind),
      ];
      return asked?.to ?? replied?.from ?? namedIn(recording.components, name);
    });
    known.set(recording, components);
  }
  return components;
}

/** Events without a name that are looked through for one that has it. */
const UNNAMED_MAX = 64;

/** The component in which the event at a place of the columns ran; undefined if nothing says. */
export function componentOfEvent(recording: Recording, place: number): string | undefined {
  const { kinds, causes } = recording.events;
  const index = eventIndex(recording.events);
  let at = place;
  for (let steps = 0; at >= 0 && kinds[at] === 0 && steps < UNNAMED_MAX; steps++) at = index.placeOf(causes[at]);
  return at < 0 ? undefined : kindComponents(recording)[kinds[at]];
}

/** The longest name of a component that a kind's name begins with. */
function namedIn(components: Recording['components'], kind: string): string | undefined {
  let found: string | undefined;
  for (const { name } of components) {
    if (kind !== name && !kind.startsWith(`${name} `)) continue;
    if (found === undefined || name.length > found.length) found = name;
  }
  return found;
}
