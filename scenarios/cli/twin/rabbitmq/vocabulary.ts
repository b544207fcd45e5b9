/**
 * The words of the scripts, each of which has to be done in some scripts of a run: operations, flags, and the arguments of
 * queues, exchanges and bindings, as many as the model knows.
 */
import type {
  ConsumeOptions,
  ExchangeOptions,
  ExchangeTypeName,
  HeadersMode,
  Message,
  QueueArgument,
  QueueDeclaration,
  QueueKindName,
  QueueOptions,
} from '../../../../sim-core/index.ts';
import { namesOf, saidWords, type WordsOf } from '../option-words.ts';
import type { RabbitStep } from './steps.ts';

type Overflow = QueueOptions['overflow'];

const OVERFLOWS = namesOf<Overflow>({ 'drop-head': true, 'reject-publish': true, 'reject-publish-dlx': true });
const KINDS = namesOf<QueueKindName>({ classic: true, quorum: true });

const argumentWords: WordsOf<Record<QueueArgument, unknown>> = {
  'x-message-ttl': ['x-message-ttl'],
  'x-expires': ['x-expires'],
  'x-max-length': ['x-max-length'],
  'x-max-length-bytes': ['x-max-length-bytes'],
  'x-overflow': OVERFLOWS.map((overflow) => `x-overflow=${overflow}`),
  'x-dead-letter-exchange': ['', 'e1', 'e2', 'e9'].map((name) => `x-dead-letter-exchange=${name}`),
  'x-dead-letter-routing-key': ['x-dead-letter-routing-key'],
  'x-max-priority': ['x-max-priority'],
  'x-single-active-consumer': ['x-single-active-consumer'],
  'x-queue-type': KINDS.map((kind) => `x-queue-type=${kind}`),
  'x-queue-mode': ['x-queue-mode=lazy', 'x-queue-mode=default'],
  'x-delivery-limit': ['x-delivery-limit'],
};

const REFUSED = { because: 'a quorum queue is refused for it, which is counted as an invalid argument' };
const quorumWords: WordsOf<Record<QueueArgument, unknown>> = {
  'x-message-ttl': ['quorum x-message-ttl'],
  'x-expires': ['quorum x-expires'],
  'x-max-length': ['quorum x-max-length'],
  'x-max-length-bytes': ['quorum x-max-length-bytes'],
  'x-overflow': OVERFLOWS.map((overflow) => `quorum x-overflow=${overflow}`),
  'x-dead-letter-exchange': ['quorum x-dead-letter-exchange'],
  'x-dead-letter-routing-key': ['quorum x-dead-letter-routing-key'],
  'x-max-priority': REFUSED,
  'x-single-active-consumer': ['quorum x-single-active-consumer'],
  'x-queue-type': { because: 'it is what makes it one' },
  'x-queue-mode': REFUSED,
  'x-delivery-limit': ['quorum x-delivery-limit'],
};

const queueWords: WordsOf<QueueDeclaration> = {
  name: { because: 'all have one' },
  durable: ['durable'],
  exclusive: ['exclusive queue'],
  autoDelete: ['auto-delete queue'],
  arguments: [...saidWords(argumentWords), ...saidWords(quorumWords), 'invalid argument'],
};

const exchangeWords: WordsOf<ExchangeOptions> = {
  name: { because: 'all have one' },
  type: namesOf<ExchangeTypeName>({
    direct: true,
    fanout: true,
    topic: true,
    headers: true,
    'x-consistent-hash': true,
  }),
  alternate: ['alternate-exchange'],
  durable: ['transient exchange'],
  autoDelete: ['auto-delete exchange'],
};

const MODES = namesOf<HeadersMode>({ all: true, any: true, 'all-with-x': true, 'any-with-x': true });

const messageWords: WordsOf<Message> = {
  request: { because: 'it is the simulation that asks for it' },
  content: { because: 'all have one, by which they are known' },
  bytes: { because: 'all have some' },
  exchange: { because: 'all have one, be it the default one' },
  routingKey: { because: 'all have one, be it empty' },
  headers: ['CC', 'BCC'],
  priority: ['priority'],
  ttl: ['expiration'],
  persistent: ['persistent'],
  sent: { because: 'it is the simulation that asks for it' },
};

const consumerWords: WordsOf<ConsumeOptions> = {
  tag: { because: 'all have one' },
  noAck: ['consume no-ack'],
  exclusive: ['exclusive consumer'],
  priority: ['x-priority'],
  deliver: { because: 'all are told what they get' },
};

const wordsOfOperations: Readonly<Record<RabbitStep['op'], readonly string[]>> = {
  'declare-queue': ['declare-queue', ...saidWords(queueWords), 'declare-queue refused'],
  'check-queue': ['check-queue', 'check-queue refused'],
  'purge-queue': ['purge-queue', 'purge-queue refused'],
  'delete-queue': ['delete-queue', 'delete if-unused', 'delete if-empty', 'delete-queue refused'],
  'declare-exchange': ['declare-exchange', ...saidWords(exchangeWords)],
  'delete-exchange': ['delete-exchange', 'delete-exchange refused'],
  bind: ['bind queue', 'bind exchange', ...MODES.map((mode) => `x-match=${mode}`), 'bind refused'],
  unbind: ['unbind queue', 'unbind exchange'],
  publish: ['publish', 'mandatory', ...saidWords(messageWords), 'publish refused'],
  spread: ['spread'],
  get: ['get', 'get no-ack', 'get refused'],
  consume: ['consume', ...saidWords(consumerWords), 'consume refused'],
  cancel: ['cancel'],
  prefetch: ['prefetch', 'prefetch global'],
  ack: ['ack', 'ack multiple'],
  nack: ['nack', 'nack multiple', 'nack requeue'],
  reject: ['reject', 'reject requeue'],
  'ack-unknown': ['ack-unknown'],
  recover: ['recover'],
  'close-channel': ['close-channel'],
  wait: ['wait'],
  restart: ['restart'],
  drain: ['drain', 'drain in any order'],
};

export const RABBIT_VOCABULARY: readonly string[] = Object.values(wordsOfOperations).flat();
