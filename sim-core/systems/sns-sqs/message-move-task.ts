/**
 * A task that moves what a dead-letter queue has back to the queues that it came from, so many messages a second, the oldest
 * first (Amazon SQS API Reference, "StartMessageMoveTask", and Developer Guide, "Learn how to configure a dead-letter queue
 * redrive"). While the service is away it waits. That it is over when it has moved as many as there were when it began, or finds none, is a
 * choice of the model: what comes back meanwhile does not keep it going.
 *
 * Does not model another destination, the rate that the service chooses by itself, or that a task can be cancelled.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import type { VisibilityQueue } from '../../messaging/channels/visibility-queue.ts';

/** "The maximum value for messages per second is 500." */
export const MOVES_A_SECOND_MAX = 500;

export interface MessageMoveTaskOptions {
  readonly queue: VisibilityQueue;
  /** `MaxNumberOfMessagesPerSecond`: an integer from 1 to 500. */
  readonly perSecond: number;
  readonly isAway: () => boolean;
  /** What has a queue that it came from. */
  readonly movable: (message: Message) => boolean;
  readonly send: Parameters<VisibilityQueue['moveFirst']>[0];
}

export class MessageMoveTask {
  private readonly sim: Simulation;
  private readonly options: MessageMoveTaskOptions;
  private readonly kind: number;
  private left: number;

  constructor(sim: Simulation, options: MessageMoveTaskOptions) {
    this.sim = sim;
    this.options = options;
    this.kind = sim.eventKind(`a message of ${options.queue.name} is moved back`);
    this.left = options.queue.visible;
    this.schedule();
  }

  get isOver(): boolean {
    return this.left === 0;
  }

  private schedule(): void {
    if (this.left === 0) return;
    this.sim.schedule(Math.round(SECOND / this.options.perSecond), () => this.move(), undefined, this.kind);
  }

  private move(): void {
    const { queue, isAway, movable, send } = this.options;
    if (!isAway()) this.left = queue.moveFirst(send, movable) ? this.left - 1 : 0;
    this.schedule();
  }
}
