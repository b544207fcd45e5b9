/** Beside a real Redis that is killed: what its process has again by each way of keeping a stream on disk, as the model has it. */
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { executable } from '../../../../../scenarios/cli/twin/executable.ts';
import { freePort, ServerProcess } from '../../../../../scenarios/cli/twin/server-process.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { makeMessage } from '../../../../../sim-core/messaging/channels/message.ts';
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

function optionsOf(persistence: Persistence): string[] {
  if (persistence === 'none') return ['--appendonly', 'no', '--save', ''];
  if (persistence === 'snapshots') return ['--appendonly', 'no', '--save', '3600 1 300 100 60 10000'];
  return ['--appendonly', 'yes', '--appendfsync', persistence, '--save', ''];
}

/** Entries and groups that the real one has after it was killed. */
async function keptByServer(persistence: Persistence): Promise<number> {
  const server = new ServerProcess('redis');
  const port = await freePort();
  const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', server.folder, ...optionsOf(persistence)];
  const isReady = (output: string): boolean => output.includes('Ready to accept connections');
  const up = () => server.start({ program: program!, words, isReady, patienceMs: 10_000 });
  const connect = () => new Redis({ host: '127.0.0.1', port, retryStrategy: () => null });
  try {
    const first = await up();
    const before = connect();
    before.on('error', () => {});
    for (let i = 0; i < ENTRIES; i++) await before.xadd('s', '*', 'n', i);
    await server.kill(first);
    await up();
    const after = connect();
    const length = await after.xlen('s');
    after.disconnect();
    return length;
  } finally {
    await server.stop();
  }
}

function keptByModel(persistence: Persistence): number {
  const sim = new Simulation();
  const server = new RedisStreamServer(sim, { name: 'redis', commandTime: ms(0.02), persistence });
  const link = new Link<StreamCommand, StreamReply>(sim, server, { from: 'producer', delay: constant(ms(0.1)) });
  for (let id = 0; id < ENTRIES; id++) {
    const message = makeMessage({ request: new RequestContext(id, 0), content: id, sent: 0 });
    link.send({ command: 'add', message }, message.request);
  }
  sim.runUntil(s(1));
  server.interventions['kill'].apply([1]);
  return server.stream.length;
}

describe.skipIf(isLeftOut)(`beside ${program ?? 'a redis-server, which is not on this machine'}`, () => {
  it.each(PERSISTENCES)('a killed process has with %s as many entries', async (persistence) => {
    expect(await keptByServer(persistence)).toBe(keptByModel(persistence));
  });
});
