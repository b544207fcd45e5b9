/**
 * Beside a real Redis that is killed: entries, and of a group where it stands and what is pending in it for whom, that are there again
 * by each way of keeping a stream on disk, as the model has it. A snapshot is taken in the midst, and not all comes behind it.
 */
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { executable } from '../../../../../scenarios/cli/twin/executable.ts';
import { freePort, ServerProcess } from '../../../../../scenarios/cli/twin/server-process.ts';
import { ms, s, SECOND } from '../../../../../sim-core/kernel/time.ts';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { makeMessage } from '../../../../../sim-core/messaging/channels/message.ts';
import { compareIds, type EntryId } from '../../../../../sim-core/messaging/channels/stream/entry-id.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { PERSISTENCES, type Persistence } from '../../../../../sim-core/systems/redis/persistence.ts';
import {
  RedisStreamServer,
  type StreamCommand,
  type StreamReply,
} from '../../../../../sim-core/systems/redis/stream-server.ts';

const program = executable('redis-server');
const isLeftOut = program === undefined && process.env.CI === undefined;
const ENTRIES = 150;
const LATER = 20;
/** The snapshot is due with the last change of the first part, and no other comes up to that again. */
const SAVE = { after: s(1), changes: 166 };

function optionsOf(persistence: Persistence): string[] {
  if (persistence === 'none') return ['--appendonly', 'no', '--save', ''];
  if (persistence === 'snapshots') return ['--appendonly', 'no', '--save', `${SAVE.after / SECOND} ${SAVE.changes}`];
  return ['--appendonly', 'yes', '--appendfsync', persistence, '--save', ''];
}

/** Entries by their numbers from 0 on; a group that is not there stands before the first, as one that is made anew. */
interface Kept {
  readonly entries: number;
  readonly lastDelivered: number;
  /** Number, consumer, deliveries. */
  readonly pending: readonly (readonly [number, string, number])[];
}

/** What is the same of both: who reads how many, who acknowledges which, who claims how many. */
interface Client {
  add(number: number): unknown;
  read(consumer: string, count: number): unknown;
  acknowledge(number: number): unknown;
  claim(consumer: string, count: number): unknown;
}

async function before({ add, read, acknowledge, claim }: Client): Promise<void> {
  for (let number = 0; number < ENTRIES; number++) await add(number);
  await read('a', 30);
  for (let number = 0; number < 20; number += 2) await acknowledge(number);
  await claim('b', 5);
}

async function after({ add, read, acknowledge, claim }: Client): Promise<void> {
  for (let number = ENTRIES; number < ENTRIES + LATER; number++) await add(number);
  await read('c', 7);
  for (let number = 1; number < 8; number += 2) await acknowledge(number);
  await claim('c', 2);
}

async function keptByServer(persistence: Persistence): Promise<Kept> {
  const server = new ServerProcess('redis');
  const port = await freePort();
  const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', server.folder, ...optionsOf(persistence)];
  const isReady = (output: string): boolean => output.includes('Ready to accept connections');
  const up = () => server.start({ program: program!, words, isReady, patienceMs: 10_000 });
  const connect = () => new Redis({ host: '127.0.0.1', port, retryStrategy: () => null });
  const ids: string[] = [];
  try {
    const first = await up();
    const redis = connect();
    redis.on('error', () => {});
    await redis.xgroup('CREATE', 's', 'g', '0', 'MKSTREAM');
    const client: Client = {
      add: async (number) => ids.push((await redis.xadd('s', '*', 'n', number))!),
      read: (consumer, count) => redis.xreadgroup('GROUP', 'g', consumer, 'COUNT', count, 'STREAMS', 's', '>'),
      acknowledge: (number) => redis.xack('s', 'g', ids[number]),
      claim: (consumer, count) => redis.xautoclaim('s', 'g', consumer, 0, '0', 'COUNT', count),
    };
    await before(client);
    if (persistence === 'snapshots') await untilSaved(redis);
    await after(client);
    await server.kill(first);
    await up();
    const again = connect();
    const entries = await again.xlen('s');
    const groups = entries === 0 ? [] : ((await again.xinfo('GROUPS', 's')) as (string | number)[][]);
    const pending = groups.length === 0 ? [] : ((await again.xpending('s', 'g', '-', '+', 1000)) as PendingReply[]);
    again.disconnect();
    return {
      entries,
      lastDelivered: ids.indexOf(groups.map((words) => words[words.indexOf('last-delivered-id') + 1] as string)[0]),
      pending: pending.map(([id, consumer, , deliveries]) => [ids.indexOf(id), consumer, deliveries]),
    };
  } finally {
    await server.stop();
  }
}

/** As XPENDING has it: id, consumer, idle time, deliveries. */
type PendingReply = [string, string, number, number];

async function untilSaved(redis: Redis): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await redis.info('persistence')).includes('rdb_changes_since_last_save:0\r')) return;
    await setTimeout(50);
  }
  throw new Error('no snapshot was taken within 10 s');
}

async function keptByModel(persistence: Persistence): Promise<Kept> {
  const sim = new Simulation();
  const server = new RedisStreamServer(sim, { name: 'redis', commandTime: ms(0.02), persistence, saves: [SAVE] });
  server.createGroup('g', 'oldest');
  const link = new Link<StreamCommand, StreamReply>(sim, server, { from: 'client', delay: constant(ms(0.1)) });
  const ids: EntryId[] = [];
  const request = new RequestContext(0, 0);
  const send = (query: StreamCommand): void => {
    link.send(query, request);
    sim.runUntil(sim.now + ms(1));
  };
  const client: Client = {
    add(number) {
      send({ command: 'add', message: makeMessage({ request, content: number, sent: 0 }) });
      ids.push(server.stream.lastId);
    },
    read: (consumer, count) => send({ command: 'read', group: 'g', consumer, count, block: 0 }),
    acknowledge: (number) => send({ command: 'acknowledge', group: 'g', id: ids[number] }),
    claim: (consumer, count) => send({ command: 'claim', group: 'g', consumer, count, minIdle: 0 }),
  };
  await before(client);
  sim.runUntil(s(2));
  await after(client);
  server.interventions['kill'].apply([1]);
  const { lastDelivered, pending } = server.stream.groups.get('g')!;
  const numberOf = (id: EntryId): number => ids.findIndex((one) => compareIds(one, id) === 0);
  return {
    entries: server.stream.length,
    lastDelivered: numberOf(lastDelivered),
    pending: [...pending.range()].map(({ id, consumer, deliveries }) => [numberOf(id), consumer, deliveries]),
  };
}

describe.skipIf(isLeftOut)(`beside ${program ?? 'a redis-server, which is not on this machine'}`, () => {
  it.each(PERSISTENCES)('a killed process has with %s the same again', async (persistence) => {
    const kept = await keptByModel(persistence);
    expect(await keptByServer(persistence)).toEqual(kept);
    const entries = {
      none: 0,
      snapshots: ENTRIES,
      always: ENTRIES + LATER,
      everysec: ENTRIES + LATER,
      no: ENTRIES + LATER,
    };
    expect(kept.entries).toBe(entries[persistence]);
  });
});
