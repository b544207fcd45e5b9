/** Reads that wait on a real server, each on a connection of its own. */
import { setImmediate } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { WAITS, type Served } from './stream-commands.ts';

interface Reader {
  readonly redis: Redis;
  readonly id: number;
}

/** Connections of one server for reads that may wait, and the one for everything else. */
export class Readers {
  readonly redis: Redis;
  private readonly all: Redis[] = [];
  private readonly idle: Reader[] = [];

  constructor(redis: Redis) {
    this.redis = redis;
  }

  async take(): Promise<Reader> {
    const known = this.idle.pop();
    if (known !== undefined) return known;
    const redis = this.redis.duplicate();
    redis.on('error', () => {});
    this.all.push(redis);
    return { redis, id: await redis.client('ID') };
  }

  giveBack(reader: Reader): void {
    this.idle.push(reader);
  }

  stop(): void {
    for (const redis of this.all) redis.disconnect();
  }
}

/** Those of one play, by the numbers in which they began to wait. */
export class BlockedReaders {
  private readonly readers: Readers;
  private readonly waiting = new Map<number, { readonly reader: Reader; readonly reply: Promise<unknown> }>();
  private served: Served[] = [];
  private waits = 0;

  constructor(readers: Readers) {
    this.readers = readers;
  }

  /** The reply, or that there is none yet: the read is told from one whose reply is on its way by asking the server. */
  async read(name: string, words: readonly string[]): Promise<unknown> {
    const reader = await this.readers.take();
    let isOver = false;
    const reply = reader.redis.call(name, ...words).finally(() => {
      isOver = true;
      this.readers.giveBack(reader);
    });
    // Whoever waits for it hears of it; here it is only looked at.
    reply.catch(() => {});
    const isForEver = words[words.indexOf('BLOCK') + 1] === '0';
    while (isForEver && !isOver) {
      const listed = (await this.readers.redis.call('CLIENT', 'LIST', 'ID', `${reader.id}`)) as string;
      if (!/ flags=\w*b/.test(listed)) continue;
      const number = ++this.waits;
      this.waiting.set(number, { reader, reply });
      void reply.then((got) => {
        // Who was called off has nothing.
        if (this.waiting.delete(number)) this.served.push([number, got]);
      });
      return WAITS;
    }
    return reply;
  }

  /** Those who were answered by what was done before: their replies left the server before that to a later command. */
  async takeServed(): Promise<readonly Served[]> {
    if (this.waiting.size > 0) {
      await this.readers.redis.ping();
      await setImmediate();
      await setImmediate();
    }
    return this.served.splice(0);
  }

  /** Calls off those who wait still. */
  async end(): Promise<void> {
    const left = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reader } of left) await this.readers.redis.call('CLIENT', 'UNBLOCK', `${reader.id}`);
    await Promise.all(left.map(({ reply }) => reply));
  }
}
