/** A client's connection: its channels, and the queues that are its own. */
import type { Broker, Connected } from './broker.ts';
import { Channel } from './channel.ts';

export class Connection implements Connected {
  private readonly broker: Broker;
  private readonly channels = new Set<Channel>();

  constructor(broker: Broker) {
    this.broker = broker;
    broker.connected(this);
  }

  open(): Channel {
    const channel = new Channel(this.broker, this, () => this.channels.delete(channel));
    this.channels.add(channel);
    return channel;
  }

  /** Closes it in good order: what its consumers had is ready again. */
  close(): void {
    for (const channel of this.channels) channel.close();
    this.broker.disconnected(this);
  }

  queueGone(name: string): void {
    for (const channel of this.channels) channel.queueGone(name);
  }
}
