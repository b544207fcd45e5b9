/** A producer's side of a publish with confirms: `const { outcome } = yield* producer.send(message)`. */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { CallFailed } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import { messageSent } from './facts.ts';
import type { Confirm, Publish } from './rabbitmq.ts';

export class Producer {
  private readonly link: Link<Publish, Confirm>;
  private readonly sent: FactChannel<Fact<typeof messageSent>>;

  constructor(link: Link<Publish, Confirm>) {
    this.link = link;
    this.sent = link.sim.facts.channel(messageSent);
  }

  /** Waits for the broker's word. Throws the `CallFailed` where there is none: then nobody knows what became of it. */
  *send(message: Message, mandatory = false): Behaviour<Confirm> {
    const since = this.link.sim.now;
    try {
      const confirm = yield* this.link.call({ message, mandatory, publisher: this }, message.request);
      this.tell(message, confirm.outcome, confirm.queues, since);
      return confirm;
    } catch (error) {
      if (error instanceof CallFailed) this.tell(message, error.failure, 0, since);
      throw error;
    }
  }

  private tell({ request, exchange }: Message, outcome: string, queues: number, since: number): void {
    if (!this.sent.heard) return;
    const { sim, to: broker } = this.link;
    this.sent.emit({ broker, request: request.id, exchange, outcome, queues, duration: sim.now - since });
  }
}
