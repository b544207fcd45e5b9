/** The write-behind buffer's claims away from its defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import writeBehindCrash from '../../../scenarios/caching/write-behind-crash.ts';
import { ms, parseIntervention, s, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { failed, totalOf, trialled } from '../trials.ts';

const lost = (recording: Trialled): number => totalOf(recording, 'cache.writes.lost');

describe.each<[string, ParameterValues]>([
  ['a crash at another time', { crashAt: s(20.05), length: s(30) }],
  ['no crash', { crashAt: 0, length: s(40) }],
  ['a larger batch', { batch: 400, length: s(50) }],
  ['a shorter delay', { flushDelay: ms(300), rate: 900, capacity: 2000, crashAt: s(12), length: s(20) }],
])('with %s', (_name, params) => {
  it.each(['offer-and-forget', 'blocking-put', 'ack-after-flush', 'journal-every-n-ms', 'journal-every-write'])(
    '%s holds its claims',
    (variant) => expect(failed(trialled(writeBehindCrash, { variant, params }))).toEqual([]),
  );
});

describe('a journal', () => {
  it('that is synced in intervals loses nothing when only the process dies', () => {
    expect(lost(trialled(writeBehindCrash, { variant: 'journal-every-n-ms', params: { crash: 'process' } }))).toBe(0);
  });

  it('outlives a store that fails and a crash by intervention', () => {
    const afterBoth = (variant: string): Trialled =>
      trialled(writeBehindCrash, {
        variant,
        params: { failAt: s(10), length: s(30), crashAt: 0 },
        interventions: [parseIntervention('10.8s:crash:app-1:seconds=2')],
      });
    const recording = afterBoth('journal-every-write');
    expect(lost(recording)).toBe(0);
    // The store had committed none of what is replayed: it failed when the process died.
    expect(totalOf(recording, 'cache.writes.repeated')).toBe(0);
    expect(lost(afterBoth('offer-and-forget'))).toBeGreaterThan(1000);
  });
});

it('without a crash, a failure or more writes than the flush can take, the printed buffer loses nothing', () => {
  const recording = trialled(writeBehindCrash, { variant: 'offer-and-forget', params: { rate: 150, crashAt: 0 } });
  expect(lost(recording)).toBe(0);
});
