/** Operations on messages: to publish one, to ask for one, and to settle those that came. */
import type { Message } from 'amqplib';
import { makeMessage, ms, RequestContext } from '../../../../../sim-core/index.ts';
import type { ModelSide, ServerSide } from '../sides.ts';
import { bodyOf, told } from '../steps.ts';
import type { OperationsOf, StepOf } from './operation.ts';
import { wordsIf } from './operation.ts';

/** What a step says that had nothing to settle: it was not done. */
export const NOTHING = 'nothing unsettled';

export const messageOperations: OperationsOf<'publish' | 'get' | 'ack' | 'nack' | 'reject' | 'ack-unknown'> = {
  publish: {
    words: ({ op, mandatory, persistent, expiration, priority, cc, bcc }) =>
      wordsIf(op, {
        mandatory,
        persistent,
        expiration: expiration !== undefined,
        priority: priority !== undefined,
        CC: cc.length > 0,
        BCC: bcc.length > 0,
      }),
    model: publishToModel,
    server: publishToServer,
  },
  get: {
    words: ({ op, noAck }) => wordsIf(op, { 'get no-ack': noAck }),
    model({ actor, queue, noAck }, { client, broker }, index) {
      const { channel, unsettled } = client(actor);
      const delivery = channel.get(queue, noAck);
      if (delivery === undefined) return null;
      if (!noAck) unsettled.add(delivery.tag, index);
      return { ...told(delivery, actor), left: broker.peek(queue)!.queue.ready };
    },
    async server({ actor, queue, noAck }, { client, names }, index) {
      const { channel, unsettled } = client(actor);
      const got = await channel.get(names.long(queue), { noAck });
      if (got === false) return null;
      if (!noAck) unsettled.add(got.fields.deliveryTag, index);
      return { actor, ...names.told(got), left: got.fields.messageCount };
    },
  },
  ack: {
    words: ({ op, multiple }) => wordsIf(op, { 'ack multiple': multiple }),
    model: ({ actor, pick, multiple }, side) =>
      settle(side.client(actor), pick, multiple, (channel, tag) => channel.acknowledge(tag, multiple)),
    server: ({ actor, pick, multiple }, side) =>
      settle(side.client(actor), pick, multiple, (channel, tag) => channel.ack(messageOf(tag), multiple)),
  },
  nack: {
    words: ({ op, multiple, requeue }) => wordsIf(op, { 'nack multiple': multiple, 'nack requeue': requeue }),
    model: ({ actor, pick, multiple, requeue }, side) =>
      settle(side.client(actor), pick, multiple, (channel, tag) => channel.reject(tag, multiple, requeue)),
    server: ({ actor, pick, multiple, requeue }, side) =>
      settle(side.client(actor), pick, multiple, (channel, tag) => channel.nack(messageOf(tag), multiple, requeue)),
  },
  reject: {
    words: ({ op, requeue }) => wordsIf(op, { 'reject requeue': requeue }),
    model: ({ actor, pick, requeue }, side) =>
      settle(side.client(actor), pick, false, (channel, tag) => channel.reject(tag, false, requeue)),
    server: ({ actor, pick, requeue }, side) =>
      settle(side.client(actor), pick, false, (channel, tag) => channel.reject(messageOf(tag), requeue)),
  },
  'ack-unknown': {
    words: ({ op }) => [op],
    model: ({ actor }, { client }) => client(actor).channel.acknowledge(UNKNOWN, false),
    server: ({ actor }, { client }) => client(actor).channel.ack(messageOf(UNKNOWN)),
  },
};

const UNKNOWN = 9_999;

/** All that amqplib needs of a message to settle it. */
const messageOf = (deliveryTag: number): Message => ({ fields: { deliveryTag } }) as unknown as Message;

interface Settling<Channel> {
  readonly channel: Channel;
  readonly unsettled: { take(pick: number, isMultiple: boolean): number | undefined };
}

function settle<Channel>(
  { channel, unsettled }: Settling<Channel>,
  pick: number,
  isMultiple: boolean,
  say: (channel: Channel, tag: number) => void,
): unknown {
  const tag = unsettled.take(pick, isMultiple);
  if (tag === undefined) return NOTHING;
  say(channel, tag);
  return undefined;
}

function publishToModel(step: StepOf<'publish'>, { client, broker }: ModelSide, index: number): unknown {
  const { actor, exchange, key, bytes, mandatory, expiration, cc, bcc } = step;
  const content = bodyOf(index, bytes);
  const { refused, returned } = client(actor).channel.publish(
    makeMessage({
      request: new RequestContext(index, broker.sim.now),
      content,
      sent: broker.sim.now,
      bytes: content.length,
      exchange,
      routingKey: key,
      headers: { ...step.headers, ...(cc.length > 0 ? { CC: cc } : {}), ...(bcc.length > 0 ? { BCC: bcc } : {}) },
      priority: step.priority ?? 0,
      ttl: expiration === undefined ? undefined : ms(expiration),
      persistent: step.persistent,
    }),
    mandatory,
  );
  return { confirm: refused ? 'nack' : 'ack', returned };
}

async function publishToServer(
  step: StepOf<'publish'>,
  { client, names }: ServerSide,
  index: number,
): Promise<unknown> {
  const { actor, exchange, key, bytes, mandatory, persistent, expiration, priority, headers, cc, bcc } = step;
  const publisher = client(actor);
  publisher.returned = false;
  const options = {
    mandatory,
    persistent,
    headers,
    ...(expiration === undefined ? {} : { expiration: names.slowed(expiration) }),
    ...(priority === undefined ? {} : { priority }),
    ...(cc.length > 0 ? { CC: cc.map((each) => names.longKey(each)) } : {}),
    ...(bcc.length > 0 ? { BCC: bcc.map((each) => names.longKey(each)) } : {}),
  };
  const body = Buffer.from(bodyOf(index, bytes));
  const name = exchange === '' ? '' : names.long(exchange);
  const isRefused = await new Promise((resolve) => {
    publisher.channel.publish(name, names.longKey(key), body, options, (error: unknown) => resolve(Boolean(error)));
  });
  // What is sent back comes before the confirm.
  return { confirm: isRefused ? 'nack' : 'ack', returned: publisher.returned };
}
