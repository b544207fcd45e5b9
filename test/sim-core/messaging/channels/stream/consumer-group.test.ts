/** A consumer group’s books and order as properties, and what surprises about it as cases. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { autoClaim, claim } from '../../../../../sim-core/messaging/channels/stream/claim.ts';
import {
  compareIds,
  formatId,
  ZERO_ID,
  type EntryId,
} from '../../../../../sim-core/messaging/channels/stream/entry-id.ts';
import { EntryStream } from '../../../../../sim-core/messaging/channels/stream/stream.ts';

const entry = fc.nat(25).map((ms): EntryId => ({ ms: ms + 1, seq: 0 }));
const consumer = fc.constantFrom('a', 'b', 'c');

type Step = (stream: EntryStream<number>, clock: { now: number }) => void;
const on = (stream: EntryStream<number>) => stream.groups.get('g')!;

/** What a consumer may do, and what befalls a log that is used as it is meant to be: the group is never set back. */
const usual: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>((stream) => stream.add({ ms: stream.lastId.ms + 1, seq: 0 }, 0)) },
  fc.nat(5).map(
    (time): Step =>
      (_, clock) =>
        (clock.now += time),
  ),
  fc.tuple(consumer, fc.integer({ min: 1, max: 4 })).map(
    ([name, count]): Step =>
      (stream) =>
        on(stream).read(name, count),
  ),
  consumer.map(
    (name): Step =>
      (stream) =>
        on(stream).history(name, ZERO_ID),
  ),
  entry.map(
    (id): Step =>
      (stream) =>
        on(stream).acknowledge([id]),
  ),
  fc.tuple(consumer, entry, fc.nat(6)).map(
    ([name, id, minIdle]): Step =>
      (stream) =>
        claim(on(stream), name, [id], { minIdle }),
  ),
  fc.tuple(consumer, fc.nat(6)).map(
    ([name, minIdle]): Step =>
      (stream) =>
        autoClaim(on(stream), name, { minIdle, from: ZERO_ID, count: 2 }),
  ),
);

/** All the rest that can be done to a stream. */
const unusual: fc.Arbitrary<Step> = fc.oneof(
  entry.map(
    (id): Step =>
      (stream) =>
        stream.delete([id]),
  ),
  fc.nat(8).map(
    (maxLength): Step =>
      (stream) =>
        stream.trim({ keep: { maxLength } }),
  ),
  entry.map(
    (id): Step =>
      (stream) =>
        on(stream).setPosition(id),
  ),
  consumer.map(
    (name): Step =>
      (stream) =>
        on(stream).deleteConsumer(name),
  ),
  consumer.map(
    (name): Step =>
      (stream) =>
        on(stream).read(name, 2, true),
  ),
  fc.tuple(consumer, entry).map(
    ([name, id]): Step =>
      (stream) =>
        claim(on(stream), name, [id], { minIdle: 0, force: true }),
  ),
  fc.constant<Step>((stream) => {
    stream.destroyGroup('g');
    stream.createGroup('g', ZERO_ID);
  }),
);

it('balances its books whatever is done', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(usual, usual, unusual), { maxLength: 80 }), (steps) => {
      const clock = { now: 0 };
      const stream = new EntryStream<number>(clock, 's');
      stream.createGroup('g', ZERO_ID);
      for (const step of steps) {
        step(stream, clock);
        expect(stream.violations()).toEqual([]);
      }
    }),
  );
});

it('gives each entry to one consumer, in order, and loses none while nobody deletes', () => {
  fc.assert(
    fc.property(fc.array(usual, { maxLength: 80 }), (steps) => {
      const clock = { now: 0 };
      const stream = new EntryStream<number>(clock, 's');
      const group = stream.createGroup('g', ZERO_ID)!;
      const given: EntryId[] = [];
      const read = group.read.bind(group);
      group.read = (...args) => {
        const entries = read(...args);
        given.push(...entries.map(({ id }) => id));
        return entries;
      };
      for (const step of steps) step(stream, clock);
      expect(given).toEqual(given.toSorted(compareIds));
      expect(new Set(given.map(formatId)).size).toBe(given.length);
      const { books } = group;
      expect(books.count('ready') + books.count('in-flight') + books.count('acknowledged')).toBe(stream.length);
    }),
  );
});

it('does not give the entries of a consumer that died to another by itself, and drops those of a deleted one', () => {
  const stream = new EntryStream<number>({ now: 0 }, 's');
  const group = stream.createGroup('g')!;
  for (let n = 1; n <= 3; n++) stream.add('*', n);
  expect(group.read('dead').map(({ value }) => value)).toEqual([1, 2, 3]);
  expect(group.read('alive')).toEqual([]);
  expect(group.deleteConsumer('dead')).toBe(3);
  expect(group.read('alive')).toEqual([]);
  expect(group.books.count('dropped')).toBe(3);
});

it('counts a reading of one’s own history as another delivery, and gives only the id of what was deleted', () => {
  const clock = { now: 0 };
  const stream = new EntryStream<number>(clock, 's');
  const group = stream.createGroup('g')!;
  const [first, second] = [stream.add('*', 1).id, stream.add('*', 2).id];
  group.read('a');
  stream.delete([first]);
  clock.now = 7;
  expect(group.history('a', ZERO_ID)).toEqual([
    { id: first, entry: undefined },
    { id: second, entry: { id: second, value: 2 } },
  ]);
  expect([...group.pending.range()].map(({ deliveries, deliveredAt }) => [deliveries, deliveredAt])).toEqual([
    [1, 0],
    [2, 7],
  ]);
});
