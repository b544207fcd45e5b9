/** The log against the obvious: one list of all events, looked through each time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  EventLog,
  type ExpectedVersion,
  type RecordedEvent,
} from '../../../../sim-core/services/event-sourcing/event-log.ts';
import { entries, logOf, STREAMS } from './counters.ts';

const bytes = Uint8Array.of(1);

it('takes what was decided on the last version and refuses all else whole, as the obvious log does', () => {
  const append = fc.record({
    stream: fc.nat(3),
    count: fc.integer({ min: 1, max: 3 }),
    // Right as often as wrong, or not said.
    off: fc.oneof(fc.constant('any' as const), fc.constant(0), fc.integer({ min: -1, max: 2 })),
  });
  fc.assert(
    fc.property(fc.array(append, { maxLength: 40 }), (appends) => {
      const log = new EventLog();
      const all: Omit<RecordedEvent, 'bytes'>[] = [];
      for (const [at, { stream, count, off }] of appends.entries()) {
        const version = all.filter((event) => event.stream === stream).length;
        const expected: ExpectedVersion = off === 'any' ? 'any' : version + off;
        const result = log.append(
          stream,
          expected,
          Array.from({ length: count }, () => bytes),
          at,
        );
        if (off !== 'any' && off !== 0) {
          expect(result).toEqual({ outcome: 'conflict', version });
          continue;
        }
        for (let i = 1; i <= count; i++) all.push({ stream, version: version + i, position: all.length + 1, at });
        expect(result).toEqual({ outcome: 'appended', version: version + count, position: all.length });
      }
      expect(log.head).toBe(all.length);
      expect(log.readAll(0, Infinity)).toEqual(all.map((event) => ({ ...event, bytes })));
    }),
  );
});

it('reads of a stream what is behind a version and not later than a time or a position, and of all what is behind a position', () => {
  const from = fc.nat(45);
  fc.assert(
    fc.property(entries, fc.nat(STREAMS - 1), from, from, fc.nat(10), (drawn, stream, after, until, count) => {
      const log = logOf(drawn);
      const all = log.readAll(0, Infinity);
      const wanted = all.filter((event) => event.stream === stream && event.version > after);
      const asOf = (isWithin: (event: RecordedEvent) => boolean): RecordedEvent[] => wanted.filter(isWithin);
      expect(log.read(stream, after)).toEqual(wanted);
      expect(log.read(stream, after, { time: until })).toEqual(asOf(({ at }) => at <= until));
      expect(log.read(stream, after, { position: until })).toEqual(asOf(({ position }) => position <= until));
      expect(log.readAll(after, count)).toEqual(all.filter(({ position }) => position > after).slice(0, count));
    }),
  );
});
