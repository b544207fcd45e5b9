/** Whether a run is to be trusted: true of real runs, and each check fails when what it is about is broken. */
import { describe, expect, it } from 'vitest';
import { healthOf, run, s, type HealthCheck, type Recording } from '../../../sim-core/index.ts';
import { smallSystem } from './small-system.ts';

const recording = run(smallSystem(), { variant: 'only' });
const busy = run(smallSystem(), { variant: 'busy' });

const check = (of: Recording, name: HealthCheck['name']): HealthCheck => {
  const found = healthOf(of).find((one) => one.name === name);
  if (!found) throw new Error(`there is no check ${name}`);
  return found;
};

/** The recording with one column of a signal changed. */
function withColumn(of: Recording, name: string, column: string, change: (value: number) => number): Recording {
  const signals = of.signals.map((signal) =>
    signal.name === name
      ? { ...signal, columns: { ...signal.columns, [column]: signal.columns[column].map(change) } }
      : signal,
  );
  return { ...of, signals };
}

describe('what must hold to the last one', () => {
  it('requests sent are those completed, failed and in flight, as two accounts say', () => {
    for (const one of [recording, busy]) {
      const { status, text } = check(one, 'conservation');
      expect(status).toBe('good');
      const [sent, completed, failed, inFlight] = [...text.matchAll(/[\d,]+/g)].map(([n]) =>
        Number(n.replace(',', '')),
      );
      expect(sent).toBe(completed + failed + inFlight);
      expect(sent).toBe(one.facts.told['request.started']);
      expect(failed).toBe(one.signals.find(({ name }) => name === 'http.client.request.errors')!.summary.total);
    }
    expect(check(busy, 'conservation').text).not.toContain('+ 0 failed');
    const told = { ...recording.facts.told, 'request.completed': recording.facts.told['request.completed'] - 3 };
    const lost = check({ ...recording, facts: { ...recording.facts, told } }, 'conservation');
    expect(lost).toMatchObject({ status: 'bad', text: expect.stringContaining('3 are lost') });
  });

  it('Little’s law: what completed stays leave of the integral is how long those inside have been there', () => {
    for (const one of [recording, busy]) {
      const { status, text } = check(one, 'littles-law');
      expect(status).toBe('good');
      expect(text).toMatch(/^database: L = [\d.]+, λW = [\d.]+/);
    }
    const pending = 'db.client.connection.pending_requests';
    expect(
      check(
        withColumn(busy, pending, 'mean', (level) => level * 0.9),
        'littles-law',
      ).status,
    ).toBe('bad');
    const longer = withColumn(busy, 'db.client.operation.duration', 'mean', (time) => time * 1.02);
    expect(check(longer, 'littles-law').status).toBe('bad');
  });

  it('the database’s residual is the time that the queries inside have spent there, read from its events', () => {
    const { events, simulated } = busy;
    const kind = (name: string): number => events.kindNames.indexOf(name);
    const inside = new Map<number, number>();
    for (let place = 0; place < events.kept; place++) {
      if (events.kinds[place] === kind('database receives from users'))
        inside.set(events.subjects[place], events.times[place]);
    }
    const answered = busy.facts.tables.find((table) => table.kind === 'db.answered')!;
    for (const request of answered.columns.request) inside.delete(request);
    const ages = [...inside.values()].map((arrived) => (simulated - arrived) / 1e9);
    expect(ages.length).toBeGreaterThan(0);
    const mean = ages.reduce((sum, age) => sum + age, 0) / ages.length;
    const [, left, told] =
      /is the (\d+) still inside, there for ([\d.]+) s/.exec(check(busy, 'littles-law').text) ?? [];
    expect(Number(left)).toBe(ages.length);
    expect(Number(told)).toBeCloseTo(mean, 4);
  });
});

describe('what is said of a recording', () => {
  it('names what was cut, sampled or stopped', () => {
    expect(check(recording, 'events').status).toBe('good');
    const cut = { ...recording, events: { ...recording.events, kept: 10 } };
    expect(check(cut, 'events')).toMatchObject({ status: 'doubt', text: expect.stringMatching(/^10 of /) });
    const sampled = { ...recording, facts: { ...recording.facts, sampledOneIn: 4 } };
    expect(check(sampled, 'facts')).toMatchObject({
      status: 'doubt',
      text: expect.stringContaining('one request in 4'),
    });
    const stopped = { ...recording, simulated: s(1), expectations: [] };
    expect(check(stopped, 'end').status).toBe('doubt');
    expect(check(stopped, 'expectations').status).toBe('untold');
  });

  it('a latency that climbs to the end is no steady state; one that is level needs no warm-up', () => {
    const duration = 'http.client.request.duration';
    let row = 0;
    const climbing = withColumn(
      run(smallSystem(), { variant: 'only', params: { length: s(40) } }),
      duration,
      'mean',
      () => ++row,
    );
    expect(check(climbing, 'warm-up')).toMatchObject({
      status: 'doubt',
      text: expect.stringContaining('does not settle'),
    });
    const level = withColumn(climbing, duration, 'mean', () => 0.004);
    expect(check(level, 'warm-up')).toMatchObject({ status: 'good', text: expect.stringContaining('the first 0 s') });
    expect(check(level, 'variation')).toMatchObject({ text: expect.stringContaining('0.004 s ± 0 %') });
  });

  it('counts the expectations that hold', () => {
    expect(check(recording, 'expectations')).toMatchObject({ status: 'good', text: '2 of 2 expectations hold' });
    const [first, ...rest] = recording.expectations;
    const failed = { ...recording, expectations: [{ ...first, pass: false }, ...rest] };
    expect(check(failed, 'expectations')).toMatchObject({ status: 'bad', text: '1 of 2 expectations hold' });
  });

  it('is silent where there is nothing to tell', () => {
    const bare: Recording = { ...recording, signals: [], components: [], expectations: [] };
    const statuses = healthOf(bare).filter(({ name }) => !['end', 'events', 'facts'].includes(name));
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set(['untold']));
  });
});
