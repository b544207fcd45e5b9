/** XGROUP: CREATE, SETID, DESTROY, CREATECONSUMER and DELCONSUMER. */
import { type EntryId, type EntryStream } from '../../../../sim-core/index.ts';
import { idOf, type Arguments } from './arguments.ts';
import { CommandError, SYNTAX, type Reply } from './reply.ts';
import type { Streams } from './streams.ts';

const NO_KEY =
  'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.';

export function groupCommand(streams: Streams, words: Arguments): Reply {
  const subcommand = words.next().toUpperCase();
  const [key, name] = [words.next(), words.next()];
  const stream = streams.get(key);
  if (subcommand === 'CREATE') {
    const at = words.next();
    const makes = words.takes('MKSTREAM');
    const read = readOf(words);
    if (stream === undefined && !makes) throw new CommandError(NO_KEY);
    const position = at === '$' ? undefined : idOf(at);
    const made = stream ?? streams.make(key);
    streams.keep(made);
    if (made.createGroup(name, position, read) !== undefined) return 'OK';
    throw new CommandError('BUSYGROUP Consumer Group name already exists');
  }
  if (stream === undefined) throw new CommandError(NO_KEY);
  if (subcommand === 'DESTROY') return stream.destroyGroup(name) ? 1 : 0;
  const group = stream.groups.get(name);
  if (group === undefined) throw new CommandError(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
  switch (subcommand) {
    case 'SETID':
      group.setPosition(positionOf(words.next(), stream), readOf(words));
      return 'OK';
    case 'CREATECONSUMER': {
      const consumer = words.next();
      if (group.consumers.has(consumer)) return 0;
      group.consumer(consumer);
      return 1;
    }
    case 'DELCONSUMER':
      return group.deleteConsumer(words.next());
    default:
      throw new CommandError(SYNTAX);
  }
}

const positionOf = (word: string, stream: EntryStream<unknown>): EntryId => (word === '$' ? stream.lastId : idOf(word));

/** `ENTRIESREAD n`; not known if it is not given, or -1. */
function readOf(words: Arguments): number | undefined {
  if (!words.takes('ENTRIESREAD')) return undefined;
  const read = words.integer();
  if (read < -1) throw new CommandError('ERR value for ENTRIESREAD must be positive or -1');
  return read === -1 ? undefined : read;
}
