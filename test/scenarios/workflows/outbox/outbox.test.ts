/** The claims about the outbox away from their defaults, what the guide says of other settings, and what can be done to it. */
import { describe, expect, it } from 'vitest';
import outbox from '../../../../scenarios/workflows/outbox.ts';
import {
  ms,
  parseIntervention,
  resolveParameters,
  s,
  toSeconds,
  type ParameterValues,
  type Trialled,
} from '../../../../sim-core/index.ts';
import { failed, summaryOf, totalOf, trialled } from '../../trials.ts';

const VARIANTS = Object.keys(outbox.variants);

const known = new Map<string, Trialled>();
/** Each run is computed once. */
function tried(variant: string, params: ParameterValues = {}, ...deeds: string[]): Trialled {
  const key = JSON.stringify([variant, params, deeds]);
  const run =
    known.get(key) ?? trialled(outbox, { variant, seed: 1, params, interventions: deeds.map(parseIntervention) });
  known.set(key, run);
  return run;
}

const atEnd = ({ signals }: Trialled, signal: string): number =>
  signals.find(({ name }) => name === signal)!.columns.last!.at(-1)!;
const most = (run: Trialled, signal: string): number => summaryOf(run, signal, 'max');
/** Orders without event, and events without order. */
const unmatched = (run: Trialled): number[] => [atEnd(run, 'events.missing'), atEnd(run, 'events.invented')];

/** Settings at which everything that is claimed says something: a floor is above 0, and a ceiling below all orders. */
const SETTINGS: readonly [string, ParameterValues][] = [
  [
    'slow polls, long transactions and long restarts',
    { customers: 20, holdTime: ms(20), pollInterval: s(0.5), downtime: ms(300), length: s(26) },
  ],
  [
    'many orders and many deaths',
    {
      customers: 20,
      rate: 250,
      crashEvery: ms(500),
      databaseCrashEvery: s(2),
      relayCrashEvery: s(1),
      storeInterval: ms(400),
      downtime: ms(150),
      length: s(20),
    },
  ],
];
it.each<ParameterValues>([{ relays: 2 }, { claims: 'turn' }, { polling: 'as-printed' }])(
  'polls cost no more than is claimed with %o',
  (given) => {
    expect(failed(tried('outbox-polling', given))).toEqual([]);
  },
);

it.each(SETTINGS)('with %s all variants hold their claims, none of which is empty', (_name, given) => {
  for (const variant of VARIANTS) {
    const params = resolveParameters(outbox, variant, given);
    const orders = (params['rate'] as number) * toSeconds(params['length'] as number);
    for (const { claim } of outbox.expect[variant]) {
      const limit = claim!.limit(params);
      // Three rows at a time are too few for what comes here, and whether these overtake each other is chance.
      if (variant === 'four-relays-skip-locked') continue;
      if (claim!.bound === 'at least') expect(limit, `${variant}: ${claim!.measure.text}`).toBeGreaterThan(0);
      else expect(limit, `${variant}: ${claim!.measure.text}`).toBeLessThan(orders);
    }
    expect(failed(tried(variant, given)), variant).toEqual([]);
  }
});

describe('whatever is done to it, an outbox has what the database has', () => {
  const DEEDS = [
    '12s:kill:relay:seconds=5',
    '12s:crash:orders:seconds=2',
    '12s:kill:database:seconds=2',
    '12s:abort:database:transactions=50',
    '12s:slow:database:factor=20',
    '12s:kill:broker-1:seconds=12',
  ];
  it.each(['outbox-polling', 'outbox-log-tailing'])('%s', (variant) => {
    for (const deed of DEEDS) expect(unmatched(tried(variant, {}, deed)), deed).toEqual([0, 0]);
  });

  it('while a broker is slow as well; a service that publishes by itself loses what lingers meanwhile', () => {
    const slow = ['12s:slow:broker-1:factor=1000', '14s:slow:broker-1:factor=1'];
    expect(unmatched(tried('outbox-polling', {}, ...slow))).toEqual([0, 0]);
    expect(unmatched(tried('dual-write', {}, ...slow))[0]).toBeGreaterThan(2 * unmatched(tried('dual-write'))[0]);
  });
});

describe('as the guide says', () => {
  it('published first, what is rolled back is announced', () => {
    const rolledBack = tried('publish-first', { abortShare: 0 }, '12s:abort:database:transactions=50');
    const invented = unmatched(tried('publish-first', { abortShare: 0 }))[1];
    expect(invented).toBeGreaterThan(0);
    expect(unmatched(rolledBack)[1]).toBeGreaterThan(invented + 40);
  });

  it('without a linger fewer are lost, and some still are', () => {
    const [missing] = unmatched(tried('dual-write', { linger: 0 }));
    expect(missing).toBeGreaterThan(0);
    expect(missing).toBeLessThan(unmatched(tried('dual-write'))[0] / 2);
  });

  it('while the relay is away the outbox grows, or the log; and a reader with a short memory acts on old events again', () => {
    const away = '12s:kill:relay:seconds=5';
    // 150 orders a second, less those that crashes leave: three in four at least.
    expect(most(tried('outbox-polling', {}, away), 'outbox.depth')).toBeGreaterThan(5 * 150 * 0.7);
    const tailing = tried('outbox-log-tailing', { remembers: ms(500) }, away);
    // Of an order the log has more than 300 bytes: a customer, an order, an event, and their headers.
    expect(most(tailing, 'db.wal.retained')).toBeGreaterThan(3 * 150 * 0.7 * 300);
    expect(totalOf(tailing, 'events.doubled.acted_on')).toBeGreaterThan(0);
    expect(totalOf(tried('outbox-log-tailing', {}, away), 'events.doubled.acted_on')).toBe(0);
  });

  it('one of two relays goes on while the other is dead, and takes turns with it else', () => {
    const depth = (relays: number, victim: string): number =>
      most(tried('two-relays-in-turn', { relays }, `12s:kill:${victim}:seconds=5`), 'outbox.depth');
    expect(depth(1, 'relay')).toBeGreaterThan(5 * 150 * 0.7);
    // One second's orders, for the broker and the database take their time too.
    expect(depth(2, 'relay-1')).toBeLessThan(150);
  });

  it('while a broker is dead the outbox grows, until others lead in its place', () => {
    const outage = (seconds: number): number =>
      most(tried('outbox-polling', {}, `12s:kill:broker-1:seconds=${seconds}`), 'outbox.depth');
    // Orders of nine seconds, half of which come through the crashes at least; later it makes no difference that it is dead.
    expect(outage(12)).toBeGreaterThan(9 * 150 * 0.5);
    expect(outage(16)).toBe(outage(12));
  });

  it('a relay that never gets to write its place down begins with the first order each time', () => {
    const [often, never] = [s(1), s(60)].map((storeInterval) => tried('outbox-log-tailing', { storeInterval }));
    expect(totalOf(never, 'events.doubled')).toBeGreaterThan(10 * totalOf(often, 'events.doubled'));
    expect(unmatched(never)).toEqual([0, 0]);
  });

  it('polls cost more the more often they are, and by the printed table the more rows there ever were', () => {
    const cost = (variant: string, params?: ParameterValues): number =>
      summaryOf(tried(variant, params), 'db.cpu.busy.relay', 'mean');
    expect(cost('outbox-polling', { pollInterval: ms(5) })).toBeGreaterThan(4 * cost('outbox-polling'));
    expect(cost('outbox-as-printed')).toBeGreaterThan(3 * cost('outbox-polling'));
  });

  it('short transactions skip few', () => {
    const [skipped] = unmatched(tried('polling-by-position'));
    expect(unmatched(tried('polling-by-position', { holdTime: ms(1) }))[0]).toBeLessThan(skipped / 4);
  });
});
