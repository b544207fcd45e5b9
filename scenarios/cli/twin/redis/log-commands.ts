/** XADD, XDEL, XLEN, XTRIM, XSETID, XRANGE and XREVRANGE. */
import { formatEntryId, type StreamTrim } from '../../../../sim-core/index.ts';
import { idOf, integerOf, lowerEnd, newIdOf, upperEnd, type Arguments } from './arguments.ts';
import { CommandError, SYNTAX, type Reply } from './reply.ts';
import { written, type Streams } from './streams.ts';

export function xadd(streams: Streams, words: Arguments): Reply {
  const key = words.next();
  const makes = !words.takes('NOMKSTREAM');
  const trim = trimOf(words);
  const id = newIdOf(words.next());
  const value = words.rest();
  if (value.length === 0 || value.length % 2 === 1)
    throw new CommandError("ERR wrong number of arguments for 'xadd' command");
  const there = streams.get(key);
  // A bad id is an error even where no stream would be made.
  const stream = there ?? streams.make(key);
  const entry = stream.add(id, value);
  if (there === undefined && !makes) return null;
  streams.keep(stream);
  if (trim !== undefined) stream.trim(trim);
  return formatEntryId(entry.id);
}

export function xdel(streams: Streams, words: Arguments): Reply {
  const stream = streams.get(words.next());
  const ids = words.rest().map((word) => idOf(word));
  return stream?.delete(ids) ?? 0;
}

export const xlen = (streams: Streams, words: Arguments): Reply => streams.get(words.next())?.length ?? 0;

export function xtrim(streams: Streams, words: Arguments): Reply {
  const stream = streams.get(words.next());
  const trim = trimOf(words);
  if (trim === undefined) throw new CommandError(SYNTAX);
  words.done();
  return stream?.trim(trim) ?? 0;
}

/** `MAXLEN|MINID [=|~] threshold [LIMIT count]`; undefined if there is nothing of it. */
function trimOf(words: Arguments): StreamTrim | undefined {
  const byLength = words.takes('MAXLEN');
  if (!byLength && !words.takes('MINID')) return undefined;
  const approximate = words.takes('~');
  if (!approximate) words.takes('=');
  const keep = byLength ? { maxLength: lengthOf(words.next()) } : { minId: words.id() };
  if (!words.takes('LIMIT')) return { keep, approximate };
  const limit = words.integer();
  if (limit < 0) throw new CommandError('ERR The LIMIT argument must be >= 0.');
  if (!approximate) throw new CommandError('ERR syntax error, LIMIT cannot be used without the special ~ option');
  return { keep, approximate, limit };
}

function lengthOf(word: string): number {
  const length = integerOf(word);
  if (length < 0) throw new CommandError('ERR The MAXLEN argument must be >= 0.');
  return length;
}

export function xsetid(streams: Streams, words: Arguments): Reply {
  const key = words.next();
  const id = words.id();
  const added = words.takes('ENTRIESADDED') ? words.integer() : undefined;
  const deleted = words.takes('MAXDELETEDID') ? words.id() : undefined;
  words.done();
  const there = streams.get(key);
  (there ?? streams.make(key)).setLastId(id, added, deleted);
  if (there === undefined) throw new CommandError('ERR no such key');
  return 'OK';
}

export function xrange(streams: Streams, words: Arguments): Reply {
  const stream = streams.get(words.next());
  const [from, to] = [lowerEnd(words.next()), upperEnd(words.next())];
  const count = words.count();
  if (count === 0) return null;
  return stream?.log.range(from, to, count).map(written) ?? [];
}

export function xrevrange(streams: Streams, words: Arguments): Reply {
  const stream = streams.get(words.next());
  const to = upperEnd(words.next());
  const from = lowerEnd(words.next());
  const count = words.count();
  if (count === 0) return null;
  return stream?.log.reverseRange(from, to, count).map(written) ?? [];
}
