/**
 * What kinds of events say by their names of what becomes of a request within a component: a resource grants it a unit, a
 * rate limiter lets it through, its caller gives up, and says so. Components name them (`database pool grants`, `gateway
 * limiter of partner lets through`, `app-1 gives up on cache`, `replica hears of a cancellation from gateway`), see
 * `kernel/resource.ts`, `network/resilience/rate-limiting/rate-limiting.ts` and `network/link.ts`.
 */
import type { RecordedFlow, Recording } from '../recording.ts';

/** Kinds of events that end a wait end so: those of resources, and those of rate limiters. */
export const GRANTS = ' grants';
export const LETS_THROUGH = ' lets through';

type Ends = Pick<RecordedFlow, 'from' | 'to'>;

/** The kind of event by which a caller stops waiting. */
export const givingUpOf = ({ from, to }: Ends): string => `${from} gives up on ${to}`;

/** The kind of event by which word of a cancellation arrives. */
export const cancellationOf = ({ from, to }: Ends): string => `${to} hears of a cancellation from ${from}`;

/** What an event says of a call over a link. */
export interface CallEvent {
  readonly what: 'asked' | 'replied' | 'gave up' | 'cancelled';
  readonly flow: RecordedFlow;
}

const known = new WeakMap<Recording, ReadonlyMap<number, CallEvent>>();

/** Kinds of events that are about calls, by their numbers; worked out once a recording. */
export function callEvents(recording: Recording): ReadonlyMap<number, CallEvent> {
  let found = known.get(recording);
  if (found === undefined) {
    const kinds = new Map(recording.events.kindNames.map((name, kind) => [name, kind]));
    found = new Map(
      recording.flows.flatMap((flow): [number, CallEvent][] => [
        [kinds.get(cancellationOf(flow)) ?? -1, { what: 'cancelled', flow }],
        [kinds.get(givingUpOf(flow)) ?? -1, { what: 'gave up', flow }],
        [flow.replyKind, { what: 'replied', flow }],
        [flow.requestKind, { what: 'asked', flow }],
      ]),
    );
    known.set(recording, found);
  }
  return found;
}
