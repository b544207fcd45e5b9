/** The RabbitMQ twin: what its scripts cover, and, where there is a server, that it agrees with the model and finds faults. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { compare, countWords, OCCURRENCES_MIN, scriptsOf } from '../../../../scenarios/cli/twin/comparison.ts';
import { findRabbitMq, RabbitMqServer } from '../../../../scenarios/cli/twin/rabbitmq/server.ts';
import { rabbitMqTwin } from '../../../../scenarios/cli/twin/rabbitmq/twin.ts';
import { classic } from '../../../../sim-core/messaging/channels/queue-kinds/classic.ts';

const program = findRabbitMq();
const isLeftOut = program === undefined && process.env.CI === undefined;
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('brownout-rabbitmq-'));

it('uses every operation and argument in at least 20 of 500 scripts', () => {
  const counts = countWords(rabbitMqTwin, scriptsOf(rabbitMqTwin, 500, 1));
  expect([...counts].filter(([, count]) => count < OCCURRENCES_MIN)).toEqual([]);
});

it('plays the same answers whenever it is asked', () => {
  for (const script of scriptsOf(rabbitMqTwin, 50, 2)) {
    expect(rabbitMqTwin.model(script)).toEqual(rabbitMqTwin.model(script));
  }
});

describe.skipIf(isLeftOut)('beside a server (skipped where there is no rabbitmq-server)', () => {
  let server: RabbitMqServer;
  const before = folders();
  let isStopped = false;
  const options = { seed: 4, interrupted: new AbortController().signal, progress: () => {} };

  beforeAll(async () => {
    server = await RabbitMqServer.start(program!);
  }, 150_000);
  afterEach(() => void vi.restoreAllMocks());
  afterAll(async () => {
    if (!isStopped) await server.stop();
  });

  it('answers as the model does', async () => {
    const { different, differences } = await compare(rabbitMqTwin, server, { ...options, scripts: 80 });
    expect(differences).toEqual([]);
    expect(different).toBe(0);
  }, 120_000);

  it('does not, when the model puts what was given back at the end of the queue', async () => {
    vi.spyOn(classic, 'placeOfReturned').mockImplementation((_, __, places) => places.atEnd());
    const { different, differences } = await compare(rabbitMqTwin, server, { ...options, scripts: 80 });
    expect(different).toBeGreaterThan(0);
    const [{ script, steps }] = differences;
    expect(script.length).toBeLessThanOrEqual(steps);
    expect(script.some(({ op }) => ['nack', 'reject', 'recover', 'close-channel', 'drain'].includes(op))).toBe(true);
  }, 180_000);

  it('leaves no folder and no process behind', async () => {
    const [folder] = folders().filter((name) => !before.includes(name));
    const processes = (): string[] =>
      readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && environmentOf(pid).includes(folder));
    // Its processes have the folder's path in their environment.
    expect(processes().length).toBeGreaterThan(1);
    await server.stop();
    isStopped = true;
    expect(existsSync(`${tmpdir()}/${folder}`)).toBe(false);
    // Killed at once; the kernel takes its time to clear up after them.
    await vi.waitFor(() => expect(processes()).toEqual([]), { timeout: 10_000 });
  });
});

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
