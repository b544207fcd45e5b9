/**
 * What "why?" is asked about: the end of a request, an event, or a spike of a signal. Each comes down to one event, and
 * the rule by which that was chosen is said.
 */
import { eventIndex, eventsAbout, type RecordedSignal, type Recording, requestsOf } from '../../sim-core/index.ts';
import { instantText, secondsText } from './measure-text.ts';
import { spikeAt } from './spike.ts';
import type { Rows } from './rows.ts';

export type Question =
  | { readonly about: 'request'; readonly request: number }
  | { readonly about: 'event'; readonly event: number }
  | { readonly about: 'spike'; readonly signal: RecordedSignal; readonly rows: Rows; readonly row: number };

export interface Subject {
  /** Place of the event in the columns; undefined if there is none to ask about. */
  readonly place: number | undefined;
  readonly rule: string;
}

export function subjectOf(recording: Recording, question: Question): Subject {
  switch (question.about) {
    case 'event':
      return ofEvent(recording, question.event);
    case 'request':
      return ofRequest(recording, question.request);
    case 'spike': {
      const { signal, rows, row } = question;
      const none = { place: undefined, rule: 'No event that was kept ran in this interval.' };
      return spikeAt(recording, signal, rows, row) ?? none;
    }
  }
}

function ofEvent({ events }: Recording, id: number): Subject {
  const place = eventIndex(events).placeOf(id);
  if (place < 0) return { place: undefined, rule: `Event ${id} was not kept.` };
  const at = instantText(events.times[place], 1);
  return { place, rule: `Event ${id}, “${events.kindNames[events.kinds[place]]}”, at ${at}.` };
}

/** The event in which its client told the outcome; where nothing was told, the last event about it. */
function ofRequest(recording: Recording, request: number): Subject {
  const { events } = recording;
  const life = requestsOf(recording).of(request);
  const about = eventsAbout(events, request);
  const ending = about.findLast((place) => events.times[place] === life?.end);
  if (life?.outcome && ending !== undefined) {
    const took = secondsText((life.end - life.start) / 1e9);
    return {
      place: ending,
      rule: `Request ${request} ended after ${took}: ${life.outcome}. This is the event in which it did.`,
    };
  }
  const place = about.at(-1);
  if (place === undefined) return { place, rule: `No event about request ${request} was kept.` };
  return { place, rule: `Nothing says how request ${request} ended. This is its last event that was kept.` };
}
