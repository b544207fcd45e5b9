/**
 * The exchange `events`, its queues and bindings: the same four subscribers by four types of exchanges, or workers that share
 * the events by consistent hashing.
 */
import {
  type AmqpChannel,
  type Headers,
  type KeyedStream,
  type RabbitMq,
  type Simulation,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

const EXCHANGE = 'events';
const ALTERNATE = 'events.unrouted';
/** Where the alternate exchange leads. */
export const SET_ASIDE = 'unrouted';

const REGIONS = ['eu', 'us', 'asia'] as const;
const KINDS = ['created', 'paid', 'shipped'] as const;
/** The kind that nobody knew when the bindings were made. */
const NEW_KIND = 'refunded';

/** What an event is about, as its publisher says it. */
export interface Event {
  readonly region: string;
  readonly kind: string;
}

interface Subscriber {
  readonly queue: string;
  readonly help: string;
  wants(event: Event): boolean;
  readonly pattern: string;
  readonly headers: Headers;
}

/** Who wants what: everything that is said of it by a pattern of keys or by headers says the same. */
export const SUBSCRIBERS: readonly Subscriber[] = [
  {
    queue: 'billing',
    help: 'Wants what was paid',
    wants: ({ kind }) => kind === 'paid',
    pattern: '*.paid',
    headers: { kind: 'paid' },
  },
  {
    queue: 'shipping',
    help: 'Wants what was shipped',
    wants: ({ kind }) => kind === 'shipped',
    pattern: '*.shipped',
    headers: { kind: 'shipped' },
  },
  {
    queue: 'eu-desk',
    help: 'Wants everything of its region',
    wants: ({ region }) => region === 'eu',
    pattern: 'eu.*',
    headers: { region: 'eu' },
  },
  { queue: 'audit', help: 'Wants everything', wants: () => true, pattern: '#', headers: {} },
];

export const workerName = (number: number): string => `worker-${number}`;

/** The queues of a run, those that no binding leads to yet among them. */
export function queuesOf(p: Values): string[] {
  if (p.exchange === 'x-consistent-hash') {
    const workers = p.workers + (p.change === 'one-joins' ? 1 : 0);
    return Array.from({ length: workers }, (_, i) => workerName(i + 1));
  }
  const names = SUBSCRIBERS.map(({ queue }) => queue);
  return p.unrouted === 'alternate' ? [...names, SET_ASIDE] : names;
}

/** What happens, drawn by the number of the request: the same events in all variants. */
export class Events {
  private readonly sim: Simulation;
  private readonly p: Values;
  private readonly draws: KeyedStream;

  constructor(sim: Simulation, p: Values) {
    this.sim = sim;
    this.p = p;
    this.draws = sim.keyedRandom('events');
  }

  of(request: number): Event {
    const draws = this.draws.of(request);
    const region = REGIONS[Math.floor(draws.next() * REGIONS.length)];
    const kind = KINDS[Math.floor(draws.next() * KINDS.length)];
    const isNew = this.sim.now >= this.p.changeAt && draws.next() < this.p.newShare;
    return { region, kind: isNew ? NEW_KIND : kind };
  }
}

/** Where an event goes: the exchange, the routing key and the headers that it is routed by. */
export function addressOf(p: Values, event: Event, customer: number) {
  const routingKey = p.exchange === 'x-consistent-hash' ? `customer-${customer}` : `${event.region}.${event.kind}`;
  return { exchange: EXCHANGE, routingKey, headers: { ...event } };
}

/** Declares and binds everything, and has a worker come or go when it is time. */
export function setUp(sim: Simulation, p: Values, node: RabbitMq): void {
  const { setUp: channel } = node;
  const isAlternate = p.unrouted === 'alternate';
  const options = { durable: true, autoDelete: false };
  for (const name of queuesOf(p)) channel.declareQueue({ name, exclusive: false, arguments: {}, ...options });
  if (isAlternate) channel.declareExchange({ name: ALTERNATE, type: 'fanout', alternate: undefined, ...options });
  channel.declareExchange({
    name: EXCHANGE,
    type: p.exchange,
    alternate: isAlternate ? ALTERNATE : undefined,
    ...options,
  });
  if (isAlternate && p.exchange !== 'x-consistent-hash') bind(channel, SET_ASIDE, '', {}, ALTERNATE);
  if (p.exchange === 'x-consistent-hash') shareAmongWorkers(sim, p, node);
  else for (const subscriber of SUBSCRIBERS) subscribe(p.exchange, channel, subscriber);
}

function subscribe(
  type: 'direct' | 'fanout' | 'topic' | 'headers',
  channel: AmqpChannel,
  subscriber: Subscriber,
): void {
  const { queue, pattern, headers, wants } = subscriber;
  if (type === 'fanout') bind(channel, queue, '');
  else if (type === 'topic') bind(channel, queue, pattern);
  else if (type === 'headers') bind(channel, queue, '', { ...headers, 'x-match': 'all' });
  else {
    // A direct exchange knows whole keys only: one binding for each that the subscriber wants, of those that there are.
    for (const region of REGIONS) {
      for (const kind of KINDS) if (wants({ region, kind })) bind(channel, queue, `${region}.${kind}`);
    }
  }
}

function shareAmongWorkers(sim: Simulation, p: Values, node: RabbitMq): void {
  for (let i = 1; i <= p.workers; i++) bind(node.setUp, workerName(i), String(p.weight));
  const change = (channel: AmqpChannel): void => {
    if (p.change === 'one-joins') bind(channel, workerName(p.workers + 1), String(p.newcomerWeight));
    else {
      const name = workerName(p.change === 'first-leaves' ? 1 : p.workers);
      channel.unbind({ kind: 'queue', name }, EXCHANGE, String(p.weight), {});
    }
  };
  const kind = sim.eventKind('the workers change');
  sim.scheduleAt(p.changeAt, () => node.administer(change), undefined, kind);
}

function bind(channel: AmqpChannel, name: string, key: string, args: Headers = {}, exchange = EXCHANGE): void {
  channel.bind({ kind: 'queue', name }, exchange, key, args);
}
