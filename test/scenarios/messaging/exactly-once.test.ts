/** The claims about exactly-once away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import exactlyOnce from '../../../scenarios/messaging/exactly-once.ts';
import { ms, parseIntervention, run, s, type ParameterValues, type Recording } from '../../../sim-core/index.ts';

const VARIANTS = Object.keys(exactlyOnce.variants);

const failed = ({ expectations }: Recording): string[] =>
  expectations.filter(({ pass }) => !pass).map(({ text, actual }) => `${text}, measured ${actual}`);

const total = (recording: Recording, signal: string): number =>
  recording.signals.find(({ name }) => name === signal)!.summary['total'];
const most = (recording: Recording, signal: string): number =>
  recording.signals.find(({ name }) => name === signal)!.summary['max'];

describe.each<[string, ParameterValues]>([
  ['few orders', { rate: 50 }],
  ['small polls', { pollRecords: 5 }],
  ['slow workers', { processTime: ms(8) }],
  ['long restarts', { downtime: s(5), crashEvery: s(15), length: s(60) }],
  ['a producer that waits for long', { requestTimeout: s(10) }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(run(exactlyOnce, { variant, params }))).toEqual([]);
  });
});

it('claims of its default runs that nothing is missing, and that something is there twice where it should be', () => {
  for (const variant of VARIANTS) {
    const { expectations } = run(exactlyOnce, { variant });
    expect(expectations[0].limit, variant).toBe(0);
    const least = expectations.filter(({ text }) => text.includes('at least'));
    for (const { limit } of least) expect(limit, variant).toBeGreaterThanOrEqual(1);
  }
});

describe('as the guide says', () => {
  it('a producer that waits for long enough sends nothing twice', () => {
    const recording = run(exactlyOnce, { variant: 'plain-producer', params: { requestTimeout: s(10) } });
    expect(total(recording, 'kafka.records.duplicated')).toBe(0);
  });

  it('the coordinator aborts what is open for too long, when it looks', () => {
    const params = { downtime: s(10), crashEvery: s(30), transactionTimeout: s(1) };
    const recording = run(exactlyOnce, { variant: 'transactional', params });
    const ended = recording.facts.tables.find(({ kind }) => kind === 'kafka.transaction.ended')!;
    const fences = [...ended.times].filter((_, row) => recording.facts.texts[ended.columns.outcome[row]] === 'fence');
    // The worker crashes for the second time at 25.5 s, and is back at 35.5 s; it is looked every ten seconds.
    expect(fences.map((time) => Math.floor(time / s(1)))).toEqual([30]);
    expect(total(recording, 'effects.results.doubled')).toBe(0);
  });

  it('larger polls need fewer transactions', () => {
    const commits = (pollRecords: number): number =>
      total(run(exactlyOnce, { variant: 'transactional', params: { pollRecords } }), 'kafka.transaction.commits');
    expect(commits(5)).toBeGreaterThan(commits(50));
  });

  it('what a worker had written that stood still for longer than its session is not there twice, nor missing', () => {
    const recording = run(exactlyOnce, {
      variant: 'transactional',
      params: { length: s(120), crashFrom: s(600) },
      interventions: [parseIntervention('16s:pause:worker-2:seconds=50')],
    });
    expect(total(recording, 'effects.results.doubled')).toBe(0);
    expect(total(recording, 'effects.results.applied')).toBe(total(recording, 'http.client.requests'));
  });

  it('a coordinator that dies in the midst of transactions changes nothing of that', () => {
    for (const broker of ['broker-1', 'broker-2', 'broker-3']) {
      const recording = run(exactlyOnce, {
        variant: 'transactional',
        interventions: [parseIntervention(`16s:kill:${broker}:seconds=5`)],
      });
      expect(total(recording, 'effects.results.doubled')).toBe(0);
      expect(total(recording, 'effects.results.applied')).toBe(total(recording, 'http.client.requests'));
      expect(most(recording, 'kafka.partition.undecided')).toBeGreaterThan(0);
    }
  });
});
