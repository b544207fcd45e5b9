/** XINFO: STREAM, GROUPS and CONSUMERS. What says how Redis keeps it in memory is null: there is nothing of it here. */
import { formatEntryId, ms } from '../../../../sim-core/index.ts';
import type { Arguments } from './arguments.ts';
import { CommandError, SYNTAX, type Reply } from './reply.ts';
import { written, type Streams } from './streams.ts';

export function xinfo(streams: Streams, words: Arguments): Reply {
  const subcommand = words.next().toUpperCase();
  const key = words.next();
  const stream = streams.get(key);
  if (stream === undefined) throw new CommandError('ERR no such key');
  const { first, last } = stream.log;
  switch (subcommand) {
    case 'STREAM':
      return listed({
        length: stream.length,
        'radix-tree-keys': null,
        'radix-tree-nodes': null,
        'last-generated-id': formatEntryId(stream.lastId),
        'max-deleted-entry-id': formatEntryId(stream.maxDeletedId),
        'entries-added': stream.entriesAdded,
        'recorded-first-entry-id': formatEntryId(stream.firstId),
        groups: stream.groups.size,
        'first-entry': first === undefined ? null : written(first),
        'last-entry': last === undefined ? null : written(last),
      });
    case 'GROUPS':
      return sorted(stream.groups).map((group) =>
        listed({
          name: group.name,
          consumers: group.consumers.size,
          pending: group.pending.size,
          'last-delivered-id': formatEntryId(group.lastDelivered),
          'entries-read': group.entriesRead ?? null,
          lag: group.lag ?? null,
        }),
      );
    case 'CONSUMERS': {
      const name = words.next();
      const group = stream.groups.get(name);
      if (group === undefined) throw new CommandError(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
      return sorted(group.consumers).map((consumer) =>
        listed({
          name: consumer.name,
          pending: group.pending.countOf(consumer.name),
          idle: Math.floor((stream.now - consumer.seenAt) / ms(1)),
        }),
      );
    }
    default:
      throw new CommandError(SYNTAX);
  }
}

const listed = (fields: Readonly<Record<string, Reply>>): Reply => Object.entries(fields).flat();

/** Redis lists groups and consumers by name. */
const sorted = <Item>(items: ReadonlyMap<string, Item>): readonly Item[] =>
  [...items.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
