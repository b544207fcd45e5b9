/**
 * The log of an event store: of each aggregate a stream of events numbered from 1, its version, and over all streams one order, the
 * global position. Nothing in it is ever changed. Who appends says at which version it saw the stream; if that is not the
 * stream's any more nothing is appended, which is optimistic concurrency control.
 * Source: https://hexdocs.pm/eventstore/EventStore-callback-append_to_stream.html; KurrentDB, Marten and Axon do the same.
 *
 * Positions are given as events are committed, so that they have no gaps and who reads in their order misses none. A store that
 * takes them from a sequence before the commit has to watch for gaps (https://github.com/Eventuous/eventuous/issues/222).
 */
import type { Time } from '../../kernel/time.ts';

/** The version at which the stream was seen, 0 if it was empty; `any` appends whatever has come since. */
export type ExpectedVersion = number | 'any';

export interface RecordedEvent {
  readonly stream: number;
  readonly version: number;
  readonly position: number;
  readonly at: Time;
  readonly bytes: Uint8Array;
}

/** The version and position of the last event appended, or the version that the stream has in place of the one expected. */
export type AppendResult =
  | { readonly outcome: 'appended'; readonly version: number; readonly position: number }
  | { readonly outcome: 'conflict'; readonly version: number };

/** A state of the past: as of a time, or as of a position, which tells events of one instant apart. */
export type AsOf = { readonly time: Time } | { readonly position: number };

/** Whether what was recorded then is in that state. */
export const isWithin = (asOf: AsOf, { at, position }: Pick<RecordedEvent, 'at' | 'position'>): boolean =>
  'time' in asOf ? at <= asOf.time : position <= asOf.position;

export class EventLog {
  private readonly all: RecordedEvent[] = [];
  private readonly streams = new Map<number, RecordedEvent[]>();

  /** How many events there are: the position of the last one. */
  get head(): number {
    return this.all.length;
  }

  /** How many events a stream has. */
  versionOf(stream: number): number {
    return this.streams.get(stream)?.length ?? 0;
  }

  /** All of them or none. Times may not go back. */
  append(stream: number, expected: ExpectedVersion, events: readonly Uint8Array[], at: Time): AppendResult {
    const version = this.versionOf(stream);
    if (expected !== 'any' && expected !== version) return { outcome: 'conflict', version };
    let recorded = this.streams.get(stream);
    if (recorded === undefined) this.streams.set(stream, (recorded = []));
    for (const bytes of events) {
      const event = { stream, version: recorded.length + 1, position: this.all.length + 1, at, bytes };
      recorded.push(event);
      this.all.push(event);
    }
    return { outcome: 'appended', version: recorded.length, position: this.all.length };
  }

  /** The events of a stream behind a version, all or as of a moment of the past. */
  read(stream: number, after: number, asOf?: AsOf): readonly RecordedEvent[] {
    const events = this.streams.get(stream) ?? [];
    let end = events.length;
    if (asOf !== undefined) while (end > after && !isWithin(asOf, events[end - 1])) end--;
    return events.slice(after, end);
  }

  /** Of all events those behind a position, so many at most, in the order in which they were committed. */
  readAll(after: number, count: number): readonly RecordedEvent[] {
    return this.all.slice(after, after + count);
  }
}
