/** The claims about the order saga away from their defaults, under interventions that chance picks, and what the guide says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import saga from '../../../scenarios/workflows/saga.ts';
import { judge, ms, parseIntervention, run, s, type ParameterValues, type Recording } from '../../../sim-core/index.ts';
import { failed, totalOf } from '../trials.ts';

const VARIANTS = Object.keys(saga.variants);
const KEPT = VARIANTS.filter((variant) => saga.roles[variant] === 'remedy');

const atEnd = ({ signals }: Recording, name: string): number =>
  signals.find((signal) => signal.name === name)!.columns.last!.at(-1)!;

const ran = (variant: string, params: ParameterValues, ...interventions: string[]): Recording =>
  run(saga, { variant, params, interventions: interventions.map(parseIntervention) });

const halfDone = (recording: Recording): number => atEnd(recording, 'saga.half_done');

describe.each<[string, ParameterValues]>([
  ['scarce goods', { stock: 20, length: s(20) }],
  ['poor customers', { balance: 200, length: s(20) }],
  ['many refusals', { refusedShare: 0.3, rate: 40 }],
  ['many crashes', { crashEvery: ms(400), killEvery: s(1), downtime: ms(300), rate: 40 }],
  ['an impatient orchestrator', { attempts: 1, rate: 40 }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(ran(variant, params))).toEqual([]);
  });
});

it('ends with all or nothing whatever is done to whom, once it is left alone', () => {
  const services = ['orders', 'inventory', 'payments', 'shipping'];
  const at = fc.integer({ min: 100, max: 5000 }).map((time) => `${time}ms`);
  const onService = fc
    .tuple(at, fc.constantFrom(...services), fc.constantFrom('refuse', 'slow', 'crash'))
    .map(([time, service, action]) =>
      action === 'refuse'
        ? `${time}:refuse:${service}:sagas=5`
        : action === 'slow'
          ? `${time}:slow:${service}:factor=10`
          : `${time}:crash:${service}:seconds=1`,
    );
  const onCheckout = at.map((time) => `${time}:kill:checkout:seconds=1`);
  const deeds = fc.array(fc.oneof(onService, onCheckout), { maxLength: 6 });
  const heal = services.map((service) => `6s:slow:${service}:factor=1`);
  fc.assert(
    fc.property(deeds, fc.integer({ min: 1, max: 1e6 }), (done, seed) => {
      const interventions = [...done, ...heal].map(parseIntervention);
      const params = { rate: 20, readRate: 20, length: s(14), stock: 20 };
      const recording = run(saga, { variant: 'semantic-lock', params, seed, interventions });
      expect(failed(recording)).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

it('what semantic-lock claims of dirty reads, and nothing else, fails of a run without the lock', () => {
  const claims = judge(saga, 'semantic-lock', ran('orchestrated', {}));
  const refuted = claims.filter(({ pass }) => !pass);
  expect(refuted.map(({ text }) => text)).toEqual([expect.stringContaining('saga.reads.dirty')]);
});

describe('as the guide says', () => {
  it.each<[string, ParameterValues]>([
    ['a durable log', { durableLog: false }],
    ['idempotency keys', { idempotencyKeys: false }],
    ['compensating what is in doubt', { doubtfulUndone: false }],
  ])('without %s orders stay half done', (_name, params) => {
    expect(halfDone(ran('orchestrated', params))).toBeGreaterThan(0);
  });

  it('an action that comes behind its compensation stands, unless that bars it', () => {
    const slowness = ['12s:slow:shipping:factor=20', '16s:slow:shipping:factor=1'];
    expect(halfDone(ran('orchestrated', { lateActionsBarred: false }))).toBe(0);
    expect(halfDone(ran('orchestrated', { lateActionsBarred: false }, ...slowness))).toBeGreaterThan(0);
    expect(halfDone(ran('orchestrated', {}, ...slowness))).toBe(0);
  });

  it('a compensation that is lost is never made up for', () => {
    const recording = ran('orchestrated', {}, '12s:lose:payments:compensations=20');
    expect(halfDone(recording)).toBe(20);
    expect(atEnd(recording, 'saga.money.unsettled')).toBe(20 * 40);
  });

  it.each([
    ['orchestrated', '12s:kill:checkout:seconds=5'],
    ['choreographed', '12s:kill:rabbit:seconds=3'],
  ])('%s, what is under way only waits: %s', (variant, intervention) => {
    expect(halfDone(ran(variant, {}, intervention))).toBe(0);
  });

  it('who gives up at once sells less', () => {
    const sold = (params: ParameterValues): number => totalOf(ran('orchestrated', params), 'saga.completed');
    expect(sold({ attempts: 1 })).toBeLessThan(0.9 * sold({}));
  });

  it('choreographed, more orders come through: nobody gives up', () => {
    const [orchestrated, choreographed] = KEPT.map((variant) => totalOf(ran(variant, {}), 'saga.completed'));
    expect(choreographed).toBeGreaterThan(orchestrated);
  });
});
