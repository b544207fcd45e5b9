/**
 * Nothing is lost in silence between queues: whatever happens, every message went to no queue, and is counted once for that,
 * or is a copy in each queue that it was routed to; every copy has a fate there, and every dead letter is a copy somewhere
 * else. Counted from outside, by where a message must go by its keys (its own, CC and BCC), exchanges bound to others and alternate
 * ones, by what publishes are answered, and by what queues tell, those that are deleted among them.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { messageEnqueued, messageSettled } from '../../../../sim-core/messaging/channels/facts.ts';
import { Exchanges } from '../../../../sim-core/messaging/channels/exchanges/exchanges.ts';
import { Queue } from '../../../../sim-core/messaging/channels/queue.ts';
import { QueueBooks } from '../../../../sim-core/messaging/channels/queue-books.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Broker } from '../../../../sim-core/systems/rabbitmq/broker.ts';
import { Client } from './client.ts';

const NAMES = ['a', 'b', 'c'] as const;
type Name = (typeof NAMES)[number];
const name = fc.constantFrom(...NAMES);

/**
 * By the default exchange to a queue, there or not; by the office to a and b at once, to c, or nowhere; by the front, which is bound to
 * the office with two of its keys, there or, with any other, by its alternate exchange to b.
 */
const OFFICE: Readonly<Record<string, readonly Name[]>> = { both: ['a', 'b'], last: ['c'] };
const key = fc.constantFrom(...NAMES, 'nobody', 'both', 'last', 'neither');
const address = fc.oneof(key, fc.tuple(fc.constantFrom('office', 'front'), key));
/** Further keys of a message, as the header names them. */
const copies = fc.record(
  { CC: fc.array(key, { maxLength: 2 }), BCC: fc.array(key, { maxLength: 2 }) },
  { requiredKeys: [] },
);
type Address = string | readonly [exchange: string, key: string];
type Copies = typeof copies extends fc.Arbitrary<infer C> ? C : never;

/** The queues that a message must go to, if they are there. */
function routesOf(to: Address, { CC = [], BCC = [] }: Copies): readonly string[] {
  const [exchange, own] = typeof to === 'string' ? ['', to] : to;
  const keys = [own, ...CC, ...BCC];
  if (exchange === '') return keys;
  const byOffice = keys.flatMap((each) => OFFICE[each] ?? []);
  return exchange === 'front' && byOffice.length === 0 ? ['b'] : byOffice;
}

interface Plan {
  readonly office: string | undefined;
  readonly lengthMax: number | undefined;
  readonly bytesMax: number | undefined;
  readonly priorityMax: number | undefined;
  readonly expires: number | undefined;
  readonly single: boolean;
  readonly overflow: string;
  readonly ttl: number | undefined;
  readonly limit: number | undefined;
  readonly durable: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  office: fc.constantFrom(undefined, ...NAMES, 'nowhere'),
  lengthMax: fc.constantFrom(undefined, 0, 1, 2),
  bytesMax: fc.constantFrom(undefined, undefined, 0, 3, 6),
  priorityMax: fc.constantFrom(undefined, 1, 3),
  expires: fc.constantFrom(undefined, undefined, 15),
  single: fc.boolean(),
  overflow: fc.constantFrom('drop-head', 'reject-publish', 'reject-publish-dlx'),
  ttl: fc.constantFrom(undefined, 5, 30),
  limit: fc.constantFrom(undefined, 1),
  durable: fc.boolean(),
});

type Deed = (lab: Lab) => void;

function sometimes<Args extends unknown[]>(
  weight: number,
  args: fc.Arbitrary<Args>,
  act: (lab: Lab, ...args: Args) => void,
): { weight: number; arbitrary: fc.Arbitrary<Deed> } {
  return {
    weight,
    arbitrary: args.map(
      (chosen): Deed =>
        (lab) =>
          act(lab, ...chosen),
    ),
  };
}

const deed: fc.Arbitrary<Deed> = fc.oneof(
  sometimes(6, fc.tuple(address, copies, fc.boolean(), fc.boolean(), fc.nat(3)), (lab, to, further, ...how) =>
    lab.publish(to, further, ...how),
  ),
  sometimes(2, fc.tuple(name), (lab, from) => lab.get(from)),
  sometimes(2, fc.tuple(name, fc.boolean(), fc.nat(2)), (lab, from, noAck, prefetch) =>
    lab.consume(from, noAck, prefetch),
  ),
  sometimes(1, fc.tuple(fc.nat(9)), (lab, pick) => lab.cancel(pick)),
  sometimes(3, fc.tuple(fc.nat(9), fc.nat(2)), (lab, pick, how) => lab.settle(pick, how)),
  sometimes(1, fc.tuple(fc.nat(20)), (lab, time) => lab.client.elapse(time)),
  sometimes(1, fc.tuple(name, name), (lab, from, to) => lab.redrive(from, to)),
  sometimes(1, fc.tuple(name), (lab, queue) => lab.purge(queue)),
  sometimes(1, fc.tuple(name), (lab, queue) => lab.delete(queue)),
  sometimes(2, fc.tuple(name), (lab, queue) => lab.declare(queue)),
  sometimes(1, fc.tuple(), (lab) => lab.reconnect()),
  sometimes(1, fc.tuple(fc.nat(20), fc.boolean()), (lab, time, hangsUp) => lab.crash(time, hangsUp)),
);

/** What is counted of one message. */
interface Account {
  /** Copies that were made of it, by what publishes, redrives and queues say; a duplicate is one more. */
  made: number;
  /** Copies that came to queues, and those that met their end there. */
  came: number;
  ended: number;
}

class Lab {
  client = new Client();
  /** Whatever queues there have been. */
  readonly queues = new Set<Queue>();
  private readonly plans: readonly Plan[];
  private readonly accounts: Account[] = [];
  private out: number[] = [];
  private consumers: string[] = [];
  /** Messages that went nowhere, and dead letters. */
  private nowhere = 0;

  constructor(plans: readonly Plan[]) {
    this.plans = plans;
    const { facts } = this.client.sim;
    facts.channel(messageEnqueued).listen(({ request }) => this.accounts[request].came++);
    facts.channel(messageSettled).listen(({ request, fate, cause }) => {
      this.accounts[request].ended++;
      if (fate === 'dead-lettered') this.accounts[request].made++;
      if (cause === 'no queue for the dead letter') this.nowhere++;
    });
    this.client.exchange('office', 'direct');
    this.client.exchange('spare', 'fanout');
    this.client.exchange('front', 'direct', 'spare');
    for (const to of Object.keys(OFFICE))
      this.client.channel.bind({ kind: 'exchange', name: 'office' }, 'front', to, {});
    for (const each of NAMES) this.declare(each);
  }

  declare(queue: Name): void {
    if (this.has(queue)) return;
    const i = NAMES.indexOf(queue);
    const { office, lengthMax, bytesMax, priorityMax, expires, single, overflow, ttl, limit, durable } = this.plans[i];
    // The last one is a quorum queue, which is durable, has no priorities, and cannot dead-letter what it refuses.
    const isQuorum = i === 2;
    const kind = isQuorum
      ? { 'x-queue-type': 'quorum', ...(limit === undefined ? {} : { 'x-delivery-limit': limit }) }
      : priorityMax === undefined
        ? {}
        : { 'x-max-priority': priorityMax };
    const args = {
      ...(office === undefined ? {} : { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': office }),
      ...(lengthMax === undefined ? {} : { 'x-max-length': lengthMax }),
      ...(bytesMax === undefined ? {} : { 'x-max-length-bytes': bytesMax }),
      ...(expires === undefined ? {} : { 'x-expires': expires }),
      ...(ttl === undefined ? {} : { 'x-message-ttl': ttl }),
      ...(single ? { 'x-single-active-consumer': true } : {}),
      'x-overflow': isQuorum && overflow === 'reject-publish-dlx' ? 'reject-publish' : overflow,
      ...kind,
    };
    this.client.queue(queue, args, durable || isQuorum);
    this.client.bind(queue, 'office', isQuorum ? 'last' : 'both');
    if (queue === 'b') this.client.bind(queue, 'spare');
    this.queues.add(this.client.broker.peek(queue)!.queue);
  }

  /** The nth is longer, and of a higher priority, than those before. */
  publish(to: Address, further: Copies, persistent: boolean, mandatory: boolean, nth: number): void {
    const id = this.accounts.length;
    const account: Account = { made: 0, came: 0, ended: 0 };
    this.accounts.push(account);
    const request = new RequestContext(id, this.client.sim.now);
    const message = { persistent, priority: nth, request, headers: further };
    const published = this.client.publish('m'.repeat(nth), to, message, mandatory);
    const expected = NAMES.filter((each) => this.has(each) && routesOf(to, further).includes(each));
    account.made += expected.length;
    if (expected.length === 0) this.nowhere++;
    if ([...published.queues].sort().join() !== expected.join()) refuse([`${to} went to ${published.queues}`]);
    if (published.returned !== (mandatory && expected.length === 0)) refuse([`${to}: returned ${published.returned}`]);
  }

  get(from: Name): void {
    // Of a quorum queue with a single active consumer nobody may get.
    const isLocked = from === 'c' && this.plans[2].single;
    if (!this.has(from) || isLocked) return;
    const delivery = this.client.channel.get(from, false);
    if (delivery !== undefined) this.out.push(delivery.tag);
  }

  consume(from: Name, noAck: boolean, prefetch: number): void {
    if (!this.has(from)) return;
    this.client.channel.prefetch(prefetch, false);
    this.consumers.push(this.client.consume(from, { noAck, deliver: ({ tag }) => void (noAck || this.out.push(tag)) }));
  }

  cancel(pick: number): void {
    if (this.consumers.length === 0) return;
    const [tag] = this.consumers.splice(pick % this.consumers.length, 1);
    this.client.channel.cancel(tag);
  }

  settle(pick: number, how: number): void {
    if (this.out.length === 0) return;
    const [tag] = this.out.splice(pick % this.out.length, 1);
    if (how === 0) this.client.channel.acknowledge(tag, false);
    else this.client.channel.reject(tag, false, how === 1);
  }

  redrive(from: Name, to: Name): void {
    if (from === to || !this.has(from) || !this.has(to)) return;
    const { broker } = this.client;
    const came = this.accounts.map((account) => account.came);
    broker.redrive(broker.peek(from)!.queue, broker.peek(to)!.queue);
    for (const [id, account] of this.accounts.entries()) account.made += account.came - came[id];
  }

  purge(queue: Name): void {
    if (this.has(queue)) this.client.channel.purge(queue);
  }

  /** With whatever is in it, is out of it or consumes it. */
  delete(queue: Name): void {
    this.client.channel.deleteQueue(queue);
  }

  reconnect(): void {
    this.client.connection.close();
    this.beginAnew();
  }

  /** Is down for a while, in which time passes, dead letters are under way, and clients find that they are alone. */
  crash(time: number, hangsUp: boolean): void {
    const { broker, connection } = this.client;
    broker.crash();
    if (hangsUp) connection.close();
    this.client.elapse(time);
    if (!hangsUp) connection.close();
    broker.recover();
    this.beginAnew();
  }

  /** What is wrong, when no dead letter is under way and nobody has anything. */
  audit(): string[] {
    this.reconnect();
    this.client.elapse(0);
    const { broker } = this.client;
    const wrong = [...broker.violations()];
    const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);
    const check = (what: string, actual: number, expected: number): void => {
      if (actual !== expected) wrong.push(`${what}: ${actual}, not ${expected}`);
    };
    const booked = sum([...this.queues].map(({ fates }) => fates.total));
    check('copies in the books', booked, sum(this.accounts.map(({ came }) => came)));
    const made = sum(this.accounts.map((account) => account.made));
    check('copies made', made - broker.lettersLost, booked);
    check('went nowhere', broker.unroutable, this.nowhere);
    const ready = new Map<number, number>();
    for (const each of this.queues)
      for (const { message } of each.copies) ready.set(message.request.id, (ready.get(message.request.id) ?? 0) + 1);
    for (const [id, { came, ended }] of this.accounts.entries())
      check(`copies of message ${id} that are left`, ready.get(id) ?? 0, came - ended);
    return wrong;
  }

  private has(queue: Name): boolean {
    return this.client.broker.peek(queue) !== undefined;
  }

  private beginAnew(): void {
    this.client = new Client(this.client.broker);
    this.out = [];
    this.consumers = [];
  }
}

const plans = fc.tuple(plan, plan, plan);
const conserves = fc.property(plans, fc.array(deed, { maxLength: 40 }), (chosen, todo) => {
  const lab = new Lab(chosen);
  for (const act of todo) {
    act(lab);
    refuse(lab.client.broker.violations());
  }
  refuse(lab.audit());
});

function refuse(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

it('has a fate for every copy and a copy for every dead letter', () => {
  fc.assert(conserves, { numRuns: 300 });
});

describe('finds a broker that', () => {
  const faults: Record<string, () => void> = {
    'says of a dead letter that came round that it was sent': () => {
      const { buried } = QueueBooks.prototype;
      vi.spyOn(QueueBooks.prototype, 'buried').mockImplementation(function (
        this: QueueBooks,
        copy,
        from,
        dispatch,
        death,
      ) {
        buried.call(this, copy, from, dispatch === 'cycle' ? 'sent' : dispatch, death);
      });
    },
    'forgets what a full queue refused': () => {
      const { end } = QueueBooks.prototype;
      vi.spyOn(QueueBooks.prototype, 'end').mockImplementation(function (this: QueueBooks, copy, from, fate, cause) {
        if (cause !== 'refused by a full queue') end.call(this, copy, from, fate, cause);
      });
    },
    'does not take up what it dead-letters for want of room': () => {
      const { buried } = QueueBooks.prototype;
      vi.spyOn(QueueBooks.prototype, 'buried').mockImplementation(function (
        this: QueueBooks,
        copy,
        from,
        dispatch,
        death,
      ) {
        if (death !== 'maxlen') buried.call(this, copy, from, dispatch, death);
      });
    },
    'forgets what was in a queue that is deleted': () => {
      const { delete: remove } = Queue.prototype;
      vi.spyOn(Queue.prototype, 'delete').mockImplementation(function (this: Queue) {
        const end = vi.spyOn(QueueBooks.prototype, 'end').mockImplementation(() => {});
        const count = remove.call(this);
        end.mockRestore();
        return count;
      });
    },
    'has what it gave without an acknowledgement out for ever': () => {
      const { end } = QueueBooks.prototype;
      vi.spyOn(QueueBooks.prototype, 'end').mockImplementation(function (this: QueueBooks, copy, from, fate, cause) {
        if (cause !== 'no ack asked') end.call(this, copy, from, fate, cause);
      });
    },
    'says of what goes to several queues that it went to one': () => {
      const { publish } = Broker.prototype;
      vi.spyOn(Broker.prototype, 'publish').mockImplementation(function (this: Broker, ...asked) {
        const published = publish.call(this, ...asked);
        return { ...published, queues: published.queues.slice(0, 1) };
      });
    },
    'takes no alternate exchange': () => {
      const { route } = Exchanges.prototype;
      vi.spyOn(Exchanges.prototype, 'route').mockImplementation(function (this: Exchanges, message) {
        const isNowhere = message.exchange === 'front' && routesOf(['office', message.routingKey], {}).length === 0;
        return isNowhere ? [] : route.call(this, message);
      });
    },
    'goes by the first key alone': () => {
      const { route } = Exchanges.prototype;
      vi.spyOn(Exchanges.prototype, 'route').mockImplementation(function (this: Exchanges, message) {
        return route.call(this, { ...message, headers: {} });
      });
    },
    'counts what goes nowhere twice': () => {
      const { publish } = Broker.prototype;
      vi.spyOn(Broker.prototype, 'publish').mockImplementation(function (this: Broker, ...asked) {
        const published = publish.call(this, ...asked);
        if (published.queues.length === 0) this.unroutable++;
        return published;
      });
    },
  };
  it.each(Object.entries(faults))('%s', (_, plant) => {
    plant();
    try {
      expect(fc.check(conserves, { numRuns: 300, seed: 1 }).failed).toBe(true);
    } finally {
      vi.restoreAllMocks();
    }
  });
});
