/** The claims about CQRS away from their defaults, and what the guide says: kills, orders of checkpoint and rows, a slow read store. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import cqrs from '../../../scenarios/workflows/cqrs.ts';
import { centsOf } from '../../../scenarios/workflows/application/bookings.ts';
import {
  componentsOf,
  EventStore,
  judge,
  ms,
  parseIntervention,
  ReadStore,
  s,
  Trial,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';
import { failed, summaryOf, totalOf, trialled } from '../trials.ts';

const VARIANTS = Object.keys(cqrs.variants);
const SHORT = { spikeAt: s(3), spikeFor: s(3), rebuildAt: s(8), length: s(12) };

const ran = (variant: string, params: ParameterValues = {}, ...interventions: string[]): Trialled =>
  trialled(cqrs, { variant, params: { ...SHORT, ...params }, interventions: interventions.map(parseIntervention) });

const behindAtEnd = ({ signals }: Trialled): number =>
  signals.find(({ name }) => name === 'projection.behind')!.columns.last!.at(-1)!;
const errors = (trial: Trialled): number => totalOf(trial, 'http.client.request.errors');

/** Few who ask, so that the stores have time to spare. */
const IDLE = { accounts: 20, history: 5, sessions: 10, readRate: 1, visitorRate: 1, pollEvery: ms(5), length: s(10) };
/** From here on hardly anybody comes, nothing is slow and nobody is killed; what is left to do is soon done. */
const QUIET = ['4s:slow:read-store:factor=1', '4s:slow:event-store:factor=1', '4s:surge:users:factor=0.01'];

describe.each<[string, ParameterValues]>([
  ['a quick projection', { pollEvery: ms(5) }],
  ['a slow projection', { pollEvery: ms(300) }],
  ['few visitors and more processors', { visitorRate: 20, cores: 8 }],
  ['a long history', { history: 60, readRate: 20, visitorRate: 50, sessions: 20 }],
  ['a checkpoint in the transaction of its rows', { checkpoint: 'with', idempotent: false }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(ran(variant, params))).toEqual([]);
  });
});

it('waiting is what makes deposits be seen: of a read model without it that claim fails', () => {
  const separate = ran('separate-read-model');
  const claims = judge(cqrs, 'wait-for-write', separate);
  expect(claims.find(({ text }) => text.includes('session.missing'))!.pass).toBe(false);
});

it('a second store in service is what spares readers a half-filled model: of a single one that claim fails', () => {
  const inPlace = ran('rebuilt-in-place');
  const claims = judge(cqrs, 'rebuilt-one-by-one', inPlace);
  expect(claims.find(({ text }) => text.includes('read.staleness'))!.pass).toBe(false);
});

it.each(['sticky-sessions', 'wait-for-what-was-seen'])(
  '%s is what keeps sessions from going back in time',
  (variant) => {
    const between = ran('two-read-stores');
    expect(totalOf(between, 'session.back_in_time')).toBeGreaterThan(0);
    const claims = judge(cqrs, variant, between);
    expect(claims.find(({ text }) => text.includes('session.back_in_time'))!.pass).toBe(false);
    expect(totalOf(ran(variant), 'session.back_in_time')).toBe(0);
  },
);

it('each read store has a lag of its own: while one projection is down the other store is read, and is as fresh as ever', () => {
  const staleness = (stores: number): number =>
    summaryOf(ran('separate-read-model', { stores }, '6s:kill:projection:seconds=4'), 'read.staleness', 'max');
  expect(staleness(2)).toBeLessThan(0.5);
  expect(staleness(1)).toBeGreaterThan(3);
});

it('is the fold of the log in the end, whatever is done to the projection and its stores', () => {
  const at = fc.integer({ min: 100, max: 3000 }).map((time) => `${time}ms`);
  const deed = fc.constantFrom(
    'kill:projection:seconds=0.001',
    'kill:projection:seconds=0.3',
    'rebuild:projection',
    'rebuild-in-place:projection',
    'slow:read-store:factor=3',
    'slow:event-store:factor=3',
    'surge:users:factor=5',
  );
  const deeds = fc.array(
    fc.tuple(at, deed).map(([time, what]) => `${time}:${what}`),
    { maxLength: 12 },
  );
  const orders = fc.constantFrom<[string, boolean]>(['with', true], ['with', false], ['after', true]);
  fc.assert(
    fc.property(deeds, orders, fc.integer({ min: 1, max: 1e6 }), (done, [checkpoint, idempotent], seed) => {
      const params = { ...IDLE, checkpoint, idempotent };
      const interventions = [...done, ...QUIET].map(parseIntervention);
      const trial = new Trial(cqrs, { variant: 'separate-read-model', params, seed, interventions });
      while (!trial.advance(Infinity));
      const components = componentsOf(trial.sim);
      const { log } = components.find((one) => one instanceof EventStore)!;
      const { model } = components.find((one) => one instanceof ReadStore)!;
      // Rarely somebody comes so late that there is no time left for it.
      fc.pre(log.readAll(log.head - 1, 1)[0].at < IDLE.length - s(1));
      expect(model.checkpoint).toBe(log.head);
      for (let customer = 0; customer < IDLE.accounts / 10; customer++) {
        const events = log.readAll(0, Infinity).filter(({ stream }) => Math.floor(stream / 10) === customer);
        expect(model.row(customer).row).toBe(events.reduce((sum, { bytes }) => sum + centsOf(bytes), 0));
      }
    }),
    { numRuns: 40 },
  );
});

describe('as the guide says', () => {
  const KILL = '5s:kill:projection:seconds=3';

  it('while the projection is away deposits are missing, or looks that wait for them are refused', () => {
    const [shown, refused] = ['separate-read-model', 'wait-for-write'].map((variant) => ran(variant, {}, KILL));
    // 40 sessions a second look 0.1, 0.6 and 1.1 s after their deposits in the mean, so that of those within the 3 s there are
    // 40 (3 x 3 - 1.8) = 288 looks, less five deviations, at most sqrt(3 x 288) as a session's three go together.
    expect(totalOf(shown, 'session.missing')).toBeGreaterThan(140);
    expect(errors(shown)).toBe(0);
    expect(totalOf(refused, 'session.missing')).toBe(0);
    expect(errors(refused)).toBe(totalOf(refused, 'read_model.waits.timed_out'));
    // Of the first looks those with a second or more to go: 40 (2 - 0.1) = 76, less five deviations of sqrt(76).
    expect(errors(refused)).toBeGreaterThan(30);
    // What comes in a second; a projection that is up again is behind by its lag, a few events.
    for (const one of [shown, refused]) expect(behindAtEnd(one)).toBeLessThan(40);
  });

  /** A projection that hardly ever pauses, killed at many moments: which of two steps each falls between is chance's. */
  const busy = { pollEvery: ms(1) };
  const kills = Array.from({ length: 30 }, (_, i) => `${3000 + i * 97}ms:kill:projection:seconds=0.02`);

  it('with a checkpoint before the rows events are lost for good: the projection stops, or nobody hears of it', () => {
    const behind = (checkpoint: string, idempotent = true): number =>
      behindAtEnd(ran('separate-read-model', { ...busy, checkpoint, idempotent, accounts: 20 }, ...kills));
    // The kills are over at 6 s. It stops when an account that lacks an event has its next, half a second later in the mean of 20
    // accounts: 40 a second are left for 6 s, and less than half of that is sure.
    expect(behind('before')).toBeGreaterThan(100);
    expect(behind('before', false)).toBeLessThan(40);
    expect(behind('after')).toBeLessThan(40);
  });

  it('with one after them events come again, and are left out', () => {
    const repeated = (checkpoint: string): number =>
      totalOf(ran('separate-read-model', { ...busy, checkpoint }, ...kills), 'projection.repetitions');
    expect(repeated('after')).toBeGreaterThan(0);
    expect(repeated('with')).toBe(0);
  });

  it('to wait for a checkpoint that is ahead of its rows is to wait for nothing', () => {
    // A sixth of 400 first looks come too soon, as `waitsLeast` has it: 67, less five deviations. They are let read when the checkpoint is
    // told, which takes one query; the rows are asked for only by the answer to it.
    expect(totalOf(ran('wait-for-write', { checkpoint: 'before' }), 'session.missing')).toBeGreaterThan(25);
  });

  it('a slow read store makes the lag longer, and deposits no slower', () => {
    const slowed = ran('separate-read-model', { visitorRate: 1 }, '5s:slow:read-store:factor=3');
    const usual = ran('separate-read-model', { visitorRate: 1 });
    const mean = (trial: Trialled, signal: string): number => summaryOf(trial, signal, 'mean');
    // Half a pause and three queries are 28 ms; writing the rows takes 2 ms more of it, for seven of the ten seconds.
    expect(mean(slowed, 'projection.lag')).toBeGreaterThan(1.05 * mean(usual, 'projection.lag'));
    expect(mean(slowed, 'aggregate.load.duration')).toBeCloseTo(mean(usual, 'aggregate.load.duration'), 4);
  });

  it('to build anew takes longer the longer the log, and is an intervention', () => {
    const duration = (history: number, deed: string): number =>
      summaryOf(
        ran('separate-read-model', { history }, `5s:${deed}:projection`),
        'projection.rebuild.duration',
        'mean',
      );
    // Twice the batches; what does not double is a pause, and the deposits that have come since.
    for (const deed of ['rebuild', 'rebuild-in-place']) {
      expect(duration(30, deed)).toBeGreaterThan(1.7 * duration(15, deed));
    }
  });

  it('only the store that is read is short as more and more come to read', () => {
    const many = ran('separate-read-model', { visitorRate: 3000 });
    const load = many.expectations.find(({ text }) => text.includes('aggregate.load.duration'))!;
    // For 3 s there come 3,000 overviews a second and more, and 2,000 can be read: for the last there are 1.5 s of others before them.
    expect(summaryOf(many, 'http.client.request.duration', 'p99')).toBeGreaterThan(1);
    expect(load.pass).toBe(true);
  });

  it('in place readers see old rows, beside they do not', () => {
    const worst = (variant: string): number => summaryOf(ran(variant), 'read.staleness', 'max');
    // At 8 s rows lack what was replaced before the start; beside, no more than a pause and two rounds of 0.1 s, busy as they are.
    expect(worst('rebuilt-in-place')).toBeGreaterThan(8);
    expect(worst('rebuilt-beside')).toBeLessThan(0.3);
  });

  it('whoever looks later misses less, and a lag of half a second is missed by most', () => {
    const missing = (params: ParameterValues): number =>
      summaryOf(ran('separate-read-model', params), 'session.first_look.missing_ratio', 'mean');
    // 1 - exp(-u / m) with the rest u of a pause of up to 50 ms is about u / m, a tenth at ten times m; and with a pause P of 0.5 s
    // the mean of it is 1 - (m / P) (1 - exp(-P / m)) = 0.8.
    expect(missing({ firstThink: s(1) })).toBeLessThan(missing({}) / 2);
    expect(missing({ pollEvery: ms(500) })).toBeGreaterThan(0.5);
  });
});
