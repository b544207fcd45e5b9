/**
 * Which queues of a play are there, whose they are, and how they stand. It asks on a channel of its own, since asking for a
 * queue that has gone closes the channel.
 */
import type { ConfirmChannel } from 'amqplib';
import type { Names } from './names.ts';
import { QUEUES, type Actor, type QueueStates } from './steps.ts';

export interface Asker {
  control: ConfirmChannel;
  openControl(): Promise<ConfirmChannel>;
}

export class QueueWatch {
  /** Whether there are some that work through a log. */
  hasQuorum = false;
  private readonly owners = new Map<string, Actor>();
  private readonly names: Names;

  constructor(names: Names) {
    this.names = names;
  }

  declared(queue: string, actor: Actor, exclusive: boolean, isQuorum: boolean): void {
    if (!this.owners.has(queue) || exclusive) this.owners.set(queue, actor);
    if (isQuorum) this.hasQuorum = true;
  }

  /** Who can ask for a queue: whoever declared it, for it may be that client's own; undefined if it is not there. */
  ownerOf(queue: string): Actor | undefined {
    return this.owners.get(queue);
  }

  async states(askers: readonly Asker[]): Promise<QueueStates> {
    const states: Record<string, readonly [number, number]> = {};
    for (const name of QUEUES) {
      const actor = this.owners.get(name);
      if (actor === undefined) continue;
      const asker = askers[actor];
      try {
        const { messageCount, consumerCount } = await asker.control.checkQueue(this.names.long(name));
        states[name] = [messageCount, consumerCount];
      } catch {
        this.owners.delete(name);
        asker.control = await asker.openControl();
      }
    }
    return states;
  }

  async deleteAll(askers: readonly Asker[]): Promise<void> {
    for (const [name, actor] of this.owners) await askers[actor].control.deleteQueue(this.names.long(name));
  }
}
