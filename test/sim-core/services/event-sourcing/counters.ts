/** Counters as aggregates: an event adds to one. What its tests share: the code, a log of drawn events, and what they add up to. */
import fc from 'fast-check';
import { parseAvro } from '../../../../sim-core/messaging/schema/avro/avro-schema.ts';
import type { Aggregate } from '../../../../sim-core/services/event-sourcing/aggregate.ts';
import { EventCodec, type EventValues } from '../../../../sim-core/services/event-sourcing/event-codec.ts';
import { EventLog, type RecordedEvent } from '../../../../sim-core/services/event-sourcing/event-log.ts';
import type { RowMaker } from '../../../../sim-core/services/event-sourcing/read-model.ts';

const schema = parseAvro({ type: 'record', name: 'Added', fields: [{ name: 'amount', type: 'int' }] });
export const codec = new EventCodec({ schemas: [schema], version: 1, upcasters: [] });

export const amountOf = ({ amount }: EventValues): number => amount as number;

export const counter: Aggregate<number, EventValues> = { initial: 0, evolve: (sum, event) => sum + amountOf(event) };

/** Rows of two counters each: their sum. */
export const pairs: RowMaker<number> = {
  empty: 0,
  keyOf: (stream) => Math.floor(stream / 2),
  apply: (sum, { values }) => sum + amountOf(values),
};

/** What one has to be, by nothing but its events. */
export const sumOf = (events: readonly RecordedEvent[]): number =>
  events.reduce((sum, { bytes }) => sum + amountOf(codec.decode(bytes)), 0);

/** A log of a few streams, with an event at each whole nanosecond from 1 on. */
export function logOf(entries: readonly (readonly [stream: number, amount: number])[]): EventLog {
  const log = new EventLog();
  for (const [i, [stream, amount]] of entries.entries()) log.append(stream, 'any', [codec.encode({ amount })], i + 1);
  return log;
}

export const STREAMS = 6;
export const entries = fc.array(fc.tuple(fc.nat(STREAMS - 1), fc.integer({ min: -50, max: 50 })), { maxLength: 40 });
