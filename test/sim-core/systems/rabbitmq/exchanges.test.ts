/** Each case of `test/vectors/rabbitmq_exchanges.json` played on the model: the same is observed. */
import { expect, it } from 'vitest';
import { AmqpError } from '../../../../sim-core/systems/rabbitmq/amqp-error.ts';
import vectors from '../../../vectors/rabbitmq_exchanges.json' with { type: 'json' };
import { Client } from './client.ts';

const errorOf = (action: () => unknown): string => {
  try {
    action();
    return 'no error';
  } catch (error) {
    if (error instanceof AmqpError) return `${error.code} ${error.message}`;
    throw error;
  }
};

const cases: Record<string, (client: Client, observed: never) => void> = {
  direct(client, observed) {
    client.exchange('e', 'direct');
    client.queue('dq1');
    client.queue('dq2');
    client.bind('dq1', 'e', 'k');
    client.bind('dq2', 'e', 'k');
    client.bind('dq1', 'e', 'other');
    client.publish('1', ['e', 'k']);
    client.publish('2', ['e', 'other']);
    expect(client.publish('3', ['e', 'K']).queues).toEqual([]);
    expect({ dq1: client.bodies('dq1'), dq2: client.bodies('dq2') }).toEqual(observed);
  },
  'fanout-ignores-key-one-copy-per-queue'(client, observed) {
    client.exchange('e', 'fanout');
    client.queue('dq1');
    client.queue('dq2');
    client.bind('dq1', 'e', 'a');
    client.bind('dq1', 'e', 'b');
    client.bind('dq2', 'e', 'a');
    client.publish('1', ['e', 'c']);
    expect({ dq1: client.ready('dq1'), dq2: client.ready('dq2') }).toEqual(observed);
    client.channel.unbind({ kind: 'queue', name: 'dq1' }, 'e', 'a', {});
    client.publish('2', ['e', 'c']);
    expect(client.ready('dq1')).toBe(2);
  },
  'default-exchange-routes-to-queue-name'(client, observed) {
    client.queue('dq1');
    client.publish('1', 'dq1');
    expect({ dq1: client.ready('dq1') }).toEqual(observed);
  },
  'mandatory-unroutable'(client) {
    // A producer that asked for it gets the message back, since it went to no queue; and an ack.
    client.exchange('e', 'direct');
    for (const mandatory of [true, false]) {
      const published = client.publish('1', ['e', 'nowhere'], {}, mandatory);
      expect(published).toEqual({ queues: [], refused: false, returned: mandatory });
    }
  },
  'unroutable-non-mandatory-confirm'(client, observed) {
    client.exchange('e', 'direct');
    expect(client.publish('1', ['e', 'nowhere']).refused ? 'nack' : 'ack').toEqual(observed);
    expect(client.broker.unroutable).toBe(1);
  },
  'alternate-exchange'(client, observed) {
    client.exchange('ae', 'fanout');
    client.exchange('e', 'direct', 'ae');
    client.queue('aeq');
    client.bind('aeq', 'ae');
    const { returned } = client.publish('1', ['e', 'nowhere'], {}, true);
    expect({ aeq: client.ready('aeq'), returned: Number(returned) }).toEqual(observed);
  },
  'exchange-to-exchange-cycle-and-dedupe'(client, observed) {
    client.exchange('e1', 'fanout');
    client.exchange('e2', 'fanout');
    client.queue('dq1');
    client.channel.bind({ kind: 'exchange', name: 'e2' }, 'e1', '', {});
    client.channel.bind({ kind: 'exchange', name: 'e1' }, 'e2', '', {});
    client.bind('dq1', 'e1');
    client.bind('dq1', 'e2');
    client.publish('1', ['e1', '']);
    expect({ dq1: client.ready('dq1') }).toEqual(observed);
  },
  'CC-BCC-headers'(client) {
    client.exchange('e', 'direct');
    client.queue('dq1');
    client.queue('dq2');
    client.bind('dq1', 'e', 'cc');
    client.bind('dq2', 'e', 'bcc');
    client.publish('1', ['e', 'nowhere'], { headers: { CC: ['cc'], BCC: ['bcc'] } });
    expect([client.ready('dq1'), client.ready('dq2')]).toEqual([1, 1]);
    expect(client.drain('dq1')[0].message.headers).toEqual({ CC: ['cc'] });
  },
  'publish-to-missing-exchange'(client) {
    expect(errorOf(() => client.publish('1', ['none', 'k']))).toContain('404 NOT_FOUND - no exchange ');
    expect(client.channel.isOpen).toBe(false);
  },
  'redeclare-with-different-args'(client) {
    client.queue('dq1');
    expect(errorOf(() => client.queue('dq1', {}, false))).toContain(
      `406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'dq1'`,
    );
  },
  'consistent-hash'(client, observed) {
    const {
      keys,
      counts,
      after_adding_cq4_weight1: added,
      after_unbind_cq1: removed,
    } = observed as {
      readonly keys: number;
      readonly counts: number[];
      readonly after_adding_cq4_weight1: { readonly counts: number[] };
      readonly after_unbind_cq1: { readonly counts: number[] };
    };
    client.exchange('e', 'x-consistent-hash');
    const queues = ['cq1', 'cq2', 'cq3', 'cq4'];
    for (const name of queues) client.queue(name);
    for (const [i, weight] of ['1', '2', '1'].entries()) client.bind(queues[i], 'e', weight);
    const routes = (): string[] =>
      Array.from({ length: keys }, (_, i) => client.publish('', ['e', `key-${i}`]).queues.join());
    const shares = (of: string[]): number[] => queues.map((name) => of.filter((each) => each === name).length / keys);
    // Another hash gives other counts of the same shares: within five deviations of a binomial one.
    const near = (share: number[], like: number[]): void =>
      like.forEach((count, i) => {
        const expected = Math.round((count / keys) * 20) / 20;
        expect(Math.abs(share[i] - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / keys));
      });
    const before = routes();
    near(shares(before), counts);
    client.bind('cq4', 'e', '1');
    const after = routes();
    near(shares(after), added.counts);
    const moved = after.filter((name, i) => name !== before[i]);
    expect(new Set(moved)).toEqual(new Set(['cq4']));
    client.channel.unbind({ kind: 'queue', name: 'cq1' }, 'e', '1', {});
    near(shares(routes()).slice(1), removed.counts);
  },
  'consistent-hash-nonnumeric-binding-key'(client) {
    client.exchange('e', 'x-consistent-hash');
    client.queue('cq1');
    expect(errorOf(() => client.bind('cq1', 'e', 'notanumber'))).toContain(
      '406 PRECONDITION_FAILED - The binding key must be an integer: notanumber',
    );
  },
};

it.each(vectors.rows.map((row) => [row.case, row.observed] as const))('%s', (name, observed) => {
  cases[name](new Client(), observed as never);
});

it.each([false, true])(
  'drops an exchange with its last binding by a delete, not by a crash; queue durable: %s',
  (durable) => {
    const { broker, ...client } = new Client();
    const { channel } = client;
    channel.declareExchange({ name: 'e', type: 'fanout', alternate: undefined, durable: true, autoDelete: true });
    channel.declareQueue({ name: 'q', durable, exclusive: false, autoDelete: false, arguments: {} });
    channel.bind({ kind: 'queue', name: 'q' }, 'e', '', {});
    broker.crash();
    broker.recover();
    expect(broker.exchanges.has('e')).toBe(true);
    new Client(broker).channel.deleteQueue('q');
    expect(broker.exchanges.has('e')).toBe(!durable);
  },
);
