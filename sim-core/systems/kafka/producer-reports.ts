/** Says what a producer does, to whoever listens. */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { ProducerBatch } from './producer-batch.ts';
import {
  batchFailed,
  batchSent,
  callersBlocked,
  produceSent,
  producerBuffer,
  recordCompleted,
} from './producer-signals.ts';
import type { SentRecord } from './record-book.ts';

export class ProducerReports {
  private readonly sim: Simulation;
  private readonly producer: string;
  private readonly completed: FactChannel<Fact<typeof recordCompleted>>;
  private readonly batches: FactChannel<Fact<typeof batchSent>>;
  private readonly failures: FactChannel<Fact<typeof batchFailed>>;
  private readonly requests: FactChannel<Fact<typeof produceSent>>;
  private readonly buffer: FactChannel<Fact<typeof producerBuffer>>;
  private readonly waiting: FactChannel<Fact<typeof callersBlocked>>;

  constructor(sim: Simulation, producer: string) {
    this.sim = sim;
    this.producer = producer;
    this.completed = sim.facts.channel(recordCompleted);
    this.batches = sim.facts.channel(batchSent);
    this.failures = sim.facts.channel(batchFailed);
    this.requests = sim.facts.channel(produceSent);
    this.buffer = sim.facts.channel(producerBuffer);
    this.waiting = sim.facts.channel(callersBlocked);
  }

  record({ request, sentAt }: SentRecord, partition: string, outcome: string): void {
    if (!this.completed.heard) return;
    this.completed.emit({ producer: this.producer, request, partition, outcome, duration: this.sim.now - sentAt });
  }

  batch({ partition, entries, bytes, attempts, createdAt }: ProducerBatch): void {
    if (!this.batches.heard) return;
    const waited = this.sim.now - createdAt;
    this.batches.emit({
      producer: this.producer,
      partition,
      records: entries.length,
      bytes,
      attempt: attempts,
      waited,
    });
  }

  failure(partition: string, error: string): void {
    if (this.failures.heard) this.failures.emit({ producer: this.producer, partition, error });
  }

  request(broker: string, batches: number): void {
    if (this.requests.heard) this.requests.emit({ producer: this.producer, broker, batches });
  }

  blocked(callers: number): void {
    if (this.waiting.heard) this.waiting.emit({ producer: this.producer, callers });
  }

  memory(bytes: number): void {
    if (this.buffer.heard) this.buffer.emit({ producer: this.producer, bytes });
  }
}
