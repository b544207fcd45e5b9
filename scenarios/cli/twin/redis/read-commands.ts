/** XREAD and XREADGROUP of one stream. */
import { compareEntryIds, formatEntryId, ZERO_ID } from '../../../../sim-core/index.ts';
import { idOf, type Arguments } from './arguments.ts';
import { CommandError, SYNTAX, type Reply } from './reply.ts';
import { written, type Streams } from './streams.ts';

const HISTORY_OF_NOTHING =
  'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.';

export function xread(streams: Streams, words: Arguments): Reply {
  const count = readCount(words);
  const isWaiting = waits(words);
  if (!words.takes('STREAMS')) throw new CommandError(SYNTAX);
  const [key, from] = [words.next(), words.next()];
  words.done();
  const after = from === '$' ? (streams.get(key)?.lastId ?? ZERO_ID) : idOf(from);
  const read = (): Reply => {
    const entries = streams.get(key)?.after(after, count) ?? [];
    return entries.length === 0 ? null : [[key, entries.map(written)]];
  };
  const isPast = (): boolean => compareEntryIds(streams.get(key)?.lastId ?? ZERO_ID, after) > 0;
  return read() ?? (isWaiting ? streams.wait(undefined, orEmpty(read, key, isPast)) : null);
}

export function xreadgroup(streams: Streams, words: Arguments): Reply {
  if (!words.takes('GROUP')) throw new CommandError(SYNTAX);
  const [name, consumer] = [words.next(), words.next()];
  const count = readCount(words);
  const isWaiting = waits(words);
  const noAck = words.takes('NOACK');
  if (!words.takes('STREAMS')) throw new CommandError(SYNTAX);
  const [key, from] = [words.next(), words.next()];
  words.done();
  const group = streams.get(key)?.groups.get(name);
  if (group === undefined) {
    throw new CommandError(`NOGROUP No such key '${key}' or consumer group '${name}' in XREADGROUP with GROUP option`);
  }
  if (from === '$') throw new CommandError(HISTORY_OF_NOTHING);
  if (from !== '>') {
    const history = group.history(consumer, idOf(from), count);
    return [[key, history.map(({ id, entry }) => (entry === undefined ? [formatEntryId(id), null] : written(entry)))]];
  }
  const read = (): Reply => {
    const entries = group.read(consumer, count, noAck);
    return entries.length === 0 ? null : [[key, entries.map(written)]];
  };
  const isPast = (): boolean => compareEntryIds(streams.get(key)!.lastId, group.lastDelivered) > 0;
  return read() ?? (isWaiting ? streams.wait(name, orEmpty(read, key, isPast)) : null);
}

/** A read that waited is answered when the stream is past its place, though what had come be trimmed already. */
const orEmpty = (read: () => Reply, key: string, isPast: () => boolean) => (): Reply =>
  read() ?? (isPast() ? [[key, []]] : null);

/** Whether to wait for ever where there is nothing; a wait that ends ends with nothing, since nothing comes in a command's time. */
const waits = (words: Arguments): boolean => words.takes('BLOCK') && words.integer() === 0;

/** Here a count of 0 means all. */
const readCount = (words: Arguments): number => words.count() || Infinity;
