/** The claims about event sourcing away from their defaults, what the guide says, and that the log is what it was all along. */
import { describe, expect, it } from 'vitest';
import eventSourcing from '../../../scenarios/workflows/event-sourcing.ts';
import { ms, parseIntervention, s, us, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { failed, summaryOf, totalOf, trialled } from '../trials.ts';

const VARIANTS = Object.keys(eventSourcing.variants);

const ran = (variant: string, params: ParameterValues = {}, ...interventions: string[]): Trialled =>
  trialled(eventSourcing, { variant, params, interventions: interventions.map(parseIntervention) });

describe.each<[string, ParameterValues]>([
  ['a short history', { history: 20, length: s(15) }],
  ['a slow store', { readTime: us(100), rate: 40, length: s(15) }],
  ['few accounts', { accounts: 3, rate: 40, length: s(15) }],
  ['no busy account', { hotShare: 0, length: s(15) }],
  ['a single attempt', { attempts: 1, length: s(15) }],
  ['more deposits than withdrawals', { withdrawals: 0.3, length: s(15) }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    // With so few events no snapshot is older than they are.
    const fitting = variant === 'upcasting' || variant === 'snapshots' ? { snapshotEvery: 10 } : {};
    expect(failed(ran(variant, { ...params, ...fitting }))).toEqual([]);
  });
});

describe('as the guide says', () => {
  const short = { length: s(20) };
  const misread = 'accounts.misread';

  it('loads grow with the log, and conflicts with the loads', () => {
    const [young, old] = [50, 400].map((history) => ran('rebuild-from-start', { history, rate: 60, ...short }));
    const loads = [young, old].map((one) => summaryOf(one, 'aggregate.load.duration', 'mean'));
    // Loads are of 32 more in the mean, by what comes in the run, and take 60 us an event and 1.6 ms: 28 ms to 6.5 ms, if nobody waits.
    expect(loads[1]).toBeGreaterThan(3 * loads[0]);
    expect(totalOf(old, 'event_store.conflicts')).toBeGreaterThan(totalOf(young, 'event_store.conflicts'));
  });

  it.each(['surge:customers:factor=2', 'slow:event-store:factor=4'])('there are more conflicts by %s', (deed) => {
    const conflicts = (...deeds: string[]): number =>
      totalOf(ran('snapshots', short, ...deeds), 'event_store.conflicts');
    // Twice the bookings meet four times as often, and a store that takes four times as long makes decisions, most of whose time it is,
    // over twice as long: for three quarters of the run, 1 + 0.75 at least.
    expect(conflicts(`5s:${deed}`)).toBeGreaterThan(1.5 * conflicts());
  });

  it('without its snapshots each account is folded from its first event once more', () => {
    const most = (...deeds: string[]): number =>
      summaryOf(ran('snapshots', short, ...deeds), 'aggregate.load.events', 'max');
    // A snapshot every 50, and as many again may come while one is being written; without them the 200 of the start.
    expect(most()).toBeLessThan(100);
    expect(most('10s:drop-snapshots:event-store')).toBeGreaterThanOrEqual(200);
  });

  it('upcasters that come late mend what failed, and what was misread only if the snapshots of it go too', () => {
    const late = '15s:deploy:accounts:version=3,upcasters=1';
    const from = (variant: string, signal: string, ...deeds: string[]): number =>
      totalOf(ran(variant, {}, ...deeds), signal);
    const unreadable = 'aggregate.commands.unreadable';
    // From 10 s to 15 s, and not to 30 s: a quarter. Of what was misread the same, but for accounts whose state is still a snapshot.
    expect(from('upcaster-missing', unreadable, late)).toBeLessThan(0.4 * from('upcaster-missing', unreadable));
    const stop = from('defaults-as-printed', misread, late, '15s:drop-snapshots:event-store');
    expect(from('defaults-as-printed', misread, late)).toBeGreaterThan(1.5 * stop);
  });

  it('code of another meaning misreads without a word, and code that is older than an event fails on it', () => {
    const first = ran('snapshots', short, '10s:deploy:accounts:version=1,upcasters=1');
    expect(totalOf(first, misread)).toBeGreaterThan(0);
    expect(totalOf(first, 'aggregate.commands.unreadable')).toBe(0);
    const back = ran('upcasting', short, '15s:deploy:accounts:version=2,upcasters=1');
    expect(totalOf(back, 'aggregate.commands.unreadable')).toBeGreaterThan(0);
  });

  it('snapshots that are far apart make loads long, and a single attempt makes conflicts final', () => {
    const every = (snapshotEvery: number): number =>
      summaryOf(ran('snapshots', { snapshotEvery, ...short }), 'aggregate.load.events', 'mean');
    // Half of the distance in the mean, and with 5 what comes while a snapshot is written: up to twice as many.
    expect(every(100)).toBeGreaterThan(5 * every(5));
    const givenUp = (attempts: number): number =>
      totalOf(ran('snapshots', { attempts, ...short }), 'aggregate.commands.given_up');
    expect(givenUp(1)).toBeGreaterThan(givenUp(5));
  });

  it('balances of the past are right, whatever was deployed meanwhile, if it has its upcasters', () => {
    const audited = ran('upcasting', { auditRate: 100, rate: 20, deployAt: s(5), length: s(15), foldTime: us(5) });
    // 1,500, less five deviations of a Poisson number, is 1,300.
    expect(summaryOf(audited, 'aggregate.load_past.events', 'count')).toBeGreaterThan(1300);
    expect(totalOf(audited, misread)).toBe(0);
    expect(summaryOf(audited, 'aggregate.load.duration', 'p50')).toBeLessThan(ms(20) / s(1));
  });
});
