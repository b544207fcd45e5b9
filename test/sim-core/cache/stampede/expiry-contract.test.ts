/**
 * Every rule of expiry, by itself and under jitter: how long what it stores lives, that a reader who has made up his mind does not
 * change it back, and how many readers act at a moment, beside the closed form of each.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf } from '../../../../sim-core/cache/entry.ts';
import type { Verdict } from '../../../../sim-core/cache/stampede/expiry-rule.ts';
import { expiryRuleOf, type ProtectionParts } from '../../../../sim-core/cache/stampede/protections.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

type Rule = ProtectionParts['rule'];
const TTL = s(10);
const OPTIONS = { ttl: TTL, beta: 1.5, spread: 0.4, hardFactor: 3, lease: s(1), poll: ms(1) };
const LOAD = ms(400);

/** Of all readers at a moment, so many time units before the soft time to live is over (below 0: after), who acts, and how. */
interface Acting {
  readonly verdict: Exclude<Verdict, 'serve'>;
  readonly share: (gap: number) => number;
}
const ACTING: Record<Rule, Acting> = {
  fixed: { verdict: 'reload', share: () => 0 },
  xfetch: { verdict: 'reload', share: (gap) => Math.exp(-gap / (OPTIONS.beta * LOAD)) },
  linear: { verdict: 'reload', share: (gap) => Math.max(0, 1 - gap / (TTL / 10)) },
  soft: { verdict: 'refresh', share: (gap) => (gap <= 0 ? 1 : 0) },
};

const request = (id: number): RequestContext => new RequestContext(id, 0);
const ids = fc.nat(1e6);
const keys = fc.nat(1e6);

const RULES = (Object.keys(ACTING) as Rule[]).flatMap((rule) => [[rule, false] as const, [rule, true] as const]);

describe.each(RULES)('%s, with jitter: %s', (name, jitters) => {
  const rule = expiryRuleOf({ rule: name, jitters }, new Simulation({ seed: 5 }), 'app', OPTIONS);
  const { verdict, share } = ACTING[name];
  const spread = jitters ? OPTIONS.spread : 0;

  it('says the same of what it does against stampedes, with jitter and without', () => {
    const plain = expiryRuleOf({ rule: name }, new Simulation({ seed: 5 }), 'app', OPTIONS);
    expect(rule.control).toBe(plain.control);
    expect(rule.control !== undefined).toBe(name === 'xfetch' || name === 'linear');
  });

  it('lets an entry live for a time that has a bound, and refreshes it within that', () => {
    fc.assert(
      fc.property(ids, keys, (id, key) => {
        const { soft, hard } = rule.lifetime(request(id), key);
        expect(soft).toBeGreaterThanOrEqual(TTL * (1 - spread));
        expect(soft).toBeLessThanOrEqual(hard);
        expect(hard).toBeLessThanOrEqual(TTL * (1 + spread) * (name === 'soft' ? OPTIONS.hardFactor : 1));
        expect(Number.isInteger(soft) && Number.isInteger(hard)).toBe(true);
        expect(rule.lifetime(request(id), key)).toEqual({ soft, hard });
      }),
    );
  });

  it('serves what was stored just now, and gives one reader one opinion that only ever turns from serving to acting', () => {
    fc.assert(
      fc.property(
        ids,
        keys,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
        (id, key, parts) => {
          const life = rule.lifetime(request(id), key);
          const entry = entryOf(key, 0, 0, life, LOAD);
          const times = parts.map((part) => Math.floor(part * life.hard)).sort((a, b) => a - b);
          const verdicts = times.map((time) => rule.judge(entry, time, request(id)));
          const from = verdicts.findIndex((each) => each !== 'serve');
          if (from >= 0) expect(verdicts.slice(from).every((each) => each === verdict)).toBe(true);
          // With nothing to load there is nothing to be early for; a tenth of its time to live is the longest that any is.
          expect(rule.judge(entryOf(key, 0, 0, life), 0, request(id))).toBe('serve');
        },
      ),
    );
  });

  it.each([-s(1), 0, ms(1), ms(100), ms(400), ms(700), s(2), s(9)])(
    'has its share of readers act at a gap of %d ns',
    (gap) => {
      const readers = 20_000;
      let acting = 0;
      for (let id = 0; id < readers; id++) {
        const life = rule.lifetime(request(id), 0);
        // Past its hard time to live there is no entry to judge.
        if (gap < 0 && life.soft === life.hard) return;
        const entry = entryOf(0, 0, 0, life, LOAD);
        if (rule.judge(entry, life.soft - gap, request(id)) === verdict) acting++;
      }
      // A binomial number; 4.5 deviations are passed once in 150,000 draws. At the very end of a life the entry is gone.
      const expected = share(gap) * readers;
      if (gap === 0 && verdict === 'reload') return;
      const deviation = Math.sqrt(Math.max(0, expected * (1 - share(gap))));
      expect(Math.abs(acting - expected)).toBeLessThanOrEqual(4.5 * deviation);
    },
  );
});
