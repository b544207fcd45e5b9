/**
 * Classic queues of RabbitMQ 3.10 (`rabbit_amqqueue_process`, `rabbit_variable_queue`): a copy that comes back stands
 * where it stood, before everything that was published after it, and nobody counts how often it comes.
 */
import type { QueueKind } from './queue-kind.ts';

export const classic: QueueKind = {
  help: 'a returned message goes back to its place; deliveries are not counted',
  placeOfReturned: (copy) => copy.place,
  countsReturns: false,
  survivesCrash: ({ message }) => message.persistent,
  remembersHolders: false,
  limitsFirst: true,
  countsAsConsumers: 'subscribed',
  takesExclusiveConsumers: true,
  expiresBehindGets: true,
  creditsThrownOutTwice: false,
  buriesOverflowFirst: false,
  fullLeaveAtOnce: false,
  tellsPublishers: false,
  looksForUseByTicks: false,
  askingIsUse: true,
};
