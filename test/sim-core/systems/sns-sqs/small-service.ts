/** SQS, a producer and consumers, small enough to try every moment of a fault. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, type Duration } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import type { FifoAttributes } from '../../../../sim-core/messaging/channels/visibility-queue.ts';
import { HandlingFailed } from '../../../../sim-core/messaging/consuming/received.ts';
import { QueueLedger } from '../../../../sim-core/messaging/consuming/queue-ledger.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { SqsConsumer, type SqsConsumerOptions } from '../../../../sim-core/systems/sns-sqs/sqs-consumer.ts';
import type { SqsQueueOptions } from '../../../../sim-core/systems/sns-sqs/sqs-queue.ts';
import type { SqsReply, SqsRequest } from '../../../../sim-core/systems/sns-sqs/sqs-requests.ts';
import { Sqs } from '../../../../sim-core/systems/sns-sqs/sqs.ts';

export const WAY = ms(5);

export class SmallService {
  readonly sim = new Simulation();
  readonly ledger = new QueueLedger(this.sim, 'effects');
  readonly sqs = new Sqs(this.sim, { name: 'sqs', help: 'the service' });
  readonly consumers: SqsConsumer[] = [];
  /** `who:message` in order of their ends, and when each began. */
  readonly handled: string[] = [];
  readonly begun: { readonly who: string; readonly id: number; readonly at: number }[] = [];
  readonly link = new Link<SqsRequest, SqsReply>(this.sim, this.sqs, { from: 'client', delay: constant(WAY) });
  private asked = 1_000_000;

  constructor(...queues: SqsQueueOptions[]) {
    for (const options of queues) this.sqs.createQueue(options);
  }

  consumer(
    name: string,
    work: (id: number) => Duration,
    options: Partial<SqsConsumerOptions> & { readonly fails?: (id: number) => boolean } = {},
  ): SqsConsumer {
    const { begun, handled, ledger, sim, sqs } = this;
    const { fails = () => false } = options;
    const consumer = new SqsConsumer(sim, {
      name,
      help: 'handles',
      sqs,
      queue: 'q',
      concurrency: 1,
      wait: s(20),
      retryAfter: ms(100),
      delay: constant(WAY),
      keyOf: ({ request }) => request.id,
      observers: [ledger],
      *handler(received) {
        begun.push({ who: name, id: received.id, at: sim.now });
        yield work(received.id);
        if (fails(received.id)) throw new HandlingFailed('transient');
        ledger.applied(received);
        handled.push(`${name}:${received.id}`);
      },
      ...options,
    });
    this.consumers.push(consumer);
    return consumer;
  }

  /** Sends a message until the service has it; its sender then counts on it. */
  send(id: number, fifo?: FifoAttributes, queue = 'q'): void {
    const { link, ledger, sim } = this;
    const request = new RequestContext(id, sim.now);
    const message = makeMessage({ request, content: id, sent: sim.now });
    const query: SqsRequest = { action: 'SendMessage', queue, message, ...(fifo === undefined ? {} : { fifo }) };
    spawn(
      sim,
      `send ${id}`,
      (function* () {
        for (;;) {
          try {
            yield* link.call(query, request);
            ledger.confirmed(id);
            return;
          } catch (error) {
            if (!(error instanceof CallFailed)) throw error;
          }
          yield ms(50);
        }
      })(),
    );
  }

  /** Asks something, and lets time pass until it is answered. */
  ask(query: SqsRequest): SqsReply {
    const { link, sim } = this;
    const request = new RequestContext(this.asked++, sim.now);
    let reply: SqsReply | undefined;
    spawn(
      sim,
      'asks',
      (function* () {
        reply = yield* link.call(query, request);
      })(),
    );
    while (reply === undefined) sim.runUntil(sim.now + ms(1));
    return reply;
  }

  elapse(time: Duration): void {
    const end = this.sim.now + time;
    while (!this.sim.runUntil(end, 100)) this.check();
    this.check();
  }

  private check(): void {
    const broken = [this.sqs, this.ledger, ...this.consumers].flatMap((part) => part.violations());
    if (broken.length > 0) throw new Error(broken.join('; '));
  }
}
