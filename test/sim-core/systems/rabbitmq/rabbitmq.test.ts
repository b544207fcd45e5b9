/** A node with a producer and consumers around it, as a scenario has them. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { sleep } from '../../../../sim-core/kernel/combine.ts';
import { ms, s, type Duration } from '../../../../sim-core/kernel/time.ts';
import { makeMessage, type Message } from '../../../../sim-core/messaging/channels/message.ts';
import type { Queue } from '../../../../sim-core/messaging/channels/queue.ts';
import { messageProcessed } from '../../../../sim-core/messaging/consuming/facts.ts';
import type { Received } from '../../../../sim-core/messaging/consuming/received.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Delivery } from '../../../../sim-core/systems/rabbitmq/channel.ts';
import {
  RabbitConsumer,
  type RabbitConsumerOptions,
  type Verdict,
} from '../../../../sim-core/systems/rabbitmq/consumer.ts';
import { messageSent } from '../../../../sim-core/systems/rabbitmq/facts.ts';
import { Producer } from '../../../../sim-core/systems/rabbitmq/producer.ts';
import { RabbitMq, type Confirm, type Publish } from '../../../../sim-core/systems/rabbitmq/rabbitmq.ts';

class Lab {
  readonly sim = new Simulation();
  readonly node = new RabbitMq(this.sim, { name: 'rabbit', help: 'a node' });
  readonly producer = new Producer(
    new Link<Publish, Confirm>(this.sim, this.node, { from: 'producer', delay: constant(ms(1)), timeout: s(1) }),
  );
  readonly outcomes: string[] = [];
  readonly processed: (readonly [number, boolean])[] = [];
  private requests = 0;

  constructor() {
    this.sim.facts.channel(messageSent).listen(({ outcome }) => this.outcomes.push(outcome));
    for (const [name, args] of [
      ['q', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' }],
      ['dead', {}],
    ] as const) {
      this.node.setUp.declareQueue({ name, durable: true, exclusive: false, autoDelete: false, arguments: args });
    }
  }

  consumer(options: Partial<RabbitConsumerOptions> = {}): RabbitConsumer {
    return new RabbitConsumer(this.sim, {
      name: 'worker',
      help: 'works',
      node: this.node,
      queue: 'q',
      prefetch: 2,
      concurrency: 1,
      delay: constant(ms(1)),
      handle: this.takes(ms(10)),
      ...options,
    });
  }

  /** Handles each message in so long, and notes that. */
  takes(time: Duration): RabbitConsumerOptions['handle'] {
    return function* (this: Lab, { id }: Received, { redelivered }: Delivery): Behaviour<Verdict> {
      yield time;
      this.processed.push([id, redelivered]);
      return 'ack' as const;
    }.bind(this);
  }

  /** Sends so many messages, one every so often, each with a confirm. */
  send(count: number, every: number, options: Partial<Message> = {}): void {
    const { sim, producer } = this;
    const one = function* (message: Message): Behaviour {
      try {
        yield* producer.send(message, true);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
    };
    const all = function* (this: Lab): Behaviour {
      for (let i = 0; i < count; i++) {
        const request = new RequestContext(this.requests++, sim.now);
        const message = { request, content: i, sent: sim.now, routingKey: 'q', ...options };
        spawn(sim, 'send', one(makeMessage(message)));
        yield* sleep(sim, every);
      }
    };
    spawn(sim, 'producer', all.call(this));
  }

  queue(name: string): Queue {
    return this.node.broker.peek(name)!.queue;
  }

  run(until: number): void {
    this.sim.runUntil(until);
    const broken = this.node.violations();
    if (broken.length > 0) throw new Error(broken.join('; '));
  }
}

it('has more workers than its prefetch gives it messages for, and says so', () => {
  const lab = new Lab();
  const worker = lab.consumer({ handle: lab.takes(s(10)) });
  lab.send(5, ms(1));
  worker.interventions['scale'].apply([2]);
  expect(worker.state()).not.toHaveProperty('workers');
  worker.interventions['scale'].apply([4]);
  lab.run(s(1));
  expect(worker.state()).toMatchObject({ working: 2, waiting: 0, workers: '4, of which prefetch lets 2 work' });
  const unbounded = lab.consumer({ name: 'other', prefetch: 0, concurrency: 4 });
  expect(unbounded.state()).not.toHaveProperty('workers');
});

it('takes a message from its producer to a consumer and the word of it back, over the ways between them', () => {
  const lab = new Lab();
  const worker = lab.consumer();
  const ages: number[] = [];
  lab.sim.facts.channel(messageProcessed).listen(({ age }) => ages.push(age));
  lab.send(3, ms(100));
  lab.run(s(1));
  expect(lab.outcomes).toEqual(['ack', 'ack', 'ack']);
  // There in 1 ms, on to the consumer in 1 ms, 10 ms of work.
  expect(ages).toEqual([ms(12), ms(12), ms(12)]);
  expect(lab.queue('q').fates.count('acknowledged')).toBe(3);
  expect(worker.state()).toEqual({ working: 0, waiting: 0, done: 3 });
});

it('says what it did not take: sent back for want of a queue, of an exchange, refused by a full queue', () => {
  const lab = new Lab();
  lab.send(1, ms(1), { routingKey: 'nowhere' });
  lab.send(1, ms(1), { exchange: 'none' });
  lab.queue('q').configure({ lengthMax: 0, overflow: 'reject-publish' });
  lab.send(1, ms(1));
  lab.run(s(1));
  expect(lab.outcomes).toEqual(['returned', 'no-exchange', 'nack']);
});

it('does not send a consumer more than its prefetch, nor has it work at more than its concurrency', () => {
  const lab = new Lab();
  const worker = lab.consumer({ prefetch: 3, concurrency: 2, handle: lab.takes(s(1)) });
  lab.send(10, ms(1));
  lab.run(ms(500));
  expect([lab.queue('q').ready, lab.queue('q').inFlight]).toEqual([7, 3]);
  expect(worker.state()).toEqual({ working: 2, waiting: 1, done: 0 });
});

it('killed, comes back with every persistent message that was not acknowledged, all marked as redelivered', () => {
  const lab = new Lab();
  const worker = lab.consumer({ handle: lab.takes(ms(50)) });
  lab.send(4, ms(1));
  lab.run(ms(20));
  lab.node.interventions.kill.apply([1]);
  lab.send(1, ms(1));
  lab.run(ms(500));
  expect(lab.outcomes.slice(4)).toEqual(['unavailable']);
  expect(lab.node.state().down).toBe('yes');
  lab.run(s(3));
  // The first was being worked at when the node died: its acknowledgement was lost, so it was done twice.
  expect(lab.processed).toEqual([
    [0, false],
    [0, true],
    [1, true],
    [2, true],
    [3, true],
  ]);
  expect(lab.queue('q').fates.count('acknowledged')).toBe(4);
  expect(worker.violations()).toEqual([]);
});

it('killed, has lost what was not persistent', () => {
  const lab = new Lab();
  lab.send(2, ms(1), { persistent: false });
  lab.send(1, ms(1));
  lab.run(ms(20));
  lab.node.interventions.kill.apply([1]);
  lab.run(s(2));
  expect([lab.queue('q').ready, lab.queue('q').fates.count('lost')]).toEqual([1, 2]);
});

it('a paused consumer keeps what it has, and nobody else gets it', () => {
  const lab = new Lab();
  const worker = lab.consumer({ prefetch: 2 });
  worker.interventions.pause.apply([1]);
  lab.send(3, ms(1));
  lab.run(ms(900));
  expect([lab.queue('q').ready, lab.queue('q').inFlight, lab.processed.length]).toEqual([1, 2, 0]);
  lab.run(s(2));
  expect(lab.processed).toHaveLength(3);
});

it('takes a limit, a purge and a redrive while it runs', () => {
  const lab = new Lab();
  lab.send(5, ms(1));
  lab.run(ms(20));
  const { limit, redrive, purge } = lab.node.interventions;
  limit.apply([1, 2]);
  lab.run(ms(21));
  expect([lab.queue('q').ready, lab.queue('dead').ready]).toEqual([2, 3]);
  limit.apply([1, 100]);
  redrive.apply([2, 1]);
  expect([lab.queue('q').ready, lab.queue('dead').ready]).toEqual([5, 0]);
  purge.apply([1]);
  expect(lab.queue('q').fates.count('dropped')).toBe(5);
});

it('a redrive ends where the other queue refuses, and loses nothing', () => {
  const lab = new Lab();
  lab.send(5, ms(1));
  lab.run(ms(20));
  const { limit, redrive } = lab.node.interventions;
  limit.apply([1, 2]);
  lab.run(ms(21));
  lab.queue('q').configure({ overflow: 'reject-publish', lengthMax: 3 });
  redrive.apply([2, 1]);
  expect([lab.queue('q').ready, lab.queue('dead').ready, lab.queue('dead').inFlight]).toEqual([3, 2, 0]);
  expect(lab.queue('dead').fates.count('acknowledged')).toBe(1);
});

it('gives time to live to what comes after the policy', () => {
  const lab = new Lab();
  lab.node.interventions.ttl.apply([1, 100]);
  lab.send(1, ms(1));
  lab.run(ms(150));
  expect([lab.queue('q').ready, lab.queue('dead').ready]).toEqual([0, 1]);
});

it('is changed by an operator at once, and while it is down as soon as it is up again', () => {
  const sim = new Simulation({ seed: 1 });
  const node = new RabbitMq(sim, { name: 'rabbit', help: 'A node' });
  const declared: string[] = [];
  const declare = (name: string): void =>
    node.administer((channel) => {
      channel.declareQueue({ name, durable: true, exclusive: false, autoDelete: false, arguments: {} });
      declared.push(`${name} at ${sim.now}`);
    });
  declare('first');
  node.interventions.kill.apply([1]);
  declare('second');
  sim.runUntil(s(2));
  expect(declared).toEqual(['first at 0', `second at ${s(1)}`]);
  expect([...node.broker.declaredQueues].map(({ queue }) => queue.name)).toEqual(['first', 'second']);
});
