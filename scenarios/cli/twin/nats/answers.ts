/** How both sides say what happened, without what is drawn by lot. */
import type { Advisory } from '../../../../sim-core/index.ts';

/** A copy that came: to which subscription, in the order in which they were made, and of which group. */
export interface Received {
  readonly nth: number;
  readonly queue: string | undefined;
}

/** Whoever is a member of a group is as good as another: only the group is said. */
export const receiversOf = (received: readonly Received[]): readonly string[] =>
  received.map(({ nth, queue }) => (queue === undefined ? `subscription ${nth}` : `group ${queue}`)).toSorted();

/**
 * Advisories by the message they are about; those of one message in the order in which they came. A termination's number of
 * deliveries is left out: of a message that a limit took away, the server says 0, 1 or the number of redeliveries.
 */
export const advisoriesOf = (advisories: readonly Advisory[]): readonly string[] =>
  advisories
    .toSorted((a, b) => a.sequence - b.sequence)
    .map(
      ({ type, sequence, deliveries }) =>
        `${type} of ${sequence}${type === 'terminated' ? '' : ` after ${deliveries}`}`,
    );

/** The bytes of what a stream holds. In files messages have another frame than the model's, which is that of memory. */
export const bytesOf = (keepsFiles: boolean, bytes: number): number | null => (keepsFiles ? null : bytes);

/** The word that a play's subjects begin with, of one length whatever its number: a stream counts the bytes of subjects. */
export const ownWord = (play: number): string => `play-${`${play}`.padStart(6, '0')}`;
export const ownSubject = (play: number, subject: string): string => `${ownWord(play)}.${subject}`;

/** A subject without the word that is its play's own. */
export const wordsOf = (subject: string): string => subject.slice(subject.indexOf('.') + 1);

/**
 * How many messages a consumer has still to deliver. Of one that began with the last message of each subject the server
 * sometimes counts one a subject for good, and sometimes all that came since: it is not compared.
 */
export const pendingOf = (deliverPolicy: unknown, count: number): number | null =>
  deliverPolicy === 'last_per_subject' ? null : count;
