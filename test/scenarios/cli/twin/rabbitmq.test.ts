/** The RabbitMQ twin: what its scripts cover, and, where there is a server, that it agrees with the model and finds faults. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  agrees,
  compare,
  countWords,
  firstDifference,
  OCCURRENCES_MIN,
  scriptsOf,
} from '../../../../scenarios/cli/twin/comparison.ts';
import { findRabbitMq, killsNode, RabbitMqServer } from '../../../../scenarios/cli/twin/rabbitmq/server.ts';
import type { RabbitStep } from '../../../../scenarios/cli/twin/rabbitmq/steps.ts';
import { rabbitMqTwin } from '../../../../scenarios/cli/twin/rabbitmq/twin.ts';
import { Admission, exceeds } from '../../../../sim-core/messaging/channels/admission.ts';
import { Consumers } from '../../../../sim-core/messaging/channels/consumers.ts';
import type { Router } from '../../../../sim-core/messaging/channels/exchanges/exchange-type.ts';
import { exchangeTypes } from '../../../../sim-core/messaging/channels/exchanges/exchange-types.ts';
import { QueueBooks } from '../../../../sim-core/messaging/channels/queue-books.ts';
import { classic } from '../../../../sim-core/messaging/channels/queue-kinds/classic.ts';
import { quorum } from '../../../../sim-core/messaging/channels/queue-kinds/quorum.ts';
import { Queue } from '../../../../sim-core/messaging/channels/queue.ts';
import { Broker } from '../../../../sim-core/systems/rabbitmq/broker.ts';
import { Channel } from '../../../../sim-core/systems/rabbitmq/channel.ts';
import { RecordedPlays } from './recorded-plays.ts';

const program = findRabbitMq();
const isLeftOut = program === undefined && process.env.CI === undefined;

const PLAYED = 200;

/** The model with consistent-hash exchanges that do some things otherwise. */
const spreadBy = (change: (router: Router) => Partial<Router>): void => {
  const { create } = exchangeTypes['x-consistent-hash'];
  vi.spyOn(exchangeTypes['x-consistent-hash'], 'create').mockImplementation(() => {
    const router = create();
    const sound: Router = {
      bind: (binding) => router.bind(binding),
      unbind: (binding) => router.unbind(binding),
      route: (message, key, found) => router.route(message, key, found),
    };
    return { ...sound, ...change(router) };
  });
};

/** Faults of different kinds, each of which the server's answers have to show. */
const FAULTS: Record<string, () => void> = {
  'routes by a topic as by the whole key': () => {
    vi.spyOn(exchangeTypes.topic, 'create').mockImplementation(() => exchangeTypes.direct.create());
  },
  'spreads keys evenly, whatever the weights of those who get them': () => {
    spreadBy((router) => ({
      bind: (binding) => router.bind({ ...binding, key: '1' }),
    }));
  },
  'spreads messages and not keys': () => {
    let messages = 0;
    spreadBy((router) => ({ route: (message, _, found) => router.route(message, `${messages++}`, found) }));
  },
  'takes a destination that is bound no more for the last of those who were bound': () => {
    spreadBy((router) => {
      const bound: Parameters<Router['bind']>[0][] = [];
      return {
        bind: (binding) => {
          router.bind(binding);
          bound.push(binding);
        },
        unbind: (binding) => router.unbind(bound.at(-1) ?? binding),
      };
    });
  },
  'does not mark what came back': () => {
    const { comeBack } = QueueBooks.prototype;
    vi.spyOn(QueueBooks.prototype, 'comeBack').mockImplementation(function (this: QueueBooks, copy, cause) {
      comeBack.call(this, copy, cause);
      copy.redelivered = false;
    });
  },
  'sends no dead letters': () => {
    vi.spyOn(Broker.prototype, 'officeOf').mockImplementation(() => () => 'sent');
  },
  'takes one acknowledgement for one message': () => {
    const { acknowledge } = Channel.prototype;
    vi.spyOn(Channel.prototype, 'acknowledge').mockImplementation(function (this: Channel, tag) {
      acknowledge.call(this, tag, false);
    });
  },
  'confirms what a full queue refused': () => {
    const { publish } = Queue.prototype;
    vi.spyOn(Queue.prototype, 'publish').mockImplementation(function (this: Queue, message, by) {
      publish.call(this, message, by);
      return true;
    });
  },
  'has the newest consumer take its turn first': () => {
    const { add, remove } = Consumers.prototype;
    vi.spyOn(Consumers.prototype, 'add').mockImplementation(function (this: Consumers, consumer) {
      const others = [...(this as unknown as { round: Parameters<typeof add>[0][] }).round];
      for (const each of others) remove.call(this, each);
      for (const each of [consumer, ...others]) add.call(this, Object.assign(each, { isGone: false }));
    });
  },
  'keeps what was not persistent when the node is killed': () => {
    vi.spyOn(classic, 'survivesCrash').mockReturnValue(true);
  },
  'forgets what a quorum queue held when the node is killed': () => {
    const { recover } = Queue.prototype;
    vi.spyOn(Queue.prototype, 'recover').mockImplementation(function (this: Queue) {
      if (this.countsReturns) this.purge();
      recover.call(this);
    });
  },
  'refuses for a full quorum queue what would be too much, as for any other': () => {
    vi.spyOn(Admission.prototype, 'admits').mockImplementation(
      (policy, held, bytes) => policy.overflow === 'drop-head' || !exceeds(policy, held, 1, bytes),
    );
  },
  'lets nobody go on whom a quorum queue has told to stop': () => {
    const { look } = Admission.prototype;
    vi.spyOn(Admission.prototype, 'look').mockImplementation(function (this: Admission, policy, held) {
      if (exceeds(policy, held, 0, 0)) look.call(this, policy, held);
    });
  },
  'keeps quorum queues that nobody uses': () => {
    const { isUnused } = Queue.prototype;
    vi.spyOn(Queue.prototype, 'isUnused').mockImplementation(function (this: Queue) {
      if (!this.countsReturns) isUnused.call(this);
    });
  },
  'counts no returns to a quorum queue': () => {
    vi.spyOn(quorum, 'placeOfReturned').mockImplementation((copy) => {
      copy.returns = 0;
      return copy.place;
    });
  },
};

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
  let recorded: RecordedPlays<RabbitStep>;
  let isStopped = false;
  const options = { seed: 1, interrupted: new AbortController().signal, progress: () => {} };

  beforeAll(async () => {
    server = await RabbitMqServer.start(program!);
    recorded = new RecordedPlays(server);
  }, 150_000);
  afterEach(() => void vi.restoreAllMocks());
  afterAll(async () => {
    if (!isStopped) await server.stop();
  });

  it('answers as the model does', async () => {
    const outcome = await compare(rabbitMqTwin, recorded, { ...options, scripts: PLAYED });
    expect(outcome.differences).toEqual([]);
    expect(agrees(outcome), JSON.stringify(outcome.unstable)).toBe(true);
  }, 240_000);

  it.each(Object.entries(FAULTS))('does not answer as a model that %s', (_, plant) => {
    expect(recorded.found(rabbitMqTwin, plant)).toBeGreaterThan(0);
  });

  it('does not, when the model puts what was given back at the end of the queue, which a script shows that is shrunk', async () => {
    const seeds = Array.from({ length: 100 }, (_, seed) => seed);
    const firsts = seeds.map((seed) => scriptsOf(rabbitMqTwin, 1, seed)[0]);
    const sound = firsts.map((script) => rabbitMqTwin.model(script));
    vi.spyOn(classic, 'placeOfReturned').mockImplementation((_, __, places) => places.atEnd());
    const shows = (script: readonly RabbitStep[], seed: number): boolean =>
      !killsNode(script) &&
      !script.some(({ op }) => op === 'wait') &&
      firstDifference(rabbitMqTwin.model(script), sound[seed]) !== undefined;
    const seed = firsts.findIndex(shows);
    const { different, differences } = await compare(rabbitMqTwin, server, { ...options, seed, scripts: 1 });
    expect(different).toBe(1);
    const [{ script, steps }] = differences;
    expect(script.length).toBeLessThan(steps);
    expect(script.some(({ op }) => ['nack', 'reject', 'recover', 'close-channel', 'drain'].includes(op))).toBe(true);
  }, 180_000);

  it('leaves no folder and no process behind', async () => {
    const { folders } = server;
    // A node's processes have its folder's path in their environment.
    const processes = (folder: string): string[] =>
      readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && environmentOf(pid).includes(folder));
    for (const folder of folders) expect(processes(folder).length).toBeGreaterThan(1);
    await server.stop();
    isStopped = true;
    for (const folder of folders) {
      expect(existsSync(folder)).toBe(false);
      // Killed at once; the kernel takes its time to clear up after them.
      await vi.waitFor(() => expect(processes(folder)).toEqual([]), { timeout: 10_000 });
    }
  });
});

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
