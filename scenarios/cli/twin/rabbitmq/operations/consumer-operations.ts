/** Operations of consumers and of the channels that they are on. */
import type { ConsumeMessage } from 'amqplib';
import type { Delivery } from '../../../../../sim-core/index.ts';
import { told } from '../steps.ts';
import { NOTHING } from './message-operations.ts';
import type { OperationsOf } from './operation.ts';
import { wordsIf } from './operation.ts';

export const consumerOperations: OperationsOf<'consume' | 'cancel' | 'prefetch' | 'recover' | 'close-channel'> = {
  consume: {
    words: ({ op, noAck, exclusive, priority }) =>
      wordsIf(op, { 'consume no-ack': noAck, 'exclusive consumer': exclusive, 'x-priority': priority !== 0 }),
    model({ actor, queue, noAck, exclusive, priority }, side, index) {
      const { channel, consumers, unsettled } = side.client(actor);
      const deliver = (delivery: Delivery): void => {
        side.hear(told(delivery, actor));
        if (!noAck) unsettled.add(delivery.tag, side.step, delivery.consumer);
      };
      channel.consume(queue, { tag: tagOf(index), noAck, exclusive, priority, deliver });
      consumers.push(tagOf(index));
    },
    async server({ actor, queue, noAck, exclusive, priority }, side, index) {
      const { channel, consumers, unsettled } = side.client(actor);
      const consumerTag = tagOf(index);
      const onMessage = (message: ConsumeMessage | null): void => {
        if (message === null) return;
        if (!noAck) unsettled.add(message.fields.deliveryTag, side.step, consumerTag);
        side.hear({ actor, consumer: consumerTag, ...side.names.told(message) });
      };
      await channel.consume(side.names.long(queue), onMessage, { consumerTag, noAck, exclusive, priority });
      consumers.push(consumerTag);
    },
  },
  cancel: {
    words: ({ op }) => [op],
    model({ actor, pick }, { client }) {
      const { channel, consumers } = client(actor);
      const tag = takeOne(consumers, pick);
      if (tag !== undefined) channel.cancel(tag);
      return tag ?? NOTHING;
    },
    async server({ actor, pick }, { client }) {
      const { channel, consumers } = client(actor);
      const tag = takeOne(consumers, pick);
      if (tag !== undefined) await channel.cancel(tag);
      return tag ?? NOTHING;
    },
  },
  prefetch: {
    words: ({ op, global }) => wordsIf(op, { 'prefetch global': global }),
    model: ({ actor, count, global }, { client }) => client(actor).channel.prefetch(count, global),
    async server({ actor, count, global }, { client }) {
      await client(actor).channel.prefetch(count, global);
    },
  },
  recover: {
    words: ({ op }) => [op],
    model({ actor }, { client }) {
      const { channel, unsettled } = client(actor);
      unsettled.clear();
      channel.recover();
    },
    async server({ actor }, { client }) {
      const { channel, unsettled } = client(actor);
      unsettled.clear();
      await channel.recover();
    },
  },
  'close-channel': {
    words: ({ op }) => [op],
    model({ actor }, side) {
      side.client(actor).channel.close();
      side.reopen(actor);
    },
    async server({ actor }, side) {
      await side.client(actor).channel.close();
      await side.reopen(actor);
    },
  },
};

const tagOf = (index: number): string => `c${index}`;

function takeOne(tags: string[], pick: number): string | undefined {
  return tags.splice(pick % Math.max(1, tags.length), 1)[0];
}
