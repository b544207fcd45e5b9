/** Runs: what is kept of a whole one and of a part, budgets, and what breaks while one goes on. */
import { describe, expect, it } from 'vitest';
import {
  BudgetExceeded,
  defineSignal,
  judge,
  ms,
  requestStarted,
  Run,
  run,
  s,
  ScenarioError,
  type Scenario,
} from '../../../sim-core/index.ts';
import { smallSystem } from './small-system.ts';

const small = smallSystem();

describe('a whole run', () => {
  const recording = run(small, { variant: 'busy', params: { load: 300 } });

  it('says what it was of, with every parameter', () => {
    const { digest, engine, ...header } = recording.header;
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(engine).toMatch(/^\d+\.\d+\.\d+$/);
    expect(header).toEqual({
      format: 1,
      scenario: 'small',
      definition: '',
      variant: 'busy',
      seed: 7,
      params: { load: 300, length: s(4) },
      interventions: [],
      duration: s(4),
      warmUp: 0,
      interval: ms(14),
    });
    expect(recording.simulated).toBe(s(4));
  });

  it('holds the topology, with what can be done to each component and how it ended', () => {
    const [database, users] = recording.components;
    expect(database).toMatchObject({ name: 'database', kind: 'database', calls: [] });
    expect(database.interventions.map(({ action }) => action)).toEqual(['slow', 'fail', 'partition', 'reconnect']);
    expect(users).toMatchObject({ name: 'users', kind: 'client', calls: ['database'] });
    expect(users.interventions.map(({ action }) => action)).toEqual(['surge', 'move', 'partition', 'reconnect']);
    expect(users.state['sent']).toBe(recording.facts.told['request.started']);
  });

  it('agrees with itself: signals, facts and flows count the same things', () => {
    const { signals, facts, flows, header } = recording;
    const counted = signals.find(({ name }) => name === 'http.client.requests')!;
    const { times } = facts.tables.find(({ kind }) => kind === 'request.started')!;
    const expected = new Float64Array(counted.columns['count'].length);
    for (const time of times) expected[Math.floor(time / header.interval)]++;
    expect(counted.columns['count']).toEqual(expected);
    expect(counted.summary).toEqual({ total: facts.told['request.started'] });
    const arrived = flows[0].requests.reduce((all, count) => all + count, 0);
    expect(arrived).toBe(facts.told['db.queried']);
  });

  it('is judged by its own variant, and can be by another', () => {
    expect(recording.expectations).toEqual(judge(small, 'busy', recording));
    expect(judge(small, 'only', recording).map(({ text }) => text)).toEqual([
      'total of db.client.operations is at least 1',
      'mean of db.client.connection.count is at most 4',
    ]);
  });
});

describe('a part of a run', () => {
  it('says how far it got, holds what there is, and is not judged', () => {
    const part = new Run(small, { variant: 'only' });
    expect(part.progress).toBe(0);
    expect(part.advance(500)).toBe(false);
    expect(part.eventsRun).toBe(500);
    expect(part.progress).toBeGreaterThan(0);
    expect(part.progress).toBeLessThan(1);
    const recording = part.finish();
    expect(part.finish()).toBe(recording);
    expect(recording.expectations).toEqual([]);
    expect(recording.events.total).toBe(500);
    expect(recording.simulated).toBe(recording.events.times[499]);
    const whole = run(small, { variant: 'only' });
    expect(recording.events.times).toEqual(whole.events.times.slice(0, 500));
    // Rows that were over are the same; those that were not begun hold nothing.
    const over = Math.floor(recording.simulated / recording.header.interval);
    for (const [place, signal] of recording.signals.entries()) {
      for (const [name, column] of Object.entries(signal.columns)) {
        expect(column.slice(0, over), name).toEqual(whole.signals[place].columns[name].slice(0, over));
        expect(column.slice(over + 1).every(Number.isNaN), `${signal.name} ${name}`).toBe(true);
      }
    }
  });

  it('of nothing at all is a recording too', () => {
    const { events, signals, simulated, expectations } = new Run(small, { variant: 'only' }).finish();
    expect([events.total, simulated, expectations]).toEqual([0, 0, []]);
    for (const { columns } of signals)
      for (const column of Object.values(columns)) expect(column.every(Number.isNaN)).toBe(true);
  });

  it('does not go on once it was closed', () => {
    const part = new Run(small, { variant: 'only' });
    part.advance(10);
    part.finish();
    expect(() => part.advance(10)).toThrow('the run was finished; its recording is closed');
  });

  it('is what remains when a budget is passed', () => {
    const costly = new Run(small, { variant: 'only', budget: { eventsMax: 100 } });
    expect(() => costly.advance(Infinity)).toThrow(BudgetExceeded);
    expect(costly.finish().events.total).toBe(101);
    expect(costly.finish().expectations).toEqual([]);
  });

  it('is what remains when a model throws', () => {
    const broken = smallSystem((sim) => {
      sim.schedule(
        s(1),
        () => {
          throw new Error('kaputt');
        },
        undefined,
      );
    });
    const failing = new Run(broken, { variant: 'only' });
    expect(() => failing.advance(Infinity)).toThrow('kaputt');
    expect(failing.finish().simulated).toBe(s(1));
  });
});

describe('advancing', () => {
  it('goes by events exactly, and reports the end until it is asked no more', () => {
    const total = run(small, { variant: 'only' }).events.total;
    const sliced = new Run(small, { variant: 'only' });
    for (let done = 0; done + 7 <= total; done += 7) {
      sliced.advance(7);
      expect(sliced.eventsRun).toBe(done + 7);
    }
    expect(sliced.advance(1e6)).toBe(true);
    expect(sliced.advance(1)).toBe(true);
    expect([sliced.eventsRun, sliced.progress]).toEqual([total, 1]);
  });
});

describe('signals', () => {
  const mine = (name: string): Scenario => ({
    ...small,
    signals: [defineSignal({ name, kind: 'counter', unit: '1', help: 'Mine', fact: requestStarted })],
  });

  it('of the scenario stand beside those of the components', () => {
    const { signals, facts } = run(mine('my.requests'), { variant: 'only' });
    expect(signals.at(-1)).toMatchObject({ name: 'my.requests', summary: { total: facts.told['request.started'] } });
  });

  it('of one name that mean different things are refused', () => {
    const build = (): unknown => new Run(mine('http.client.requests'), { variant: 'only' });
    expect(build).toThrow(ScenarioError);
    expect(build).toThrow('scenario small: signals: two different ones are named http.client.requests');
  });
});
