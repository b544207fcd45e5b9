/**
 * Conservation in a JetStream stream: whatever is published, asked for, settled, removed and limited, and whenever the server
 * is killed and how long it is down, each copy (a message for a consumer) has one fate; copies come into being by being stored,
 * by a server that forgets what had ended, and by a nak of what nobody waited for, and in no other way. And out of
 * files no message is lost that a server had answered for.
 */
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { Fates } from '../../../../../sim-core/messaging/fates.ts';
import type {
  ConsumerConfiguration,
  StreamConfiguration,
} from '../../../../../sim-core/systems/nats/jetstream/configuration.ts';
import type { JetStreamConsumer, JetStreamDelivery } from '../../../../../sim-core/systems/nats/jetstream/consumer.ts';
import { JetStream } from '../../../../../sim-core/systems/nats/jetstream/jet-stream.ts';
import { StreamPosition } from '../../../../../sim-core/systems/nats/jetstream/position.ts';
import { UnacknowledgedMessages } from '../../../../../sim-core/systems/nats/jetstream/unacknowledged.ts';
import { deedsOf } from '../../../../deeds.ts';

afterEach(() => void vi.restoreAllMocks());

type Consumer = JetStreamConsumer<number>;
const LIMITS = fc.record(
  {
    maxMessages: fc.integer({ min: 1, max: 6 }),
    maxMessagesPerSubject: fc.integer({ min: 1, max: 3 }),
    maxAge: fc.integer({ min: 20, max: 300 }).map(ms),
    discard: fc.constantFrom('old' as const, 'new' as const),
  },
  { requiredKeys: [] },
);
const streams = fc
  .tuple(
    LIMITS,
    fc.constantFrom('limits' as const, 'interest' as const, 'workqueue' as const),
    fc.constantFrom('file' as const, 'file' as const, 'memory' as const),
  )
  .map(([limits, retention, storage]) => ({ ...limits, retention, storage }));
const consumers = fc.record(
  {
    ackPolicy: fc.constantFrom('none' as const, 'all' as const, 'explicit' as const),
    ackWait: fc.constantFrom(ms(30), ms(200)),
    maxDeliver: fc.constantFrom(1, 3),
    maxAckPending: fc.constantFrom(1, 3),
    filter: fc.constantFrom('a', '*'),
  },
  { requiredKeys: [] },
);

class Lab {
  readonly sim = new Simulation();
  readonly stream: JetStream<number>;
  /** All that there ever were, with what each was handed, and the copies that are known to have come into being. */
  readonly consumers: { readonly consumer: Consumer; readonly had: JetStreamDelivery<number>[]; copies: number }[] = [];

  constructor(configuration: Partial<StreamConfiguration>) {
    this.stream = new JetStream<number>(this.sim, { name: 's', subjects: ['*'], ...configuration });
  }

  publish(subject: string): void {
    const stored = this.attempt(() => this.stream.publish({ subject, bytes: 1, payload: 0 }));
    if (stored === undefined) return;
    // What nobody is interested in uses up a number and is not stored.
    const skipped =
      this.stream.configuration.retention === 'interest' &&
      !this.live.some(({ consumer }) => consumer.matches(subject));
    if (!skipped) for (const each of this.live) if (each.consumer.matches(subject)) each.copies++;
  }

  add(configuration: Omit<ConsumerConfiguration, 'name'>): void {
    const consumer = this.attempt(() =>
      this.stream.addConsumer({ name: `c${this.consumers.length}`, ...configuration }),
    );
    if (consumer !== undefined) this.consumers.push({ consumer, had: [], copies: consumer.books.total });
  }

  with(pick: number, act: (each: (typeof this.consumers)[number]) => void): void {
    if (this.consumers.length > 0) act(this.consumers[pick % this.consumers.length]);
  }

  fetch(pick: number, count: number): void {
    this.with(pick, ({ consumer, had }) => {
      if (this.live.some((each) => each.consumer === consumer))
        consumer.request(count, this.sim.now + ms(15), (delivery) => had.push(delivery));
    });
  }

  settle(pick: number, nth: number, how: number): void {
    this.with(pick, (each) => {
      const { consumer, had } = each;
      const delivery = had[nth % had.length];
      if (delivery === undefined) return;
      if (how === 0) consumer.acknowledge(delivery);
      else if (how === 1) this.mayMake(1, () => consumer.reject(delivery));
      else if (how === 2) consumer.reject(delivery, ms(20));
      else if (how === 3) consumer.terminate(delivery);
      else consumer.inProgress(delivery);
    });
  }

  crash(time: number): void {
    this.mayMake(this.stream.store.count, () => this.stream.crash());
    refuse(this.wrong());
    this.elapse(time);
    this.stream.recover();
  }

  elapse(time: number): void {
    this.sim.runUntil(this.sim.now + ms(time));
  }

  wrong(): string[] {
    return [
      ...this.stream.violations(),
      ...this.consumers.flatMap(({ consumer, copies }) => [
        ...consumer.violations('s'),
        ...(consumer.books.total === copies ? [] : [`${consumer.name}: ${consumer.books.total} copies, not ${copies}`]),
      ]),
    ];
  }

  private get live() {
    return this.consumers.filter(({ consumer }) => this.stream.consumers.get(consumer.name) === consumer);
  }

  /** Copies that this makes, at most so many for each consumer, are others of messages that there were. */
  private mayMake(most: number, act: () => void): void {
    const before = this.consumers.map(({ consumer }) => consumer.books.total);
    act();
    for (const [i, each] of this.consumers.entries()) {
      const made = each.consumer.books.total - before[i];
      if (made < 0 || made > most) throw new Error(`${each.consumer.name}: ${made} copies were made`);
      each.copies += made;
    }
  }

  private attempt<Result>(act: () => Result): Result | undefined {
    try {
      return act();
    } catch (error) {
      if (error instanceof Error && error.name === 'JetStreamError') return undefined;
      throw error;
    }
  }
}

const subject = fc.constantFrom('a', 'b');
const doing = deedsOf<Lab>();
const pick = fc.nat(2);
const publishing = doing(fc.tuple(subject), (lab, chosen) => lab.publish(chosen));
const fetching = doing(fc.tuple(pick, fc.integer({ min: 1, max: 3 })), (lab, who, count) => lab.fetch(who, count));
const settling = doing(fc.tuple(pick, fc.nat(9), fc.nat(4)), (lab, who, nth, how) => lab.settle(who, nth, how));
const elapsing = doing(fc.tuple(fc.nat(120)), (lab, time) => lab.elapse(time));
const crashing = doing(fc.tuple(fc.nat(300)), (lab, time) => lab.crash(time));
const removing = fc.oneof(
  doing(fc.tuple(fc.integer({ min: 1, max: 12 })), (lab, sequence) => void lab.stream.deleteMessage(sequence)),
  doing(fc.tuple(), (lab) => void lab.stream.purge()),
  doing(fc.tuple(pick), (lab, who) => lab.with(who, ({ consumer }) => void lab.stream.deleteConsumer(consumer.name))),
);
const deed = fc.oneof(
  { weight: 6, arbitrary: publishing },
  { weight: 5, arbitrary: fetching },
  { weight: 5, arbitrary: settling },
  { weight: 3, arbitrary: elapsing },
  { weight: 2, arbitrary: crashing },
  { weight: 1, arbitrary: removing },
  { weight: 1, arbitrary: doing(fc.tuple(consumers), (lab, configuration) => lab.add(configuration)) },
);

const conserves = fc.property(streams, consumers, fc.array(deed, { maxLength: 50 }), (configuration, first, todo) => {
  const lab = new Lab(configuration);
  lab.add(first);
  for (const act of todo) {
    act(lab);
    refuse(lab.wrong());
  }
});

function refuse(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

it('has one fate for every copy, whatever happens', () => {
  fc.assert(conserves, { numRuns: 300 });
});

/** Nothing is removed, nobody gives up: then every message is acknowledged in the end. */
const survives = fc.property(
  fc.array(fc.oneof({ weight: 5, arbitrary: publishing }, fetching, fetching, settling, settling, elapsing, crashing), {
    maxLength: 50,
  }),
  fc.constantFrom(1, 3, 1000),
  (todo, maxAckPending) => {
    const lab = new Lab({});
    lab.add({ ackWait: ms(30), maxAckPending });
    const { consumer } = lab.consumers[0];
    const acknowledged = new Set<number>();
    // Who terminates a message is done with it as well.
    for (const end of ['acknowledge', 'terminate'] as const) {
      const sound = consumer[end];
      vi.spyOn(consumer, end).mockImplementation((delivery) => {
        acknowledged.add(delivery.message.sequence);
        sound.call(consumer, delivery);
      });
    }
    for (const act of todo) act(lab);
    const { sim, stream } = lab;
    // Each round lasts longer than any first look after a start and any wait for an acknowledgement.
    for (let round = 0; round <= stream.store.count; round++) {
      consumer.request(stream.store.count + 1, sim.now + s(2), (delivery) => consumer.acknowledge(delivery));
      sim.runUntil(sim.now + s(2));
    }
    refuse(lab.wrong());
    const missed = [...stream.store.all()].filter(({ sequence }) => !acknowledged.has(sequence));
    refuse(missed.map(({ sequence }) => `message ${sequence} never came again`));
    const open = consumer.books.count('ready') + consumer.books.count('in-flight');
    refuse(open === 0 ? [] : [`${open} copies have come to no end`]);
  },
);

it('loses no message out of files, whenever its server is killed', () => {
  fc.assert(survives, { numRuns: 200 });
});

const FAULTS: Record<string, () => void> = {
  'forgets what was out when its server was killed': () => {
    const { restore } = UnacknowledgedMessages.prototype;
    vi.spyOn(UnacknowledgedMessages.prototype, 'restore').mockImplementation(function (
      this: UnacknowledgedMessages,
      state,
    ) {
      restore.call(this, state, () => false);
    });
  },
  'goes on behind what it had delivered and not written down': () => {
    vi.spyOn(StreamPosition.prototype, 'restart').mockImplementation(() => {});
  },
  'has no fate for what it gives up': () => {
    const { move } = Fates.prototype;
    vi.spyOn(Fates.prototype, 'move').mockImplementation(function (this: Fates, from, to) {
      if (to !== 'dropped') move.call(this, from, to);
    });
  },
  'takes a message in without a word': () => {
    vi.spyOn(StreamPosition.prototype, 'isAhead').mockReturnValue(false);
  },
};

it.each(Object.entries(FAULTS))('finds one that %s', (_, plant) => {
  plant();
  const found = [conserves, survives].some(
    (property) => fc.check(property as fc.IProperty<unknown>, { numRuns: 60, seed: 1 }).failed,
  );
  expect(found).toBe(true);
});
