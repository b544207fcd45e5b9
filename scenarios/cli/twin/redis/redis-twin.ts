/**
 * The twin of Redis Streams: scripts of the stream commands on a real Redis and on the model. ioredis is the client since
 * it hands a reply over as it was sent, and is what BullMQ speaks with.
 */
import { Redis } from 'ioredis';
import { executable } from '../executable.ts';
import { freePort, ServerProcess } from '../server-process.ts';
import type { Answer, RealServer, Twin } from '../twin.ts';
import { Masks } from './masks.ts';
import { StreamServer } from './stream-commands.ts';
import { STREAM, streamScripts, type Words } from './stream-scripts.ts';
import { usesOf, vocabulary } from './stream-vocabulary.ts';

/** When the model's scripts begin: ids of the clock have thirteen digits, as those of the server. */
const EPOCH_MS = 1_700_000_000_000;

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
  model: (script) => modelOf(script, new StreamServer()),
  start,
};

/** What the model answers. The clock moves by a millisecond a step. */
export function modelOf(script: readonly Words[], server: Pick<StreamServer, 'run'>): readonly Answer[] {
  const masks = new Masks();
  const added: string[] = [];
  return script.map((words, step) => {
    const now = EPOCH_MS + step;
    const answer = server.run(filledIn(words, STREAM, added, now), now);
    if (words[0] === 'XADD' && typeof answer === 'string') added.push(answer);
    return masks.of(words, answer);
  });
}

async function start(program: string): Promise<RealServer<Words>> {
  const process = new ServerProcess('redis');
  try {
    const port = await freePort();
    const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const isReady = (output: string): boolean => output.includes('Ready to accept connections');
    await process.start({ program, words, isReady, patienceMs: 10_000 });
    const redis = new Redis({ host: '127.0.0.1', port, protocol: 2 });
    const info = await redis.info('server');
    let plays = 0;
    return {
      version: `Redis ${/redis_version:(\S+)/.exec(info)?.[1]}`,
      play: (script) => play(redis, script, `stream-${++plays}`),
      stop: async () => {
        redis.disconnect();
        await process.stop();
      },
    };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

async function play(redis: Redis, script: readonly Words[], key: string): Promise<readonly Answer[]> {
  const masks = new Masks();
  const added: string[] = [];
  const answers: Answer[] = [];
  for (const words of script) {
    const [name, ...rest] = filledIn(words, key, added, Date.now());
    const answer = await redis
      .call(name, ...rest)
      .catch(({ message }: Error) => ({ error: message.replaceAll(key, STREAM) }));
    if (name === 'XADD' && typeof answer === 'string') added.push(answer);
    answers.push(masks.of(words, withName(answer, key)));
  }
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
