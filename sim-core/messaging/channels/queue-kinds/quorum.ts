/**
 * Quorum queues of RabbitMQ 3.10 (`rabbit_fifo`): what comes back is counted. With a delivery limit it comes next, behind
 * what came back before it. Without one, a message that is given back is appended anew, so that the log can be cut behind
 * it, and stands at the end; only one whose consumer is gone still comes next. Its log has every message, whatever its
 * publisher said of persistence, and who has which: a node that was killed knows both when it is up again.
 *
 * A copy that the delivery limit throws out gives its consumer credit twice, once as one that is done with and once as one
 * that came back (`return_one` and `return` of `rabbit_fifo`, 3.10): from then on it takes one more than its prefetch.
 * What a command brings about is done in order, but for what the length limit drops by it: that comes first, the last one
 * before the others (`checkout0` puts the list in order, and `evaluate_limit` puts more before it).
 *
 * A full one that refuses tells its publishers so, and takes what they send until then (`../admission.ts`). Whether it was
 * unused for too long it looks at every tick of its log (`is_expired`, called by `tick`); to get something is to use it, and so
 * is the end of the last who has something of it, but not to publish, to declare it again or to ask how it stands.
 *
 * Does not model the replicas and their log: the queue is taken to have its majority.
 */
import type { QueueKind } from './queue-kind.ts';

export const quorum: QueueKind = {
  help: 'a returned message is counted, and goes to the end unless there is a delivery limit',
  placeOfReturned: (_, how, places, deliveryLimit) =>
    how === 'given-back' && deliveryLimit === Infinity ? places.atEnd() : places.ahead(),
  countsReturns: true,
  survivesCrash: () => true,
  remembersHolders: true,
  limitsFirst: false,
  countsAsConsumers: 'holders',
  takesExclusiveConsumers: false,
  expiresBehindGets: false,
  creditsThrownOutTwice: true,
  buriesOverflowFirst: true,
  fullLeaveAtOnce: true,
  tellsPublishers: true,
  looksForUseByTicks: true,
  askingIsUse: false,
};
