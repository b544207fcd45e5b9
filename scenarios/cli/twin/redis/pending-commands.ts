/** XACK, XPENDING, XCLAIM and XAUTOCLAIM. */
import {
  autoClaim,
  claim,
  formatEntryId,
  ms,
  type StreamGroup,
  type PendingEntry,
  type StreamEntry,
} from '../../../../sim-core/index.ts';
import { idOf, integerOf, lowerEnd, upperEnd, type Arguments } from './arguments.ts';
import { CommandError, INVALID_ID, SYNTAX, type Reply } from './reply.ts';
import { written, type Streams } from './streams.ts';

type Group = StreamGroup<readonly string[]>;

const NANOSECONDS = ms(1);

export function xack(streams: Streams, words: Arguments): Reply {
  const [key, name] = [words.next(), words.next()];
  const group = streams.get(key)?.groups.get(name);
  const ids = words.rest().map((word) => idOf(word));
  return group?.acknowledge(ids) ?? 0;
}

function groupOf(streams: Streams, key: string, name: string): Group {
  const group = streams.get(key)?.groups.get(name);
  if (group === undefined) throw new CommandError(`NOGROUP No such key '${key}' or consumer group '${name}'`);
  return group;
}

export function xpending(streams: Streams, words: Arguments): Reply {
  const [key, name] = [words.next(), words.next()];
  if (words.left === 0) return summary(groupOf(streams, key, name));
  const minIdle = words.takes('IDLE') ? ms(words.integer()) : 0;
  const [from, to] = [lowerEnd(words.next()), upperEnd(words.next())];
  const count = Math.max(0, words.integer());
  const consumer = words.left > 0 ? words.next() : undefined;
  words.done();
  const group = groupOf(streams, key, name);
  const rows: Reply[] = [];
  for (const pending of group.pending.range(from, to)) {
    if (rows.length >= count) break;
    if (consumer !== undefined && pending.consumer !== consumer) continue;
    if (idleOf(group, pending) < minIdle) continue;
    const idle = Math.floor(idleOf(group, pending) / NANOSECONDS);
    rows.push([formatEntryId(pending.id), pending.consumer, idle, pending.deliveries]);
  }
  return rows;
}

const idleOf = (group: Group, { deliveredAt }: PendingEntry): number => group.stream.now - deliveredAt;

function summary(group: Group): Reply {
  const all = [...group.pending.range()];
  if (all.length === 0) return [0, null, null, null];
  const names = [...group.consumers.keys()].filter((name) => group.pending.countOf(name) > 0).toSorted();
  const counts = names.map((name) => [name, `${group.pending.countOf(name)}`]);
  return [all.length, formatEntryId(all[0].id), formatEntryId(all.at(-1)!.id), counts];
}

export function xclaim(streams: Streams, words: Arguments): Reply {
  const group = groupOf(streams, words.next(), words.next());
  const consumer = words.next();
  const minIdle = ms(Math.max(0, integerOf(words.next())));
  const rest = words.rest();
  const idCount = rest.findIndex((word) => !/^\d+(-\d+)?$/.test(word));
  const ids = (idCount < 0 ? rest : rest.slice(0, idCount)).map((word) => idOf(word));
  if (ids.length === 0) throw new CommandError(INVALID_ID);
  const options = claimOptions(group, idCount < 0 ? [] : rest.slice(idCount));
  const claimed = claim(group, consumer, ids, { minIdle, ...options });
  return claimed.map((entry) => answer(entry, options.justId));
}

interface WordedClaim {
  deliveredAt?: number;
  deliveries?: number;
  force?: boolean;
  justId?: boolean;
  lastId?: ReturnType<typeof idOf>;
}

function claimOptions(group: Group, words: readonly string[]): WordedClaim {
  const options: WordedClaim = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i].toUpperCase();
    if (word === 'FORCE') options.force = true;
    else if (word === 'JUSTID') options.justId = true;
    else if (i + 1 >= words.length) throw new CommandError(`ERR Unrecognized XCLAIM option '${words[i]}'`);
    else if (word === 'IDLE') options.deliveredAt = group.stream.now - ms(integerOf(words[++i]));
    else if (word === 'TIME') options.deliveredAt = ms(integerOf(words[++i]));
    else if (word === 'RETRYCOUNT') options.deliveries = integerOf(words[++i]);
    else if (word === 'LASTID') options.lastId = idOf(words[++i]);
    else throw new CommandError(`ERR Unrecognized XCLAIM option '${words[i]}'`);
  }
  return options;
}

const answer = (entry: StreamEntry<readonly string[]>, justId = false): Reply =>
  justId ? formatEntryId(entry.id) : written(entry);

export function xautoclaim(streams: Streams, words: Arguments): Reply {
  const group = groupOf(streams, words.next(), words.next());
  const consumer = words.next();
  const minIdle = ms(Math.max(0, integerOf(words.next())));
  const from = lowerEnd(words.next());
  const count = words.takes('COUNT') ? words.integer() : 100;
  const justId = words.takes('JUSTID');
  if (words.left > 0) throw new CommandError(SYNTAX);
  if (count < 1) throw new CommandError('ERR COUNT must be > 0');
  const { next, claimed, deleted } = autoClaim(group, consumer, { minIdle, from, count, justId });
  const cursor = next === undefined ? '0-0' : formatEntryId(next);
  return [cursor, claimed.map((entry) => answer(entry, justId)), deleted.map(formatEntryId)];
}
