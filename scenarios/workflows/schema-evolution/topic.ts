/**
 * A topic of one partition: records are appended in the order in which they come and read from an offset on. It keeps all of
 * them, without a bound, and answers at once: replication, batches and brokers are the subject of other scenarios.
 */
import {
  register,
  type Call,
  type Component,
  type Endpoint,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import type { Order, Version } from './versions.ts';

export interface TopicRecord {
  readonly request: number;
  readonly bytes: Uint8Array;
  readonly appended: Time;
  /** For the experimenter alone: what was meant, and by which version it was written. */
  readonly meant: { readonly order: Order; readonly version: Version };
}

export type TopicCommand =
  | { readonly command: 'append'; readonly record: TopicRecord }
  | { readonly command: 'read'; readonly from: number; readonly count: number };

export class Topic implements Endpoint<TopicCommand, readonly TopicRecord[]>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help = 'A topic of one partition; keeps all records, without a bound';
  readonly signals = [];
  readonly interventions = {};
  private readonly records: TopicRecord[] = [];

  constructor(sim: Simulation, name: string) {
    this.name = name;
    register(sim, this);
  }

  receive(call: Call<TopicCommand, readonly TopicRecord[]>): void {
    const { query } = call;
    if (query.command === 'append') {
      this.records.push(query.record);
      call.reply([]);
    } else {
      call.reply(this.records.slice(query.from, query.from + query.count));
    }
  }

  state(): Readonly<Record<string, number | string>> {
    return { records: this.records.length };
  }

  violations(): readonly string[] {
    return [];
  }
}
