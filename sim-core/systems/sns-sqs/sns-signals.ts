/** What SNS tells of its deliveries; names after those of CloudWatch (`NumberOfNotificationsDelivered`, `…Failed`). */
import { defineFact } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A subscription is done with its copy of a message: how. */
export const subscriptionSettled = defineFact('sns.settled', 'A topic is done with the copy for a subscription', {
  queue: 'text',
  request: 'request',
  fate: 'text',
  age: 'duration',
});

export const snsSignals = [
  defineSignal({
    name: 'sns.notifications.delivered',
    kind: 'counter',
    unit: '{message}',
    help: 'Copies that a topic has delivered to a queue, each once',
    fact: subscriptionSettled,
    where: (fact) => fact.fate === 'acknowledged',
  }),
  defineSignal({
    name: 'sns.notifications.failed',
    kind: 'counter',
    unit: '{message}',
    help: 'Copies that a topic could not deliver: dropped, or in the dead-letter queue of their subscription',
    fact: subscriptionSettled,
    where: (fact) => fact.fate !== 'acknowledged',
  }),
  defineSignal({
    name: 'sns.delivery.age',
    kind: 'histogram',
    unit: 's',
    help: 'Time from when a message was first sent until a queue had it',
    fact: subscriptionSettled,
    where: (fact) => fact.fate === 'acknowledged',
    value: (fact) => fact.age,
  }),
];
