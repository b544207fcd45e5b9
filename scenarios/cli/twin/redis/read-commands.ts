/** XREAD and XREADGROUP of one stream, without waiting. */
import { formatEntryId } from '../../../../sim-core/index.ts';
import { idOf, type Arguments } from './arguments.ts';
import { CommandError, SYNTAX, type Reply } from './reply.ts';
import { written, type Streams } from './streams.ts';

const HISTORY_OF_NOTHING =
  'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.';

export function xread(streams: Streams, words: Arguments): Reply {
  const count = readCount(words);
  if (words.takes('BLOCK')) words.integer();
  if (!words.takes('STREAMS')) throw new CommandError(SYNTAX);
  const [key, from] = [words.next(), words.next()];
  words.done();
  const stream = streams.get(key);
  if (from === '$' || stream === undefined) return null;
  const entries = stream.after(idOf(from), count);
  return entries.length === 0 ? null : [[key, entries.map(written)]];
}

export function xreadgroup(streams: Streams, words: Arguments): Reply {
  if (!words.takes('GROUP')) throw new CommandError(SYNTAX);
  const [name, consumer] = [words.next(), words.next()];
  const count = readCount(words);
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
  const entries = group.read(consumer, count, noAck);
  return entries.length === 0 ? null : [[key, entries.map(written)]];
}

/** Here a count of 0 means all. */
const readCount = (words: Arguments): number => words.count() || Infinity;
