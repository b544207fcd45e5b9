/**
 * Sends the markers of a decided transaction to all who take part, and again to those who have not taken them, until all
 * have: TransactionMarkerChannelManager of apache/kafka. What is decided is in the coordinator's log by then, so that a
 * successor sends them too; who has one already knows it again.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import type { Marker } from '../../../messaging/log/record-batch.ts';
import { markerOf, type ProducerIdentity, type Transaction } from '../../../messaging/transactions/transaction.ts';

export interface MarkerWays {
  leaderOf(partition: string): string | undefined;
  /** Asks a broker, itself perhaps; gives those partitions that have taken the marker. */
  toBroker(
    broker: string,
    marker: Marker,
    producer: ProducerIdentity,
    partitions: readonly string[],
    answered: (taken: readonly string[]) => void,
  ): void;
}

interface Sending {
  readonly marker: Marker;
  readonly producer: ProducerIdentity;
  readonly left: Set<string>;
  /** Whether the coordinator still is one. */
  readonly isWanted: () => boolean;
  readonly done: () => void;
  asked: number;
}

export class Markers {
  private readonly sim: Simulation;
  private readonly ways: MarkerWays;
  private readonly backoff: Duration;
  private readonly againKind: number;

  constructor(sim: Simulation, owner: string, ways: MarkerWays, backoff: Duration) {
    this.sim = sim;
    this.ways = ways;
    this.backoff = backoff;
    this.againKind = sim.eventKind(`${owner} sends markers again`);
  }

  send(decided: Transaction, isWanted: () => boolean, done: () => void): void {
    const { producer: id, epoch, participants } = decided;
    const left = new Set(participants);
    this.step({ marker: markerOf(decided)!, producer: { id, epoch }, left, isWanted, done, asked: 0 });
  }

  private step(sending: Sending): void {
    if (!sending.isWanted()) return;
    const { marker, producer, left } = sending;
    const byBroker = new Map<string, string[]>();
    for (const participant of left) {
      const leader = this.ways.leaderOf(participant);
      if (leader !== undefined) byBroker.set(leader, [...(byBroker.get(leader) ?? []), participant]);
    }
    // Counted before the first of them may answer.
    sending.asked = byBroker.size;
    if (sending.asked === 0) this.again(sending);
    for (const [broker, partitions] of byBroker) {
      this.ways.toBroker(broker, marker, producer, partitions, (taken) => this.hear(sending, taken));
    }
  }

  private hear(sending: Sending, taken: readonly string[]): void {
    for (const participant of taken) sending.left.delete(participant);
    if (--sending.asked > 0) return;
    if (sending.left.size > 0) this.again(sending);
    else if (sending.isWanted()) sending.done();
  }

  private again(sending: Sending): void {
    this.sim.schedule(this.backoff, (late) => this.step(late), sending, this.againKind);
  }
}
