/**
 * What a broker coordinates: transactions, and groups. The leader of a partition of their topics does, for the names that
 * the partition keeps; what it is asked by them waits for the partition's replicas, or for others, and is told where
 * that is over.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Call } from '../../../network/call.ts';
import { GroupCoordinator } from '../groups/group-coordinator.ts';
import type { GroupQuery } from '../groups/group-messages.ts';
import { isOffsetsPartition, type GroupsKept } from '../groups/offsets-log.ts';
import type { BrokerQuery, BrokerReply, TransactionQuery } from '../messages.ts';
import type { Replica } from '../replica.ts';
import { TransactionCoordinator } from '../transactions/coordinator.ts';
import { isTransactionPartition, type TransactionSettings } from '../transactions/transaction-log.ts';
import { CoordinatorWays, type Host } from './coordinator-ways.ts';

type BrokerCall = Call<BrokerQuery, BrokerReply>;

export class Coordinators {
  readonly ways: CoordinatorWays;
  readonly transactions: TransactionCoordinator | undefined;
  readonly groups: GroupCoordinator | undefined;
  private readonly host: Host;
  /** Asked and not answered: bounded by what clients have in flight. */
  private readonly open = new Set<BrokerCall>();

  constructor(
    sim: Simulation,
    host: Host,
    settings: { readonly transactions?: TransactionSettings | undefined; readonly groups?: GroupsKept | undefined },
  ) {
    this.host = host;
    this.ways = new CoordinatorWays(host);
    this.transactions = settings.transactions && new TransactionCoordinator(sim, this.ways, settings.transactions);
    this.groups = settings.groups && new GroupCoordinator(sim, this.ways, settings.groups);
  }

  receiveOfTransaction(call: BrokerCall, query: TransactionQuery): void {
    const answer = this.answerTo(call);
    if (this.transactions === undefined) answer({ error: 'not-coordinator' });
    else this.transactions.receive(query, call.request.id, answer);
  }

  receiveOfGroup(call: BrokerCall, query: GroupQuery): void {
    const answer = this.answerTo(call);
    if (this.groups === undefined) answer('not-coordinator');
    else this.groups.receive(query, call.request.id, answer);
  }

  /** What the broker is to a partition has changed. */
  changed(replica: Replica): void {
    if (isTransactionPartition(replica.id)) this.transactions?.partitions.changed(replica);
    else if (isOffsetsPartition(replica.id)) this.groups?.partitions.changed(replica);
  }

  /** More of a partition may be replicated. */
  advanced(partition: string): void {
    this.transactions?.partitions.advanced(partition);
    this.groups?.partitions.advanced(partition);
  }

  /** The broker has died: the calls that wait here. */
  drop(): readonly BrokerCall[] {
    const calls = [...this.open];
    this.open.clear();
    this.transactions?.partitions.drop();
    this.groups?.partitions.drop();
    return calls;
  }

  private answerTo(call: BrokerCall): (reply: BrokerReply) => void {
    this.open.add(call);
    return (reply) => {
      // The broker may have died meanwhile.
      if (this.open.delete(call)) this.host.answer(call, reply);
    };
  }
}
