/** Operations on exchanges and their bindings. */
import type { ServerSide } from '../sides.ts';
import type { Operation, OperationsOf, StepOf } from './operation.ts';
import { wordsIf } from './operation.ts';

type Binding = StepOf<'bind' | 'unbind'>;

const bindingOperation: Operation<Binding> = {
  words: ({ op, to, arguments: { 'x-match': mode } }) => [
    `${op} ${to.kind}`,
    ...(typeof mode === 'string' ? [`x-match=${mode}`] : []),
  ],
  model({ op, actor, to, exchange, key, arguments: given }, { client }) {
    const { channel } = client(actor);
    if (op === 'bind') channel.bind(to, exchange, key, given);
    else channel.unbind(to, exchange, key, given);
  },
  async server({ op, actor, to, exchange, key, arguments: given }, { client, names }: ServerSide) {
    const { channel } = client(actor);
    const words = [names.long(to.name), names.long(exchange), names.longKey(key), given] as const;
    if (to.kind === 'queue') await (op === 'bind' ? channel.bindQueue(...words) : channel.unbindQueue(...words));
    else await (op === 'bind' ? channel.bindExchange(...words) : channel.unbindExchange(...words));
  },
};

export const exchangeOperations: OperationsOf<'declare-exchange' | 'delete-exchange' | 'bind' | 'unbind'> = {
  'declare-exchange': {
    words: ({ op, type, durable, autoDelete, alternate }) => [
      ...wordsIf(op, {
        'transient exchange': !durable,
        'auto-delete exchange': autoDelete,
        'alternate-exchange': alternate !== undefined,
      }),
      type,
    ],
    model: (step, { client }) => client(step.actor).channel.declareExchange({ ...step, name: step.exchange }),
    async server({ actor, exchange, type, durable, autoDelete, alternate }, side) {
      const { names } = side;
      const named = alternate === undefined ? {} : { alternateExchange: names.long(alternate) };
      await side.client(actor).channel.assertExchange(names.long(exchange), type, { durable, autoDelete, ...named });
      side.exchanges.add(exchange);
    },
  },
  'delete-exchange': {
    words: ({ op }) => [op],
    model: (step, { client }) => client(step.actor).channel.deleteExchange(step.exchange, step),
    async server({ actor, exchange, ifUnused }, { client, names }) {
      await client(actor).channel.deleteExchange(names.long(exchange), { ifUnused });
    },
  },
  bind: bindingOperation,
  unbind: bindingOperation,
};
