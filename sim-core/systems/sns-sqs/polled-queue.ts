/**
 * A queue of SQS and those who wait for its messages: a receive with a wait (long polling) that finds nothing is answered
 * when a message becomes visible, or empty when its time is over. Those who wait are served in the order in which they began
 * to. (SQS Developer Guide, "Amazon SQS short and long polling".)
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import {
  IN_FLIGHT_MAX,
  VisibilityQueue,
  type Received,
  type VisibilityQueueOptions,
} from '../../messaging/channels/visibility-queue.ts';
import type { Call } from '../../network/call.ts';
import { refusal, type SqsReply, type SqsRequest } from './sqs-requests.ts';
import { receiveAnswered } from './sqs-signals.ts';

type Poll = Extract<SqsRequest, { readonly action: 'ReceiveMessage' }>;

interface Waiting {
  readonly call: Call<SqsRequest, SqsReply>;
  readonly poll: Poll;
  readonly alarm: EventHandle;
}

export class PolledQueue {
  readonly queue: VisibilityQueue;
  readonly fifo: boolean;
  private readonly sim: Simulation;
  private readonly waiting: Waiting[] = [];
  private readonly alarmKind: number;
  private readonly answered: FactChannel<Fact<typeof receiveAnswered>>;

  constructor(sim: Simulation, options: VisibilityQueueOptions) {
    const { name, fifo } = options;
    this.sim = sim;
    this.fifo = fifo;
    this.alarmKind = sim.eventKind(`${name} ends a receive that found nothing`);
    this.answered = sim.facts.channel(receiveAnswered);
    this.queue = new VisibilityQueue(sim, { ...options, onVisible: () => this.serve() });
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  poll(call: Call<SqsRequest, SqsReply>, poll: Poll): void {
    const { max, wait, visibility } = poll;
    // Only a standard queue says that too much is out, and only to a short poll.
    if (!this.fifo && wait === 0 && this.queue.inFlight >= IN_FLIGHT_MAX) {
      call.reply(refusal('OverLimit'));
      return;
    }
    const messages = this.queue.receive(max, visibility);
    if (messages.length > 0 || wait === 0) this.give(call, messages);
    else this.wait(call, poll);
  }

  /** Gives what is visible to those who wait for it. */
  serve(): void {
    while (this.waiting.length > 0) {
      const { call, poll, alarm } = this.waiting[0];
      const messages = this.queue.receive(poll.max, poll.visibility);
      if (messages.length === 0) return;
      this.waiting.shift();
      this.sim.cancel(alarm);
      this.give(call, messages);
    }
  }

  /** Those who wait get no answer but that the service is away. */
  sendAway(): void {
    for (const { call, alarm } of this.waiting.splice(0)) {
      this.sim.cancel(alarm);
      call.refuse('unavailable');
    }
  }

  private wait(call: Call<SqsRequest, SqsReply>, poll: Poll): void {
    const giveUp = (): void => {
      this.waiting.splice(this.waiting.indexOf(waiting), 1);
      this.give(call, []);
    };
    const alarm = this.sim.schedule(poll.wait, giveUp, undefined, this.alarmKind, call.request.id);
    const waiting = { call, poll, alarm };
    this.waiting.push(waiting);
  }

  private give(call: Call<SqsRequest, SqsReply>, messages: readonly Received[]): void {
    call.reply({ messages, isDone: messages.length > 0 });
    if (this.answered.heard) this.answered.emit({ queue: this.queue.name, messages: messages.length });
  }
}
