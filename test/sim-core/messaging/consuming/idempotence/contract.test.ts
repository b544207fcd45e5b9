/** What every guard against doubled effects keeps to, and where they differ: the same message handled again, or twice at once. */
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Process, type Behaviour } from '../../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { EffectStore, type EffectStatement } from '../../../../../sim-core/messaging/consuming/effect-store.ts';
import {
  idempotenceGuards,
  type IdempotenceGuardName,
} from '../../../../../sim-core/messaging/consuming/idempotence/guards.ts';
import { EffectLedger } from '../../../../../sim-core/messaging/consuming/ledger.ts';
import { HandlingFailed, outcomeOf } from '../../../../../sim-core/messaging/consuming/received.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../../sim-core/storage/database.ts';

const NAMES = Object.keys(idempotenceGuards) as IdempotenceGuardName[];

function setUp(name: IdempotenceGuardName, queueMax = 10, connections = 4) {
  const sim = new Simulation();
  const ledger = new EffectLedger(sim, 'effects');
  const database = new Database(sim, { name: 'db', connections, queueMax, cores: 4, demand: constant(ms(1)) });
  const store = new EffectStore(database, { ledger, retention: Infinity });
  const outcomes: string[] = [];
  let fails = 0;
  const handler = idempotenceGuards[name]({
    store: new Link<EffectStatement, boolean>(sim, store, { from: 'app', delay: constant(ms(1)) }),
    *process(_message, apply) {
      yield ms(10);
      if (fails-- > 0) throw new HandlingFailed('transient');
      yield* apply();
    },
  });
  function* handling(id: number): Behaviour {
    outcomes.push((yield* outcomeOf(handler, { id, key: id, request: new RequestContext(id, sim.now) })) ?? 'done');
  }
  return {
    ledger,
    store,
    outcomes,
    sim,
    failTimes: (times: number): void => void (fails = times),
    handle: (id: number, after = 0): Process => new Process(sim, 'handler', handling(id)).start(ms(after)),
  };
}

describe.each(NAMES)('%s', (name) => {
  it('has each of several messages do its effect once', () => {
    const { handle, sim, ledger, outcomes } = setUp(name);
    for (let id = 0; id < 4; id++) handle(id, id);
    sim.runUntil(s(1));
    expect(outcomes).toEqual(['done', 'done', 'done', 'done']);
    expect(ledger.totals).toMatchObject({ applied: 4, doubled: 0 });
  });

  it('leaves no trace of a failure before the effect: the next attempt does it', () => {
    const { handle, sim, ledger, outcomes, failTimes } = setUp(name);
    failTimes(1);
    handle(1);
    handle(1, 100);
    sim.runUntil(s(1));
    expect(outcomes).toEqual(['transient', 'done']);
    expect(ledger.totals).toMatchObject({ applied: 1, doubled: 0 });
  });

  it('fails as a database does that takes no more queries, and can be tried again', () => {
    const { handle, sim, ledger, outcomes } = setUp(name, 0, 1);
    handle(1);
    handle(2);
    handle(2, 100);
    sim.runUntil(s(1));
    expect([...outcomes].sort()).toEqual(['done', 'done', 'overloaded']);
    expect(ledger.totals).toMatchObject({ applied: 2, doubled: 0 });
  });

  it(`does ${name === 'none' ? 'an effect again' : 'nothing'} for a message that was done and comes again`, () => {
    const { handle, sim, ledger, outcomes } = setUp(name);
    handle(1);
    handle(1, 100);
    sim.runUntil(s(1));
    expect(outcomes).toEqual(['done', 'done']);
    expect(ledger.totals.doubled).toBe(name === 'none' ? 1 : 0);
  });

  it(`${name === 'unique-key' ? 'lets one of two at a time' : 'lets both of two'} have the effect`, () => {
    for (let apart = 0; apart <= 12; apart++) {
      const { handle, sim, ledger } = setUp(name);
      handle(1);
      handle(1, apart);
      sim.runUntil(s(1));
      // A look takes 3 ms there and back; the first has left its trace after five of those parts and its work.
      expect(ledger.totals.doubled, `${apart} ms apart`).toBe(name === 'unique-key' ? 0 : 1);
    }
  });

  it('is not stuck by one that died at any moment: the next has the effect', () => {
    for (let moment = 0; moment <= 25; moment++) {
      const { handle, sim, ledger, outcomes } = setUp(name);
      const first = handle(1);
      sim.runUntil(ms(moment));
      first.cancel();
      handle(1, 0.5);
      sim.runUntil(s(1));
      expect(outcomes.at(-1)).toBe('done');
      expect(ledger.totals.applied, `died after ${moment} ms`).toBeGreaterThanOrEqual(1);
      if (name === 'unique-key') expect(ledger.totals.doubled).toBe(0);
    }
  });
});

it('whoever waits for an id whose transaction is rolled back has its place; one that died in line is out of it', () => {
  const { handle, sim, ledger, outcomes, failTimes } = setUp('unique-key');
  failTimes(1);
  handle(1);
  const dead = handle(1, 1);
  handle(1, 2);
  sim.runUntil(ms(8));
  dead.cancel();
  sim.runUntil(s(1));
  expect(outcomes).toEqual(['transient', 'done']);
  expect(ledger.totals).toMatchObject({ applied: 1, doubled: 0 });
});
