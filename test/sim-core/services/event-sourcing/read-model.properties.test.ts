/** Read models by deliveries at least once and in any order: what is refused as early comes again, and the rows are the fold of the log. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReadModel, type EventDelivery } from '../../../../sim-core/services/event-sourcing/read-model.ts';
import { codec, entries, logOf, pairs, STREAMS, sumOf } from './counters.ts';
import type { EventLog } from '../../../../sim-core/services/event-sourcing/event-log.ts';

const deliveriesOf = (log: EventLog): EventDelivery[] =>
  log.readAll(0, Infinity).map((event) => ({ ...event, values: codec.decode(event.bytes) }));

/** Delivers by a list of places, again and again what was early, until nothing is. */
function deliver(model: ReadModel<number>, deliveries: readonly EventDelivery[], places: readonly number[]): void {
  let waiting = places.map((place) => deliveries[place % deliveries.length]);
  while (waiting.length > 0) {
    const early = waiting.filter((delivery) => model.apply(delivery) === 'early');
    if (early.length === waiting.length) break;
    waiting = early;
  }
}

const equalsFold = (model: ReadModel<number>, log: EventLog): boolean =>
  Array.from({ length: STREAMS / 2 }, (_, key) => {
    const events = log.readAll(0, Infinity).filter(({ stream }) => pairs.keyOf(stream) === key);
    const { row, latest, events: count } = model.row(key);
    const last = Math.max(0, ...[...latest.values()].map(({ position }) => position));
    return row === sumOf(events) && last === (events.at(-1)?.position ?? 0) && count === events.length;
  }).every(Boolean);

/** A log, and an order in which each of its events comes once and some come again. */
const delivered = entries
  .filter((drawn) => drawn.length > 0)
  .chain((drawn) => {
    const once = drawn.map((_, i) => i);
    const places = fc.array(fc.nat(1000), { maxLength: 40 }).chain((again) => {
      const all = [...once, ...again];
      return fc.shuffledSubarray(all, { minLength: all.length });
    });
    return fc.tuple(fc.constant(drawn), places);
  });

it('is the fold of the log in any order, with any repetitions', () => {
  fc.assert(
    fc.property(delivered, ([drawn, places]) => {
      const log = logOf(drawn);
      const model = new ReadModel(pairs, true);
      deliver(model, deliveriesOf(log), places);
      expect(equalsFold(model, log)).toBe(true);
    }),
  );
});

it('is not, where rows do not know what they have', () => {
  const log = logOf([
    [0, 3],
    [0, 4],
  ]);
  const model = new ReadModel(pairs, false);
  deliver(model, deliveriesOf(log), [0, 1, 0]);
  expect(equalsFold(model, log)).toBe(false);
});

it('lacks what never comes, and whatever follows it in its stream', () => {
  const model = new ReadModel(pairs, true);
  const deliveries = deliveriesOf(
    logOf([
      [0, 3],
      [0, 4],
      [1, 5],
    ]),
  );
  expect([deliveries[1], deliveries[2]].map((delivery) => model.apply(delivery))).toEqual(['early', 'applied']);
  expect(model.row(0).row).toBe(5);
});
