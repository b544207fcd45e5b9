/**
 * What SQS knows of its dead letters: which queue each was in, and what is being moved back to where it came from. A message that
 * is moved back is a new one, with another id and from now on: its receives are counted anew, and it is kept as long as any
 * other. (Amazon SQS Developer Guide, "Learn how to configure a dead-letter queue redrive".)
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Message } from '../../messaging/channels/message.ts';
import type { FifoAttributes } from '../../messaging/channels/visibility-queue.ts';
import { deadLetterRedriven } from '../../messaging/dead-letter/signals.ts';
import type { Intervention } from '../../network/component.ts';
import { MessageMoveTask, MOVES_A_SECOND_MAX } from './message-move-task.ts';
import type { PolledQueue } from './polled-queue.ts';

export class Redrive {
  readonly intervention: Intervention;
  private readonly sim: Simulation;
  private readonly isAway: () => boolean;
  /** By dead-letter queue: the task that has moved from it last. */
  private readonly tasks = new Map<PolledQueue, MessageMoveTask | undefined>();
  private readonly origins = new WeakMap<Message, PolledQueue>();
  private readonly timesMoved = new WeakMap<Message, number>();
  private readonly redriven: FactChannel<Fact<typeof deadLetterRedriven>>;

  /** `isAway`: whether the service is away now. */
  constructor(sim: Simulation, isAway: () => boolean) {
    this.sim = sim;
    this.isAway = isAway;
    this.redriven = sim.facts.channel(deadLetterRedriven);
    this.intervention = {
      help: 'Starts to move what each dead-letter queue has back to the queues it came from, unless that is under way (StartMessageMoveTask)',
      of: 'operation',
      arguments: [
        { name: 'rate', help: 'messages a second', min: 1, max: MOVES_A_SECOND_MAX, default: MOVES_A_SECOND_MAX },
      ],
      apply: ([perSecond]) => {
        for (const [from, task] of this.tasks) if (task?.isOver !== false) this.start(from, Math.round(perSecond));
      },
    };
  }

  /** Dead letters go to this queue. */
  serves(queue: PolledQueue): void {
    if (!this.tasks.has(queue)) this.tasks.set(queue, undefined);
  }

  /** A message that was in this queue is a dead letter. */
  died(message: Message, origin: PolledQueue): void {
    this.origins.set(message, origin);
  }

  private start(from: PolledQueue, perSecond: number): void {
    const { isAway } = this;
    const send = (message: Message, fifo: FifoAttributes | undefined): void => this.sendBack(from, message, fifo);
    // What somebody has sent to the dead letters came from nowhere, and stays there.
    const movable = (message: Message): boolean => this.origins.has(message);
    this.tasks.set(from, new MessageMoveTask(this.sim, { queue: from.queue, perSecond, isAway, movable, send }));
  }

  private sendBack(from: PolledQueue, message: Message, fifo: FifoAttributes | undefined): void {
    const to = this.origins.get(message)!;
    const times = (this.timesMoved.get(message) ?? 0) + 1;
    const sent = { ...message, sent: this.sim.now };
    this.timesMoved.set(sent, times);
    to.queue.send(sent, fifo && { ...fifo, deduplication: `${fifo.deduplication}, moved` });
    if (this.redriven.heard) {
      const [queue, request] = [from.queue.name, message.request.id];
      this.redriven.emit({ queue, request, to: to.queue.name, times, isParked: false });
    }
    to.serve();
  }
}
