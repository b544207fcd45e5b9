/** What a broker's coordinators reach: its own logs, and the other brokers. */
import type { Waiter } from '../../../kernel/wait.ts';
import type { Marker } from '../../../messaging/log/record-batch.ts';
import type { ProducerIdentity } from '../../../messaging/transactions/transaction.ts';
import type { Call } from '../../../network/call.ts';
import type { Link } from '../../../network/link.ts';
import type { RequestContext } from '../../../network/request-context.ts';
import type { ChannelOwner } from '../controller-channel.ts';
import type { BrokerQuery, BrokerReply, Draft, MarkersQuery, ProduceError, ProduceResult } from '../messages.ts';
import type { CoordinatorOwner } from '../transactions/coordinator.ts';

/** The broker itself. */
export interface Host extends ChannelOwner {
  nextRequest(): RequestContext;
  leaderOf(partition: string): string | undefined;
  write(partition: string, draft: Draft, done: (error: ProduceError | undefined) => void): void;
  writeMarkers(query: MarkersQuery, done: (results: readonly ProduceResult[]) => void): void;
  answer(call: Call<BrokerQuery, BrokerReply>, reply: BrokerReply): void;
}

export class CoordinatorWays implements CoordinatorOwner {
  private readonly host: Host;
  private readonly peers = new Map<string, Link<BrokerQuery, BrokerReply>>();

  constructor(host: Host) {
    this.host = host;
  }

  get name(): string {
    return this.host.broker.name;
  }

  attach(other: Link<BrokerQuery, BrokerReply>): void {
    this.peers.set(other.to, other);
  }

  nextId(): number {
    return this.host.nextRequest().id;
  }

  write(partition: string, draft: Draft, done: (error: ProduceError | undefined) => void): void {
    this.host.write(partition, draft, done);
  }

  leaderOf(partition: string): string | undefined {
    return this.host.leaderOf(partition);
  }

  toBroker(
    broker: string,
    marker: Marker,
    producer: ProducerIdentity,
    partitions: readonly string[],
    answered: (taken: readonly string[]) => void,
  ): void {
    const query: MarkersQuery = { kind: 'markers', marker, producer, partitions };
    const hear = (results: readonly ProduceResult[] = []): void =>
      answered(results.flatMap(({ partition, error }) => (error === undefined ? [partition] : [])));
    if (broker === this.name) this.host.writeMarkers(query, hear);
    else this.ask(this.peers.get(broker)!, query, (reply) => hear(reply as readonly ProduceResult[] | undefined));
  }

  /** Calls back with undefined if there is no answer, and not at all if the broker has died meanwhile. */
  private ask(link: Link<BrokerQuery, BrokerReply>, query: BrokerQuery, answered: (reply: BrokerReply) => void): void {
    const { host } = this;
    const { broker } = host;
    const { life } = broker;
    const inThisLife = (act: () => void): void => {
      if (life === broker.life) act();
    };
    const waiter: Waiter = {
      resume: ({ result }) => host.pass(() => inThisLife(() => answered(result as BrokerReply))),
      fail: () => inThisLife(() => answered(undefined)),
    };
    host.pass(() => inThisLife(() => link.call(query, host.nextRequest()).begin(waiter)));
  }
}
