/** Consumers whose records a listener handles: what fails is read again, in its partition and no other, and nothing is passed by. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import type { Behaviour } from '../../../../../sim-core/kernel/process.ts';
import { EffectLedger } from '../../../../../sim-core/messaging/consuming/ledger.ts';
import { Processing } from '../../../../../sim-core/messaging/consuming/processing.ts';
import { outcomeOf } from '../../../../../sim-core/messaging/consuming/received.ts';
import { ConsumerCommits } from '../../../../../sim-core/systems/kafka/consumer-commits.ts';
import type { RecordListener } from '../../../../../sim-core/systems/kafka/listening/record-listener.ts';
import { ms } from '../small-cluster.ts';
import { processed, SENDS, smallGroup, type SmallGroup } from '../small-group.ts';

/** Keys are numbers of records here, so that each record has its own and five partitions share them. */
function listening(
  make: (small: { ledger: EffectLedger; processing: Processing; seen: [number, number][] }) => Partial<RecordListener>,
  failures: Partial<ConstructorParameters<typeof Processing>[1]> = {},
) {
  const seen: [number, number][] = [];
  // The listener is made before the group, and its parts with the simulation.
  const parts = {} as { ledger: EffectLedger; processing: Processing; seen: typeof seen };
  const listener: RecordListener = {
    *handle(received, fetched): Behaviour<'done' | 'again'> {
      seen.push([fetched.record.request, small.sim.now]);
      const failure = yield* outcomeOf((message) => parts.processing.work(message), received);
      if (failure === undefined) parts.ledger.applied(received);
      return failure === undefined ? 'done' : 'again';
    },
    observers: [
      {
        begun: () => {},
        ended: () => {},
        unsettled: (received) => parts.ledger.unsettled(received),
      },
    ],
    inside: {
      signals: [],
      state: () => parts.processing.state(),
      violations: () => [],
      interventions: {
        poison: { help: '', arguments: [], apply: (values) => parts.processing.interventions['poison'].apply(values) },
        mend: { help: '', arguments: [], apply: () => parts.processing.interventions['mend'].apply([]) },
      },
    },
    ...make(parts),
  };
  const small: SmallGroup = smallGroup('range', { processTime: undefined, listener, pollRecords: 3, isStatic: true });
  Object.assign(parts, {
    seen,
    ledger: new EffectLedger(small.sim, 'effects'),
    processing: new Processing(small.sim, { name: 'code', time: constant(ms(1)), ...failures }),
  });
  small.group.scale(1);
  return { small, ...parts };
}

afterEach(() => void vi.restoreAllMocks());

const all = SENDS.map((_, number) => number);
const inOrder = (seen: readonly [number, number][], small: SmallGroup): boolean =>
  small.cluster.topics[0].partitions.every((partition) => {
    const line = small.cluster.book.line(partition).flatMap(({ records }) => records.map(({ request }) => request));
    const last = new Map(seen.map(([request], index) => [request, index]));
    return line.every((request, index) => index === 0 || last.get(line[index - 1])! < last.get(request)!);
  });

describe('what a listener fails at', () => {
  it('is read again until it is done, before what comes behind it in its partition', () => {
    const { small, seen, ledger } = listening(() => ({}), { transient: { share: 0.2, times: 2 } });
    small.sim.runUntil(ms(2000));
    expect(processed(small)).toEqual(all.map(() => 1));
    expect(seen.length).toBeGreaterThan(all.length + 20);
    expect(inOrder(seen, small)).toBe(true);
    expect(ledger.totals).toMatchObject({ applied: all.length, doubled: 0, unacknowledged: 0 });
  });

  it('holds up its own partition for ever if it is poison, until the code is mended', () => {
    const { small, ledger } = listening(() => ({}), { isPoison: (key) => key === 3 });
    const [consumer] = small.group.consumers;
    small.sim.runUntil(ms(1500));
    const { partitions } = small.cluster.topics[0];
    const behind = partitions.filter(
      (id) => small.group.committedOf(id) < small.cluster.book.line(id).at(-1)!.lastOffset + 1,
    );
    const held = partitions.find((id) => small.log(id).includes(3))!;
    expect(behind).toEqual([held]);
    expect(ledger.totals.applied).toBe(all.length - small.log(held).length + small.log(held).indexOf(3));
    consumer.interventions['mend'].apply([]);
    small.sim.runUntil(ms(2500));
    expect(ledger.totals.applied).toBe(all.length);
    expect(consumer.state()['attempts that failed']).toBeGreaterThan(50);
  });

  it('may be made poison by hand', () => {
    const { small, ledger } = listening(() => ({}));
    small.group.consumers[0].interventions['poison'].apply([100]);
    small.sim.runUntil(ms(2000));
    expect(ledger.effectsOf(100)).toBe(0);
    expect(ledger.effectsOf(99)).toBe(1);
  });
});

it('leaves a record alone until its time, and its partition with it, while others go on', () => {
  const due = ms(700);
  const { small, seen } = listening((parts) => ({
    *handle(_received, { record }) {
      if (record.request === 3 && small.sim.now < due) return { notBefore: due };
      parts.seen.push([record.request, small.sim.now]);
      yield ms(1);
      return 'done';
    },
  }));
  small.sim.runUntil(ms(2000));
  const held = small.log(small.cluster.topics[0].partitions.find((id) => small.log(id).includes(3))!);
  const early = seen.filter(([, at]) => at < due).map(([request]) => request);
  expect(early).toEqual(expect.arrayContaining(all.filter((each) => !held.includes(each))));
  expect(early.filter((each) => held.includes(each))).toEqual(held.slice(0, held.indexOf(3)));
  expect(processed(small)).toEqual(all.map(() => 1));
  // It comes back with the next fetch, for which one that waits at the broker has to come back first.
  expect(seen.find(([request]) => request === 3)![1] - due).toBeLessThan(ms(20));
});

describe('a death', () => {
  it('has what was not committed handled again, and counts what had been done of it', () => {
    // So slow that polls are of three records, and that most deaths come after the first of one.
    const slow = { time: constant(ms(8)) };
    const doubles: number[] = [];
    for (let at = 40; at < 400; at += 71) {
      const { small, ledger } = listening(() => ({}), slow);
      small.sim.scheduleAt(ms(at), () => small.group.consumers[0].kill(ms(20)), undefined);
      small.sim.runUntil(ms(1500));
      const { applied, doubled, unacknowledged } = ledger.totals;
      expect(applied - doubled).toBe(all.length);
      expect(doubled).toBe(unacknowledged);
      doubles.push(doubled);
    }
    expect(doubles.filter((doubled) => doubled > 0).length).toBeGreaterThan(1);
  });
});

it('commits once a poll, of the partitions that have moved with it and no others', () => {
  const { small } = listening(() => ({}));
  const sizes: number[] = [];
  const { query } = ConsumerCommits.prototype as unknown as {
    query: (this: ConsumerCommits) => { offsets: ReadonlyMap<string, number> } | undefined;
  };
  vi.spyOn(ConsumerCommits.prototype as unknown as { query: typeof query }, 'query').mockImplementation(function (
    this: ConsumerCommits,
  ) {
    const commit = query.call(this);
    if (commit !== undefined) sizes.push(commit.offsets.size);
    return commit;
  });
  small.sim.runUntil(ms(1000));
  expect(processed(small)).toEqual(all.map(() => 1));
  // At first nothing is known to be committed; a poll of up to three may be of three partitions.
  expect(sizes.length).toBeGreaterThan(all.length / 3);
  expect(Math.max(...sizes.slice(1))).toBeLessThanOrEqual(3);
});

it('has a time of its own or a listener', () => {
  const listener: RecordListener = {
    *handle() {
      return 'done' as const;
    },
  };
  expect(() => smallGroup('range', { listener })).toThrow(
    'consumer-1: it has a processTime or a listener, and not both; got both',
  );
  expect(() => smallGroup('range', { processTime: undefined })).toThrow('got neither');
  expect(() => smallGroup('range', { processTime: undefined, listener, actOf: () => () => {} })).toThrow(
    'consumer-1: a listener acts and writes by itself; it cannot have act beside it',
  );
});
