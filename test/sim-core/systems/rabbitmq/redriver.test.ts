/** The redriver: what it takes out, how fast, how often, and when it stops itself. */
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, type Time } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import {
  deadLetterRedriven,
  redriveRefused,
  redriveStopped,
} from '../../../../sim-core/messaging/dead-letter/signals.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { RabbitMq } from '../../../../sim-core/systems/rabbitmq/rabbitmq.ts';
import { Redriver, type RedriverOptions } from '../../../../sim-core/systems/rabbitmq/redriver.ts';

class Lab {
  readonly sim = new Simulation();
  readonly node = new RabbitMq(this.sim, { name: 'rabbit', help: 'a node' });
  readonly taken: (readonly [at: Time, request: number, to: string, times: number])[] = [];
  readonly stops: Time[] = [];
  readonly refusals: (readonly [at: Time, request: number, to: string])[] = [];
  readonly redriver: Redriver;
  /** Whether what is redriven dies again at once. */
  isPoison = true;

  constructor(options: Partial<RedriverOptions>) {
    for (const name of ['orders', 'dead', 'parked']) {
      const args = name === 'orders' ? { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' } : {};
      this.node.setUp.declareQueue({ name, durable: true, exclusive: false, autoDelete: false, arguments: args });
    }
    const { sim } = this;
    sim.facts
      .channel(deadLetterRedriven)
      .listen(({ request, to, times }) => this.taken.push([sim.now, request, to, times]));
    sim.facts.channel(redriveStopped).listen(() => this.stops.push(sim.now));
    sim.facts.channel(redriveRefused).listen(({ request, to }) => this.refusals.push([sim.now, request, to]));
    this.node.setUp.consume('orders', {
      tag: 'c',
      noAck: false,
      exclusive: false,
      priority: 0,
      deliver: ({ tag }) => {
        if (this.isPoison) this.node.setUp.reject(tag, false, false);
        else this.node.setUp.acknowledge(tag, false);
      },
    });
    this.redriver = new Redriver(sim, {
      name: 'redrive',
      help: 'redrives',
      node: this.node,
      from: 'dead',
      to: 'orders',
      rate: 10,
      redrivesMax: Infinity,
      parking: 'parked',
      isAutomatic: false,
      ...options,
    });
  }

  dies(count: number): void {
    for (let i = 0; i < count; i++) {
      const request = new RequestContext(i, this.sim.now);
      this.node.setUp.publish(makeMessage({ request, content: i, sent: this.sim.now, routingKey: 'dead' }));
    }
  }

  ready(name: string): number {
    return this.node.broker.peek(name)!.queue.ready;
  }

  run(until: Time): void {
    this.sim.runUntil(until);
    const broken = this.node.violations();
    if (broken.length > 0) throw new Error(broken.join('; '));
  }
}

it('takes out one after the other at its rate, in order, and ends when there is none', () => {
  const lab = new Lab({});
  lab.isPoison = false;
  lab.dies(3);
  lab.redriver.start();
  lab.run(s(1));
  expect(lab.taken).toEqual([
    [0, 0, 'orders', 1],
    [ms(100), 1, 'orders', 1],
    [ms(200), 2, 'orders', 1],
  ]);
  expect(lab.redriver.state()).toEqual({ redriven: 3, refused: 0, state: 'off' });
  lab.dies(1);
  lab.run(s(2));
  expect(lab.ready('dead')).toBe(1);
});

it('sets aside what was redriven as often as it may be', () => {
  const lab = new Lab({ redrivesMax: 2, isAutomatic: true });
  lab.dies(1);
  lab.run(s(2));
  expect(lab.taken.map(([, , to, times]) => [to, times])).toEqual([
    ['orders', 1],
    ['orders', 2],
    ['parked', 2],
  ]);
  expect([lab.ready('dead'), lab.ready('parked')]).toEqual([0, 1]);
});

it('goes round for ever without a limit', () => {
  const lab = new Lab({ isAutomatic: true });
  lab.dies(1);
  lab.run(s(10));
  expect(lab.taken.length).toBe(100);
});

it('stops when what it sends comes back, and gives what came back before that another chance', () => {
  const lab = new Lab({ isAutomatic: true, stop: { share: 0.5, samples: 4, pause: s(5) } });
  lab.dies(2);
  lab.run(s(1));
  // Two that are new, then both again, then the first: three of four have come back.
  expect(lab.taken.map(([at]) => at)).toEqual([0, ms(100), ms(200), ms(300)]);
  expect(lab.stops).toEqual([ms(400)]);
  expect([lab.ready('dead'), lab.redriver.state().state]).toEqual([2, 'stopped itself']);
  lab.isPoison = false;
  lab.run(s(7));
  expect(lab.stops).toHaveLength(1);
  expect([lab.ready('dead'), lab.taken.length]).toEqual([0, 6]);
});

it('does nothing while the node is down, and loses nothing', () => {
  const lab = new Lab({ isAutomatic: true });
  lab.isPoison = false;
  lab.dies(2);
  lab.node.interventions.kill.apply([1]);
  lab.run(ms(900));
  expect(lab.taken).toEqual([]);
  lab.run(s(2));
  expect([lab.ready('dead'), lab.taken.length]).toEqual([0, 2]);
});

/** A queue for one message that refuses what is published to it when it is full, and is. */
function fullQueue({ node, sim }: Lab, name: string): void {
  const args = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };
  node.setUp.declareQueue({ name, durable: true, exclusive: false, autoDelete: false, arguments: args });
  const request = new RequestContext(99, sim.now);
  node.setUp.publish(makeMessage({ request, content: 99, sent: sim.now, routingKey: name }));
}

it.each([
  ['the queue where they are tried again', { to: 'full' }],
  ['the queue where they are set aside', { parking: 'full', redrivesMax: 0 }],
])('gives back what %s refuses, and tries again', (_, options) => {
  const lab = new Lab(options);
  fullQueue(lab, 'full');
  lab.dies(2);
  lab.redriver.start();
  lab.run(ms(250));
  expect(lab.taken).toEqual([]);
  expect(lab.refusals).toEqual([0, 1, 2].map((i) => [ms(100 * i), 0, 'full']));
  expect([lab.ready('dead'), lab.ready('full')]).toEqual([2, 1]);
  expect(lab.redriver.state()).toEqual({ redriven: 0, refused: 3, state: 'running' });
  lab.node.setUp.purge('full');
  lab.run(ms(350));
  expect(lab.taken.map(([at, request, to]) => [at, request, to])).toEqual([[ms(300), 0, 'full']]);
  expect([lab.ready('dead'), lab.ready('full')]).toEqual([1, 1]);
});

it('gives back what goes to no queue', () => {
  const lab = new Lab({ to: 'gone' });
  lab.dies(1);
  lab.redriver.start();
  lab.run(ms(50));
  expect([lab.taken.length, lab.refusals.length, lab.ready('dead')]).toEqual([0, 1, 1]);
});

it('does not take what was refused for what came back once more', () => {
  const lab = new Lab({ isAutomatic: true, stop: { share: 0.5, samples: 4, pause: s(5) } });
  lab.dies(1);
  lab.run(ms(50));
  // One that has come back, refused from now on: at 100 ms and every turn until 1900 ms.
  lab.node.setUp.deleteQueue('orders');
  lab.run(s(2));
  expect([lab.refusals.length, lab.stops.length, lab.ready('dead')]).toEqual([19, 0, 1]);
});
