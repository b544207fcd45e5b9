/** Rules of expiry that draw: a draw belongs to a request and a key, and to nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExpiryRule } from '../../../../sim-core/cache/stampede/expiry-rule.ts';
import { expiryRuleOf, protections } from '../../../../sim-core/cache/stampede/protections.ts';
import { ownDraw } from '../../../../sim-core/cache/stampede/own-draw.ts';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

const TTL = s(10);
const OPTIONS = { ttl: TTL, beta: 1, spread: 0.5, hardFactor: 2, lease: s(1), poll: ms(1) };

const ruleOf = (name: 'early-expiration' | 'early-expiration-as-printed' | 'jitter', seed: number): ExpiryRule =>
  expiryRuleOf(protections[name], new Simulation({ seed }), 'app', OPTIONS);

/** What a request makes of a key: `reload` or not at a gap where about half the requests do, or its time to live. */
const opinions = {
  'early-expiration': (rule: ExpiryRule, request: number, key: number) =>
    judged(rule, request, key, Math.round(ms(400) * Math.LN2)),
  'early-expiration-as-printed': (rule: ExpiryRule, request: number, key: number) =>
    judged(rule, request, key, TTL / 20),
  jitter: (rule: ExpiryRule, request: number, key: number) =>
    rule.lifetime(new RequestContext(request, 0), key).hard > TTL,
};

function judged(rule: ExpiryRule, request: number, key: number, gap: number): boolean {
  const entry = { key, value: 0, storedAt: 0, expiresAt: TTL, softExpiresAt: TTL, loadDuration: ms(400) };
  return rule.judge(entry, TTL - gap, new RequestContext(request, 0)) === 'reload';
}

describe.each(Object.entries(opinions))('%s', (name, opinion) => {
  const rule = ruleOf(name as keyof typeof opinions, 3);

  it('has a request that reads two keys draw for each of them on its own', () => {
    const requests = 4000;
    let both = 0;
    let first = 0;
    let second = 0;
    for (let request = 0; request < requests; request++) {
      const a = opinion(rule, request, 0);
      const b = opinion(rule, request, 1);
      if (a) first++;
      if (b) second++;
      if (a && b) both++;
    }
    // Independent: the count of both has a deviation of sqrt(n p (1-p)) = 27 about n p, p = 1/4; 4.5 of them.
    expect(Math.abs(both - (first * second) / requests)).toBeLessThan(4.5 * Math.sqrt(requests * 0.25 * 0.75));
    expect(first / requests).toBeCloseTo(0.5, 1);
  });

  it('has the same opinion of a key whatever was asked before', () => {
    const fresh = ruleOf(name as keyof typeof opinions, 3);
    const asked = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 5 });
    fc.assert(
      fc.property(asked, fc.nat(1e6), fc.nat(1e6), (before, request, key) => {
        for (const [r, k] of before) opinion(rule, r, k);
        expect(opinion(rule, request, key)).toBe(opinion(fresh, request, key));
      }),
    );
  });
});

it('a draw is uniform over the keys of one request and over the requests of one key, at both ends of their ranges', () => {
  const draws = new RandomStreams(1).keyed('draws');
  const count = 10_000;
  const rows: ((i: number) => number)[] = [
    (i) => ownDraw(draws, new RequestContext(7, 0), i),
    (i) => ownDraw(draws, new RequestContext(i, 0), 0),
    (i) => ownDraw(draws, new RequestContext(2 ** 36 + i, 0), 2 ** 52 - i),
  ];
  for (const draw of rows) {
    const bins = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < count; i++) bins[Math.floor(10 * draw(i))]++;
    // Chi-square with 9 degrees of freedom: above 33.7 once in 10,000.
    const chi = bins.reduce((sum, n) => sum + (n - count / 10) ** 2 / (count / 10), 0);
    expect(chi).toBeLessThan(33.7);
  }
});
