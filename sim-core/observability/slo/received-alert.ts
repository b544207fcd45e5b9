/**
 * An alert as the Alertmanager has it: told of by a client, merged with what it knew of it, over when its end has come. Alertmanager
 * 0.25, `types/types.go` (Merge) and `api/v2/api.go`; https://prometheus.io/docs/alerting/latest/clients/.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import { labelsInWords, type AlertLabels } from './alerting-rule.ts';

/** What a client posts. Without an end it counts until `resolveTimeout` after the last word of it. */
export interface PostedAlert {
  readonly labels: AlertLabels;
  readonly startsAt: Time;
  readonly endsAt?: Time;
}

export interface ReceivedAlert {
  /** Its labels in one text. */
  readonly id: string;
  readonly labels: AlertLabels;
  readonly startsAt: Time;
  readonly endsAt: Time;
  readonly updatedAt: Time;
  /** Whether its end is the Alertmanager's, for want of another. */
  readonly isTimeout: boolean;
}

/** Whether it is over. */
export const isResolved = ({ endsAt }: ReceivedAlert, now: Time): boolean => endsAt <= now;

/** What is known of an alert once it was posted now. */
export function received(
  { labels, startsAt, endsAt }: PostedAlert,
  known: ReceivedAlert | undefined,
  now: Time,
  resolveTimeout: Duration,
): ReceivedAlert {
  const isTimeout = endsAt === undefined;
  const id = labelsInWords(labels);
  const posted = { id, labels, startsAt, endsAt: endsAt ?? now + resolveTimeout, updatedAt: now, isTimeout };
  return known !== undefined && overlaps(posted, known) ? merged(known, posted, now) : posted;
}

/** Whether the younger one begins or ends within the time of the older one. */
const overlaps = (younger: ReceivedAlert, older: ReceivedAlert): boolean =>
  (younger.endsAt > older.startsAt && younger.endsAt < older.endsAt) ||
  (younger.startsAt > older.startsAt && younger.startsAt < older.endsAt);

/** The earlier beginning; the end of the younger one, unless the older one knows of a later one by itself. */
function merged(older: ReceivedAlert, younger: ReceivedAlert, now: Time): ReceivedAlert {
  const isLater = older.endsAt > younger.endsAt;
  const takesOlder = isLater && (isResolved(younger, now) ? isResolved(older, now) : !older.isTimeout);
  return {
    ...younger,
    startsAt: Math.min(older.startsAt, younger.startsAt),
    endsAt: takesOlder ? older.endsAt : younger.endsAt,
  };
}
