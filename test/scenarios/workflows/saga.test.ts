/** The claims about the order saga away from their defaults, under interventions that chance picks, and what the guide says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import saga from '../../../scenarios/workflows/saga.ts';
import { PRICE } from '../../../scenarios/workflows/application/order-services.ts';
import {
  judge,
  ms,
  parseIntervention,
  s,
  Trial,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';
import { componentsOf } from '../../../sim-core/network/component.ts';
import { sagaSettled } from '../../../sim-core/services/saga/facts.ts';
import { failed, totalOf, trialled } from '../trials.ts';

const VARIANTS = Object.keys(saga.variants);
const KEPT = VARIANTS.filter((variant) => saga.roles[variant] === 'remedy');

const atEnd = ({ signals }: Trialled, name: string): number =>
  signals.find((signal) => signal.name === name)!.columns.last!.at(-1)!;

const ran = (variant: string, params: ParameterValues, ...interventions: string[]): Trialled =>
  trialled(saga, { variant, params, interventions: interventions.map(parseIntervention) });

const halfDone = (recording: Trialled): number => atEnd(recording, 'saga.half_done');

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

/** What the services hold by their own account, in the order of their steps. */
const heldBy = ({ sim }: Trial): (number | string)[] =>
  ['orders', 'inventory', 'payments', 'shipping'].map(
    (service) =>
      componentsOf(sim)
        .find(({ name }) => name === service)!
        .state()['held'],
  );

const ARGUMENT: Readonly<Record<string, string>> = {
  refuse: 'sagas=5',
  slow: 'factor=10',
  crash: 'seconds=1',
  kill: 'seconds=1',
};

it('ends with all or nothing whatever is done to whom, once it is left alone', () => {
  const services = ['orders', 'inventory', 'payments', 'shipping'];
  const at = fc.integer({ min: 100, max: 5000 }).map((time) => `${time}ms`);
  /** Deeds on one of the services, and on who coordinates: a service is called or hears events, and so is crashed or killed. */
  const deedsOn = (end: string, coordinators: readonly string[]): fc.Arbitrary<string[]> => {
    const onService = fc
      .tuple(fc.constantFrom('refuse', 'slow', end), fc.constantFrom(...services))
      .map(([action, service]) => `${action}:${service}:${ARGUMENT[action]}`);
    const deed = fc.oneof(
      { weight: 3, arbitrary: onService },
      { weight: 1, arbitrary: fc.constantFrom(...coordinators) },
    );
    return fc.array(
      fc.tuple(at, deed).map(([time, what]) => `${time}:${what}`),
      { maxLength: 6 },
    );
  };
  const orchestrated = deedsOn('crash', ['kill:checkout:seconds=1']);
  const choreographed = deedsOn('kill', ['crash:checkout:seconds=1', 'kill:rabbit:seconds=1']);
  const done = fc
    .constantFrom(...KEPT)
    .chain((variant) => fc.tuple(fc.constant(variant), variant === 'choreographed' ? choreographed : orchestrated));
  const heal = services.map((service) => `6s:slow:${service}:factor=1`);
  fc.assert(
    fc.property(done, fc.integer({ min: 1, max: 1e6 }), ([variant, deeds], seed) => {
      const interventions = [...deeds, ...heal].map(parseIntervention);
      const params = { rate: 20, readRate: 20, length: s(14), stock: 20 };
      const trial = new Trial(saga, { variant, params, seed, interventions });
      const ends = new Map<number, string>();
      trial.sim.facts.channel(sagaSettled).listen(({ request, outcome }) => ends.set(request, outcome));
      while (!trial.advance(Infinity));
      expect(trial.violations()).toEqual([]);
      // What each service holds is what the completed sagas took of it, and no more: a price of payments, one of all else.
      const completed = [...ends.values()].filter((outcome) => outcome === 'completed').length;
      expect(completed).toBeGreaterThan(0);
      expect(heldBy(trial)).toEqual([completed, completed, PRICE * completed, completed]);
      const recording = trial.finish();
      expect([halfDone(recording), atEnd(recording, 'saga.money.unsettled')]).toEqual([0, 0]);
      if (variant === 'semantic-lock') expect(failed(recording)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

it('what semantic-lock claims of dirty and fuzzy reads, and nothing else, fails of a run without the lock', () => {
  const claims = judge(saga, 'semantic-lock', ran('orchestrated', {}));
  const refuted = claims.filter(({ pass }) => !pass);
  expect(refuted.map(({ text }) => text)).toEqual([
    expect.stringContaining('saga.reads.fuzzy'),
    expect.stringContaining('saga.reads.dirty'),
  ]);
});

describe('as the guide says', () => {
  it('balances that are written as they were read lose what others did, and are wrong by what was lost', () => {
    const [lost, misstated] = ['saga.updates.lost', 'saga.money.misstated'];
    const asRead = ran('balance-as-read', {});
    expect(atEnd(asRead, misstated) % PRICE).toBe(0);
    expect(atEnd(asRead, misstated)).toBeGreaterThan(0);
    // The account that is found changed is the same one in both; what is as it was read again loses nothing, nor does an amount.
    const fuzzy = totalOf(asRead, 'saga.reads.fuzzy');
    expect(totalOf(ran('orchestrated', {}), 'saga.reads.fuzzy')).toBe(fuzzy);
    expect(totalOf(asRead, lost)).toBeGreaterThan(0);
    expect(totalOf(asRead, lost)).toBeLessThanOrEqual(fuzzy);
    expect(totalOf(ran('orchestrated', {}), lost)).toBe(0);
  });

  it('the lock refuses orders of accounts that are in use, and so less is sold', () => {
    const sold = (variant: string): number => totalOf(ran(variant, {}), 'saga.completed');
    expect(sold('semantic-lock')).toBeLessThan(0.9 * sold('orchestrated'));
  });

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

  it('others are refused for want of what is only held, if it is held for long and much sells out, lock or no lock', () => {
    const scarce = { stock: 120, shipTime: ms(500), timeout: s(5) };
    for (const variant of ['orchestrated', 'semantic-lock']) {
      expect(totalOf(ran(variant, scarce), 'saga.holdings.deprived')).toBeGreaterThan(0);
    }
  });

  it('an orchestrator that is up again takes up what it has in its log, and nothing without one', () => {
    const recovered = (params: ParameterValues): number => totalOf(ran('orchestrated', params), 'saga.recovered');
    expect(recovered({})).toBeGreaterThan(0);
    expect(recovered({ durableLog: false })).toBe(0);
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
