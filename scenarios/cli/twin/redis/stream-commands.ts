/**
 * The stream commands of Redis 7.0 on the model: words in, replies out, in the words and shapes of the server, so that both
 * can be compared. What is answered comes from the model; here it is only read and written.
 * https://redis.io/docs/latest/commands/?group=stream
 */
import { BlockedReads, EntryStream, ms, StreamError, type StreamRefusal } from '../../../../sim-core/index.ts';
import { Arguments } from './arguments.ts';
import { groupCommand } from './group-commands.ts';
import { xinfo } from './info-commands.ts';
import { xack, xautoclaim, xclaim, xpending } from './pending-commands.ts';
import { xread, xreadgroup } from './read-commands.ts';
import { CommandError, type Reply } from './reply.ts';
import type { Streams } from './streams.ts';
import { xadd, xdel, xlen, xrange, xrevrange, xsetid, xtrim } from './log-commands.ts';

/** No command of Redis: the server is killed and started again. */
export const RESTART = 'RESTART';

type Command = (streams: Streams, words: Arguments) => Reply;

const commands = {
  XADD: xadd,
  XDEL: xdel,
  XLEN: xlen,
  XTRIM: xtrim,
  XSETID: xsetid,
  XRANGE: xrange,
  XREVRANGE: xrevrange,
  XREAD: xread,
  XREADGROUP: xreadgroup,
  XGROUP: groupCommand,
  XACK: xack,
  XPENDING: xpending,
  XCLAIM: xclaim,
  XAUTOCLAIM: xautoclaim,
  XINFO: xinfo,
  // Killed, it has every write that it had answered: the one to its append-only file comes before the reply.
  [RESTART]: () => 'restarted',
  EXISTS: (streams, words) => (streams.get(words.next()) === undefined ? 0 : 1),
} satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

const refusals: Readonly<Record<StreamRefusal, string>> = {
  'zero-id': 'ERR The ID specified in XADD must be greater than 0-0',
  'id-not-above-last': 'ERR The ID specified in XADD is equal or smaller than the target stream top item',
  'ids-exhausted': 'ERR The stream has exhausted the last possible ID, unable to add more items',
  'id-below-deleted': 'ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id',
  'id-below-top': 'ERR The ID specified in XSETID is smaller than the target stream top item',
  'count-below-length': 'ERR The entries_added specified in XSETID is smaller than the target stream length',
};

/** In place of a reply, of a read that waits. */
export const WAITS = 'waits';

/** The number of a read that waited, and what it was answered. */
export type Served = readonly [number: number, reply: unknown];

interface Blocked {
  readonly number: number;
  readonly read: () => Reply;
}

/** A Redis server as far as streams go, with a clock that somebody sets. */
export class StreamServer implements Streams {
  /** The wall clock, in nanoseconds. */
  readonly clock = { now: 0 };
  private readonly blocked = new BlockedReads<Blocked>();
  private readonly served: Served[] = [];
  private waits = 0;
  private readonly streams = new Map<string, EntryStream<readonly string[]>>();

  get(key: string): EntryStream<readonly string[]> | undefined {
    return this.streams.get(key);
  }

  make(key: string): EntryStream<readonly string[]> {
    return new EntryStream<readonly string[]>(this.clock, key);
  }

  keep(stream: EntryStream<readonly string[]>): void {
    this.streams.set(stream.name, stream);
  }

  wait(group: string | undefined, read: () => Reply): Reply {
    const number = ++this.waits;
    this.blocked.add(group === undefined ? `reader ${number}` : `group ${group}`, { number, read });
    return WAITS;
  }

  /** Which of the reads that waited have been answered since this was asked last, by the numbers in which they began to, and how. */
  takeServed(): readonly Served[] {
    return this.served.splice(0);
  }

  /** Runs a command at a time in milliseconds. */
  run(words: readonly string[], milliseconds: number): Reply {
    this.clock.now = ms(milliseconds);
    const [name, ...rest] = words;
    const command = (commands as Readonly<Record<string, Command | undefined>>)[name.toUpperCase()];
    if (command === undefined)
      throw new RangeError(`${name} is not a stream command; there are ${Object.keys(commands).join(', ')}`);
    try {
      const reply = command(this, new Arguments(rest));
      if (name === 'XADD') this.blocked.serveAll((blocked) => this.serve(blocked));
      return reply;
    } catch (error) {
      if (error instanceof CommandError) return { error: error.message };
      if (error instanceof StreamError) return { error: refusals[error.refusal] };
      throw error;
    }
  }

  private serve({ number, read }: Blocked): boolean {
    const reply = read();
    if (reply !== null) this.served.push([number, reply]);
    return reply !== null;
  }

  violations(): readonly string[] {
    return [...this.streams.values()].flatMap((stream) => stream.violations());
  }
}
