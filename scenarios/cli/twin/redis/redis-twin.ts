/**
 * The twin of Redis Streams: scripts of the stream commands on a real Redis and on the model. ioredis is the client since
 * it hands a reply over as it was sent, and is what BullMQ speaks with.
 *
 * Of a restart only the server's memory is checked: killed, it must have all that it had answered, which the model has by definition.
 * Its file is never synced: that would matter to a machine that loses its power, which no script can have. What a restart
 * does to connections and blocked reads, as `RedisStreamServer` models it, is not compared.
 *
 * A read that waits does so on a connection of its own. What one got that had waited is told with the step that brought it.
 */
import type { ChildProcess } from 'node:child_process';
import { Redis } from 'ioredis';
import { executable } from '../executable.ts';
import { freePort, ServerProcess } from '../server-process.ts';
import { SharedRestart } from '../shared-restart.ts';
import type { Answer, RealServer, Twin } from '../twin.ts';
import { BlockedReaders, Readers } from './blocked-readers.ts';
import { Masks } from './masks.ts';
import { RESTART, StreamServer } from './stream-commands.ts';
import { STREAM, streamScripts, type Words } from './stream-scripts.ts';
import { usesOf, vocabulary } from './stream-vocabulary.ts';

/** When the model's scripts begin: ids of the clock have thirteen digits, as those of the server. */
const EPOCH_MS = 1_700_000_000_000;
/** How soon the client tries to connect again. */
const RECONNECT_MS = 50;

const kills = (script: readonly Words[]): boolean => script.some(([name]) => name === RESTART);

export const redisTwin: Twin<Words> = {
  name: 'redis',
  help: 'Redis Streams: log, groups, pending entries, claims, trimming',
  package: 'redis-server',
  findProgram: () => executable('redis-server'),
  scripts: streamScripts,
  vocabulary,
  words: usesOf,
  line: (words) => words.join(' '),
  atOnce: 8,
  killing: { kills, atOnce: 8 },
  model: (script) => modelOf(script, new StreamServer()),
  start,
};

/** What the model answers. The clock moves by a millisecond a step. */
export function modelOf(script: readonly Words[], server: Pick<StreamServer, 'run' | 'takeServed'>): readonly Answer[] {
  const masks = new Masks();
  const added: string[] = [];
  return script.map((words, step) => {
    const now = EPOCH_MS + step;
    const answer = server.run(filledIn(words, STREAM, added, now), now);
    if (words[0] === 'XADD' && typeof answer === 'string') added.push(answer);
    return masks.withServed(words, answer, server.takeServed());
  });
}

/** One server for the scripts that kill it, which nobody else has to wait for, and one for all others. */
async function start(program: string): Promise<RealServer<Words>> {
  const calm = await startServer(program, ['--appendonly', 'no']);
  const killed = await startServer(program, ['--appendonly', 'yes', '--appendfsync', 'no']).catch(
    async (error: unknown) => {
      await calm.stop();
      throw error;
    },
  );
  const info = await calm.redis.info('server');
  let plays = 0;
  return {
    version: `Redis ${/redis_version:(\S+)/.exec(info)?.[1]}`,
    play: async (script) => {
      const { redis, readers, restarts } = kills(script) ? killed : calm;
      await restarts.begin();
      try {
        return await play(redis, readers, script, `stream-${++plays}`, () => restarts.restart());
      } finally {
        restarts.end();
      }
    },
    stop: async () => {
      await Promise.all([calm.stop(), killed.stop()]);
    },
  };
}

interface Server {
  readonly redis: Redis;
  readonly readers: Readers;
  readonly restarts: SharedRestart;
  stop(): Promise<void>;
}

async function startServer(program: string, options: readonly string[]): Promise<Server> {
  const process = new ServerProcess('redis');
  try {
    const port = await freePort();
    const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', process.folder, '--save', '', ...options];
    const isReady = (output: string): boolean => output.includes('Ready to accept connections');
    const up = (): Promise<ChildProcess> => process.start({ program, words, isReady, patienceMs: 10_000 });
    let running = await up();
    const redis = new Redis({ host: '127.0.0.1', port, protocol: 2, retryStrategy: () => RECONNECT_MS });
    // It connects again by itself when its server is up again.
    redis.on('error', () => {});
    const restarts = new SharedRestart(async () => {
      await process.kill(running);
      running = await up();
      await redis.ping();
    });
    const readers = new Readers(redis);
    const stop = async (): Promise<void> => {
      readers.stop();
      redis.disconnect();
      await process.stop();
    };
    return { redis, readers, restarts, stop };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

async function play(
  redis: Redis,
  readers: Readers,
  script: readonly Words[],
  key: string,
  restart: () => Promise<void>,
): Promise<readonly Answer[]> {
  const masks = new Masks();
  const added: string[] = [];
  const answers: Answer[] = [];
  const blocked = new BlockedReaders(readers);
  for (const words of script) {
    if (words[0] === RESTART) {
      await restart();
      answers.push(masks.of(words, 'restarted'));
      continue;
    }
    const [name, ...rest] = filledIn(words, key, added, Date.now());
    const answer = await (rest.includes('BLOCK') ? blocked.read(name, rest) : redis.call(name, ...rest)).catch(
      ({ message }: Error) => ({ error: message.replaceAll(key, STREAM) }),
    );
    if (name === 'XADD' && typeof answer === 'string') added.push(answer);
    const served = (await blocked.takeServed()).map(([number, reply]) => [number, withName(reply, key)] as const);
    answers.push(masks.withServed(words, withName(answer, key), served));
  }
  await blocked.end();
  await redis.del(key);
  return answers;
}

/** A reading names the stream it is of. */
const withName = (answer: unknown, key: string): unknown =>
  Array.isArray(answer) && Array.isArray(answer[0]) && answer[0][0] === key
    ? [[STREAM, ...answer[0].slice(1)]]
    : answer;

/** The words as they are sent: the stream's key, ids of entries that were added, instants. */
function filledIn(words: Words, key: string, added: readonly string[], nowMs: number): Words {
  return words.map((word) => {
    if (word === STREAM) return key;
    if (word.startsWith('@')) return `${nowMs - Number(word.slice(1))}`;
    return word.replace(/\{(\d+)\}/, (_, n) => added[Number(n) % added.length] ?? '0-1');
  });
}
