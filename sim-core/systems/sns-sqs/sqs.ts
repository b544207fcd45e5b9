/**
 * Amazon SQS in the network: queues of its two kinds (`messaging/channels/visibility-queue.ts`) that are asked over a link.
 * (Amazon SQS Developer Guide and API Reference.)
 *
 * Messages are kept on several machines and survive any fault here: in an outage the service refuses what it is asked, and
 * its clocks go on. Who has gone while it waited is answered all the same, and the messages are hidden for their time.
 *
 * What is in a dead-letter queue is moved back where it came from when somebody asks for that (`redrive.ts`).
 *
 * Does not model quotas of requests a second, batches, what a request costs or the time that the service takes, or the subset of
 * machines that a short poll asks.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { RECEIVE_MAX, type RedriveTarget, type VisibilityQueue } from '../../messaging/channels/visibility-queue.ts';
import { messageDeadLettered } from '../../messaging/dead-letter/facts.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { PolledQueue } from './polled-queue.ts';
import { Redrive } from './redrive.ts';
import { checkTime, LONGEST_VISIBILITY, LONGEST_WAIT, readQueueOptions, type SqsQueueOptions } from './sqs-queue.ts';
import { refusal, type SqsReply, type SqsRequest } from './sqs-requests.ts';
import { receiptStale, sqsSignals } from './sqs-signals.ts';

type SqsCall = Call<SqsRequest, SqsReply>;
type Asked<Action> = Extract<SqsRequest, { readonly action: Action }>;

const DONE: SqsReply = { messages: [], isDone: true };
const NOTHING: SqsReply = { messages: [], isDone: false };

export class Sqs implements Endpoint<SqsRequest, SqsReply>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help: string;
  readonly signals = sqsSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly queues = new Map<string, PolledQueue>();
  private readonly stale: FactChannel<Fact<typeof receiptStale>>;
  private readonly redrive: Redrive;
  private awayUntil: Time = 0;

  constructor(sim: Simulation, { name, help }: { readonly name: string; readonly help: string }) {
    this.sim = sim;
    this.name = name;
    this.help = help;
    this.stale = sim.facts.channel(receiptStale);
    this.redrive = new Redrive(sim, () => this.isAway);
    this.interventions = { outage: this.failing(), redrive: this.redrive.intervention };
    register(sim, this);
  }

  createQueue(options: SqsQueueOptions): VisibilityQueue {
    const { name, redrive } = options;
    if (this.queues.has(name)) throw new RangeError(`${this.name}: there is a queue ${name} already`);
    const polled = new PolledQueue(this.sim, {
      name,
      ...readQueueOptions(options),
      receivesMax: redrive?.maxReceiveCount ?? Infinity,
      deadLetters: redrive === undefined ? undefined : this.targetOf(name, redrive.queue),
    });
    this.queues.set(name, polled);
    return polled.queue;
  }

  receive(call: SqsCall): void {
    if (this.isAway) {
      call.refuse('unavailable');
      return;
    }
    const polled = this.queues.get(call.query.queue);
    if (polled === undefined) call.reply(refusal('QueueDoesNotExist'));
    else this.answer(call, polled);
  }

  state(): Readonly<Record<string, number | string>> {
    const state: Record<string, number | string> = {};
    for (const { queue, waitingCount } of this.queues.values()) {
      state[queue.name] = `${queue.visible} visible, ${queue.inFlight} out, ${waitingCount} wait`;
    }
    return this.isAway ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    return [...this.queues.values()].flatMap(({ queue }) => queue.violations());
  }

  private get isAway(): boolean {
    return this.sim.now < this.awayUntil;
  }

  private answer(call: SqsCall, polled: PolledQueue): void {
    const { query } = call;
    if (query.action === 'SendMessage') this.send(call, polled, query);
    else if (query.action === 'ReceiveMessage') this.poll(call, polled, query);
    else if (query.action === 'DeleteMessage') this.delete(call, polled, query.receipt);
    else this.change(call, polled, query);
  }

  private send(call: SqsCall, polled: PolledQueue, { message, fifo }: Asked<'SendMessage'>): void {
    if (polled.fifo && fifo === undefined) {
      call.reply(refusal('InvalidParameterValue'));
      return;
    }
    polled.queue.send(message, fifo);
    call.reply(DONE);
    polled.serve();
  }

  private poll(call: SqsCall, polled: PolledQueue, query: Asked<'ReceiveMessage'>): void {
    const { max, wait, visibility } = query;
    if (!Number.isInteger(max) || max < 1 || max > RECEIVE_MAX) {
      throw new RangeError(
        `${this.name}: MaxNumberOfMessages is ${max}; it must be an integer from 1 to ${RECEIVE_MAX}`,
      );
    }
    checkTime(`${this.name}: WaitTimeSeconds`, wait, 0, LONGEST_WAIT);
    if (visibility !== undefined) checkTime(`${this.name}: VisibilityTimeout`, visibility, 0, LONGEST_VISIBILITY);
    polled.poll(call, query);
  }

  private delete(call: SqsCall, polled: PolledQueue, receipt: number): void {
    if (polled.queue.delete(receipt)) {
      call.reply(DONE);
      // In a FIFO queue the rest of the group may go now.
      polled.serve();
      return;
    }
    this.tellStale(call);
    call.reply(polled.fifo ? refusal('ReceiptHandleHasExpired') : NOTHING);
  }

  private change(call: SqsCall, { queue }: PolledQueue, query: Asked<'ChangeMessageVisibility'>): void {
    checkTime(`${this.name}: VisibilityTimeout`, query.visibility, 0, LONGEST_VISIBILITY);
    // However often it is renewed, it is hidden for that long from its receive at most (API Reference, ChangeMessageVisibility).
    const since = queue.hiddenSince(query.receipt) ?? Infinity;
    if (this.sim.now + query.visibility > since + LONGEST_VISIBILITY) {
      call.reply(refusal('InvalidParameterValue'));
      return;
    }
    if (queue.changeVisibility(query.receipt, query.visibility)) {
      call.reply(DONE);
      return;
    }
    this.tellStale(call);
    call.reply(refusal('MessageNotInflight'));
  }

  private tellStale({ query: { action, queue }, request }: SqsCall): void {
    if (this.stale.heard) this.stale.emit({ queue, request: request.id, action });
  }

  /** Dead letters of a queue go to one that was made before it, so that none comes round. */
  private targetOf(source: string, target: string): RedriveTarget {
    if (!this.queues.has(target)) {
      throw new RangeError(`${source}: there is no queue ${target} for its dead letters; create it first`);
    }
    const polled = this.queues.get(target)!;
    this.redrive.serves(polled);
    const deaths = this.sim.facts.channel(messageDeadLettered);
    return (message, reason, origin, attempts, fifo) => {
      if (deaths.heard) deaths.emit({ queue: target, request: message.request.id, reason, attempts, origin });
      this.redrive.died(message, this.queues.get(source)!);
      polled.queue.send(message, fifo);
      polled.serve();
      return 'sent';
    };
  }

  private failing(): Intervention {
    return {
      help: 'The service answers nobody for so many seconds; messages are kept, and their times run on',
      arguments: [{ name: 'seconds', help: 'how long', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.fail(Math.round(seconds * SECOND)),
    };
  }

  private fail(downtime: Duration): void {
    this.awayUntil = Math.max(this.awayUntil, this.sim.now + downtime);
    for (const polled of this.queues.values()) polled.sendAway();
  }
}
