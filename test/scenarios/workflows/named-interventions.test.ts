/**
 * What can be done by hand to sagas, outboxes, projections and schemas: which scenario offers which of it, so that none goes missing,
 * and what each deed does to a run. Where nothing else goes wrong an effect is exact: as many sagas as were failed are undone, step by
 * step, and no others.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { ms, parseIntervention, Run, s, type ParameterValues, type Scenario } from '../../../sim-core/index.ts';
import { summaryOf, totalOf, trialled } from '../trials.ts';

const scenarioOf = (id: string): Scenario => catalogue.find(({ scenario }) => scenario.id === id)!.scenario;

type Played = ReturnType<typeof trialled>;
const played = (id: string, variant: string, params: ParameterValues, ...deeds: string[]): Played =>
  trialled(scenarioOf(id), { variant, params, interventions: deeds.map(parseIntervention) });

/** Each scenario with what can be done to whom. */
const OFFERED: readonly (readonly [id: string, variant: string, deeds: readonly string[]])[] = [
  ['saga', 'orchestrated', ['refuse:payments', 'lose:payments', 'slow:payments', 'crash:payments', 'kill:checkout']],
  ['saga', 'choreographed', ['refuse:payments', 'lose:payments', 'slow:payments', 'kill:payments', 'crash:checkout']],
  [
    'orphan-compensation',
    'watchdog-and-audit-log',
    ['refuse:payments', 'lose:payments', 'kill:checkout', 'kill:auditor'],
  ],
  ['outbox', 'outbox-polling', ['kill:relay', 'crash:orders', 'kill:database', 'kill:broker-1', 'kill:reader-1']],
  ['outbox', 'outbox-log-tailing', ['kill:relay']],
  ['event-sourcing', 'snapshots', ['slow:event-store', 'crash:accounts']],
  ['cqrs', 'separate-read-model', ['kill:projection', 'slow:read-store', 'slow:event-store', 'crash:accounts']],
  ['schema-evolution', 'no-gate', ['deploy:pipeline', 'crash:registry', 'kill:billing-consumer-1', 'kill:broker-1']],
];

describe('what can be done by hand', () => {
  it.each(OFFERED)('%s, %s', (id, variant, deeds) => {
    const { components } = new Run(scenarioOf(id), { variant }).finish();
    const offered = components.flatMap(({ name, interventions }) =>
      interventions.map(({ action }) => `${action}:${name}`),
    );
    expect(offered).toEqual(expect.arrayContaining([...deeds]));
    expect(offered.some((deed) => deed.startsWith('surge:'))).toBe(true);
  });
});

/** Nobody crashes, nobody refuses, and there is enough for all. */
const CALM: ParameterValues = {
  rate: 20,
  readRate: 1,
  refusedShare: 0,
  crashEvery: s(60),
  killEvery: s(60),
  stock: 100_000,
  balance: 1_000_000,
  length: s(14),
};
const STEPS = ['orders', 'inventory', 'payments', 'shipping'];
const SAGAS = 7;

const atEnd = ({ signals }: Played, name: string): number =>
  signals.find((signal) => signal.name === name)!.columns.last!.at(-1)!;

const sagaEnd = (recording: Played) => ({
  refused: totalOf(recording, 'saga.actions.refused'),
  undone: totalOf(recording, 'saga.effects.undone'),
  compensated: totalOf(recording, 'saga.compensated'),
  completed: totalOf(recording, 'saga.completed'),
  halfDone: atEnd(recording, 'saga.half_done'),
});

describe.each(['orchestrated', 'choreographed'])('%s, step n of the next sagas fails', (variant) => {
  const calm = sagaEnd(played('saga', variant, CALM));

  it.each(STEPS.map((step, n) => [n + 1, step] as const))('n = %i: %s', (n, step) => {
    const failed = sagaEnd(played('saga', variant, CALM, `3s:refuse:${step}:sagas=${SAGAS}`));
    // What came before it is undone, one effect a step and saga; a saga that had none yet is not told of as compensated.
    expect(failed).toEqual({
      refused: SAGAS,
      undone: SAGAS * (n - 1),
      compensated: n === 1 ? 0 : SAGAS,
      completed: calm.completed - SAGAS,
      halfDone: 0,
    });
  });
});

describe('and the others', () => {
  it.each(STEPS.map((step, n) => [n + 1, step] as const))('n = %i: %s, where nothing is undone', (n, step) => {
    const failed = sagaEnd(played('saga', 'no-compensation', CALM, `3s:refuse:${step}:sagas=${SAGAS}`));
    expect([failed.undone, failed.halfDone]).toEqual([0, n === 1 ? 0 : SAGAS]);
  });

  it.each(STEPS.slice(0, 3))('a compensation of %s that is lost leaves its effect standing', (step) => {
    const deeds = [`3s:refuse:shipping:sagas=${SAGAS}`, `3s:lose:${step}:compensations=2`];
    for (const variant of ['orchestrated', 'choreographed']) {
      const { undone, halfDone } = sagaEnd(played('saga', variant, CALM, ...deeds));
      expect([variant, undone, halfDone]).toEqual([variant, 3 * SAGAS - 2, 2]);
    }
  });

  it('a watchdog with an audit log finds a compensation that is lost', () => {
    const deeds = [`3s:refuse:shipping:sagas=${SAGAS}`, '3s:lose:payments:compensations=2'];
    const params = { ...CALM, length: s(22) };
    const known = Object.keys(scenarioOf('orphan-compensation').params);
    const own = Object.fromEntries(Object.entries(params).filter(([name]) => known.includes(name)));
    const left = (variant: string): number =>
      atEnd(played('orphan-compensation', variant, own, ...deeds), 'saga.half_done');
    expect(left('no-watchdog')).toBeGreaterThanOrEqual(2);
    expect(left('watchdog-and-audit-log')).toBe(0);
  });

  it('an orchestrator that is killed takes up again what it was at, and all of it ends', () => {
    const killed = played('saga', 'orchestrated', CALM, '4s:kill:checkout:seconds=1');
    expect(totalOf(killed, 'saga.recovered')).toBeGreaterThan(0);
    expect(sagaEnd(killed).halfDone).toBe(0);
    expect(totalOf(killed, 'http.client.request.errors')).toBeGreaterThan(0);
  });

  it('a checkout of choreographed sagas that crashes refuses who comes meanwhile, and leaves nothing half done', () => {
    const crashed = played('saga', 'choreographed', CALM, '4s:crash:checkout:seconds=1');
    expect(totalOf(crashed, 'http.client.request.errors')).toBeGreaterThan(0);
    expect(sagaEnd(crashed).halfDone).toBe(0);
  });

  it.each([
    ['outbox-polling', 0],
    ['outbox-log-tailing', 1],
  ])('%s: a relay that is killed publishes late, and nothing is missing', (variant, again) => {
    const quiet = { crashEvery: s(60), relayCrashEvery: s(60), databaseCrashEvery: s(60), length: s(12), rate: 50 };
    const [killed, calm] = [['4.5s:kill:relay:seconds=1'], []].map((deeds) =>
      played('outbox', variant, quiet, ...deeds),
    );
    expect(atEnd(killed, 'events.missing')).toBe(0);
    expect(summaryOf(killed, 'events.delay', 'max')).toBeGreaterThan(0.9);
    expect(summaryOf(calm, 'events.delay', 'max')).toBeLessThan(0.9);
    // Who reads the log begins again where it last wrote its place down; what is polled is deleted as it is published.
    expect(totalOf(killed, 'events.doubled')).toBeGreaterThanOrEqual(again);
  });

  it('a projection that is killed is behind, and catches up', () => {
    const params = { length: s(12), spikeAt: s(60) };
    const [killed, calm] = [['5s:kill:projection:seconds=2'], []].map((deeds) =>
      summaryOf(played('cqrs', 'separate-read-model', params, ...deeds), 'projection.lag', 'max'),
    );
    expect(calm).toBeLessThan(0.5);
    expect(killed).toBeGreaterThan(1.9);
  });

  it.each([
    ['5 rename', 'orders.failed', '8s:deploy:pipeline:change=5'],
    ['6 rename-with-default', 'orders.misread', '8s:deploy:pipeline:change=6'],
  ])('a schema that is deployed by hand: %s', (_, signal, deed) => {
    const params = { change: 'add-with-default', deployAt: s(1), gap: s(2), length: s(15), rate: 30, linger: ms(20) };
    const of = (gate: string, ...deeds: string[]): Played =>
      played('schema-evolution', 'no-gate', { ...params, gate }, ...deeds);
    expect(totalOf(of('NONE'), signal)).toBe(0);
    expect(totalOf(of('NONE', deed), signal)).toBeGreaterThan(0);
    const gated = of('FULL', deed);
    const refused = deed.endsWith('=5') ? 1 : 0;
    expect([totalOf(gated, 'schema.deployments.refused'), totalOf(gated, 'orders.failed')]).toEqual([refused, 0]);
  });
});
