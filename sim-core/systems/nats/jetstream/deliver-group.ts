/**
 * Who listens to a push consumer: each message goes to one member of its deliver group, whichever the server picks, as with
 * a queue group (https://docs.nats.io/nats-concepts/jetstream/consumers, "DeliverGroup"). Without members it delivers nothing.
 */
import type { RandomStream } from '../../../kernel/random-stream.ts';
import type { JetStreamConsumer, JetStreamDelivery } from './consumer.ts';

type Member<Payload> = (delivery: JetStreamDelivery<Payload>) => void;

export class DeliverGroup<Payload> {
  private readonly choices: RandomStream;
  private members: Member<Payload>[] = [];

  constructor(choices: RandomStream) {
    this.choices = choices;
  }

  join(consumer: JetStreamConsumer<Payload>, member: Member<Payload>): void {
    this.members.push(member);
    consumer.listen((delivery) => this.members[this.choices.integer(this.members.length)](delivery));
  }

  leave(consumer: JetStreamConsumer<Payload> | undefined, member: Member<Payload>): void {
    this.members = this.members.filter((each) => each !== member);
    if (this.members.length === 0) consumer?.listen(undefined);
  }
}
