/** Operations on queues. */
import type { Headers } from '../../../../../sim-core/index.ts';
import type { OperationsOf } from './operation.ts';
import { wordsIf } from './operation.ts';

export const queueOperations: OperationsOf<'declare-queue' | 'check-queue' | 'purge-queue' | 'delete-queue'> = {
  'declare-queue': {
    words: ({ op, durable, exclusive, autoDelete, arguments: given }) => [
      ...wordsIf(op, { durable, 'exclusive queue': exclusive, 'auto-delete queue': autoDelete }),
      ...argumentsOf(given),
    ],
    model: (step, { client }) => void client(step.actor).channel.declareQueue({ ...step, name: step.queue }),
    async server({ actor, queue, durable, exclusive, autoDelete, arguments: given }, side) {
      const { names } = side;
      await side.client(actor).channel.assertQueue(names.long(queue), {
        durable,
        exclusive,
        autoDelete,
        arguments: names.longArguments(given),
      });
      side.queues.declared(queue, actor, exclusive, given['x-queue-type'] === 'quorum');
    },
  },
  'check-queue': {
    words: ({ op }) => [op],
    model: ({ actor, queue }, { client }) => client(actor).channel.checkQueue(queue).queue.ready,
    server: async ({ actor, queue }, { client, names }) =>
      (await client(actor).channel.checkQueue(names.long(queue))).messageCount,
  },
  'purge-queue': {
    words: ({ op }) => [op],
    model: ({ actor, queue }, { client }) => client(actor).channel.purge(queue),
    server: async ({ actor, queue }, { client, names }) =>
      (await client(actor).channel.purgeQueue(names.long(queue))).messageCount,
  },
  'delete-queue': {
    words: ({ op, ifUnused, ifEmpty }) => wordsIf(op, { 'delete if-unused': ifUnused, 'delete if-empty': ifEmpty }),
    model: (step, { client }) => client(step.actor).channel.deleteQueue(step.queue, step),
    server: async ({ actor, queue, ifUnused, ifEmpty }, { client, names }) =>
      (await client(actor).channel.deleteQueue(names.long(queue), { ifUnused, ifEmpty })).messageCount,
  },
};

/** The names of the arguments, with their values where those are words; again as a quorum queue's, if it is one. */
function argumentsOf(given: Headers): string[] {
  const isNamed = ([name, value]: readonly [string, unknown]): boolean =>
    typeof value === 'string' && name !== 'x-dead-letter-routing-key';
  const said = Object.entries(given).map((each) => (isNamed(each) ? `${each[0]}=${String(each[1])}` : each[0]));
  if (given['x-queue-type'] !== 'quorum') return said;
  const { 'x-queue-type': _type, 'x-overflow': overflow, ...others } = given;
  const names = [...Object.keys(others), ...(typeof overflow === 'string' ? [`x-overflow=${overflow}`] : [])];
  return [...said, ...names.map((name) => `quorum ${name}`)];
}
