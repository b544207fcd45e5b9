/** The streams that commands are about, by key, and how an entry of one is written in a reply. */
import { formatEntryId, type EntryStream, type StreamEntry } from '../../../../sim-core/index.ts';
import type { Reply } from './reply.ts';

export interface Streams {
  get(key: string): EntryStream<readonly string[]> | undefined;
  /** A new stream, which is there once it is kept. */
  make(key: string): EntryStream<readonly string[]>;
  keep(stream: EntryStream<readonly string[]>): void;
  /** Has a read that found nothing wait, in a line if it is a group's, until it finds something; its reply until then. */
  wait(group: string | undefined, read: () => Reply): Reply;
}

export const written = ({ id, value }: StreamEntry<readonly string[]>): Reply => [formatEntryId(id), value];
