/**
 * How far a task's stream time is behind the clock, held against the log: the largest time of all that it has read of its partition so far,
 * whatever order they stand in.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { offsetOf } from '../../../../../sim-core/messaging/log/record-batch.ts';
import { taskAdvanced } from '../../../../../sim-core/systems/kafka/streams/signals.ts';
import type { ValuedRecord } from '../../../../../sim-core/systems/kafka/valued-record.ts';
import { ms } from '../small-cluster.ts';
import { KEYS, SmallApp } from './small-app.ts';

const SENDS = Array.from({ length: 30 }, (_, i) => 20 + i * 3);
/** How late each record is when it is sent, in milliseconds. */
const lateness = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 60 })), {
  minLength: SENDS.length,
  maxLength: SENDS.length,
});

it('is the time since the largest time that stands in the log before its place', () => {
  fc.assert(
    fc.property(lateness, (late) => {
      const recordOf = (number: number) => ({
        key: number % KEYS,
        value: 1,
        timestamp: ms(Math.max(0, SENDS[number] - late[number])),
      });
      const small = new SmallApp({ sends: SENDS, guarantee: 'at-least-once', recordOf });
      const { sim, app, cluster } = small;
      let told = 0;
      sim.facts.channel(taskAdvanced).listen(({ task, behind }) => {
        const { number, positions } = app.tasks.find((one) => `task ${one.number}` === task)!;
        const below = positions.get(`in-${number}`)!;
        const read = cluster.book
          .line(`in-${number}`)
          .flatMap((batch) => batch.records.filter((_, index) => offsetOf(batch, index) < below));
        const latest = Math.max(...read.map((record) => (record as ValuedRecord).timestamp));
        expect(behind).toBe(sim.now - latest);
        told++;
      });
      sim.runUntil(ms(400));
      expect(told).toBeGreaterThan(10);
    }),
    { numRuns: 8 },
  );
});
