/** Operations that are nobody's: time passes, the node is killed, and everything is looked at. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AmqpError, ms, type AmqpChannel } from '../../../../../sim-core/index.ts';
import type { ServerSide } from '../sides.ts';
import { QUEUES, told, WAIT_MS, type Actor, type Told } from '../steps.ts';
import type { OperationsOf } from './operation.ts';

export const nodeOperations: OperationsOf<'wait' | 'restart' | 'drain'> = {
  wait: {
    words: ({ op }) => [op],
    model: (_, { pass }) => pass(ms(WAIT_MS)),
    server: (_, { pause }) => pause(),
  },
  restart: {
    words: ({ op }) => [op],
    model(_, { broker, rejoin }) {
      broker.crash();
      broker.recover();
      rejoin();
    },
    server: (_, { restart }) => restart(),
  },
  /** Closes both channels and gets all that is in each queue. */
  drain: {
    words: ({ op, isOrdered }) => [isOrdered ? op : 'drain in any order'],
    model({ isOrdered }, { broker, client, reopen, pass }) {
      // What one had may come to the other before that one closes.
      for (const actor of [0, 1] as const) {
        client(actor).channel.close();
        reopen(actor);
        pass(1);
      }
      const contents: Record<string, unknown> = {};
      for (const name of QUEUES) {
        const declared = broker.peek(name);
        if (declared === undefined) continue;
        const owner = client(1).connection === declared.owner ? 1 : 0;
        contents[name] = inOrderIf(isOrdered, contentsOfModel(name, client(owner).connection.open()));
        pass(1);
      }
      return contents;
    },
    async server({ isOrdered }, side) {
      for (const actor of [0, 1] as const) {
        await side.client(actor).channel.close();
        await side.reopen(actor);
        await side.settleDown();
      }
      const contents: Record<string, unknown> = {};
      for (const name of QUEUES) {
        const actor = side.queues.ownerOf(name);
        if (actor === undefined) continue;
        const got = await contentsOfServer(name, actor, side).catch(async () => {
          await side.reopen(actor);
          return NO_GETS;
        });
        contents[name] = inOrderIf(isOrdered, got);
        // What came to a head there may have died, and gone to the next queue.
        await side.settleDown();
      }
      return contents;
    },
  },
};

const NO_GETS = 'no gets here';

/** As it came, or by what the messages say. */
const inOrderIf = (isOrdered: boolean, got: readonly Told[] | string): readonly Told[] | string =>
  isOrdered || typeof got === 'string' ? got : [...got].sort((a, b) => (a.body < b.body ? -1 : 1));

function contentsOfModel(name: string, channel: AmqpChannel): readonly Told[] | string {
  const got: Told[] = [];
  try {
    for (let next = channel.get(name, true); next !== undefined; next = channel.get(name, true)) got.push(told(next));
    channel.close();
    return got;
  } catch (error) {
    if (error instanceof AmqpError) return NO_GETS;
    throw error;
  }
}

async function contentsOfServer(name: string, actor: Actor, { client, names }: ServerSide): Promise<Told[]> {
  const got: Told[] = [];
  for (;;) {
    const next = await client(actor).channel.get(names.long(name), { noAck: true });
    if (next === false) return got;
    got.push(names.told(next));
  }
}

/** As long as the longest time to live that ends in a script, and some more. */
export const pauseOf = (slowness: number): Promise<void> => sleep(WAIT_MS * slowness);
