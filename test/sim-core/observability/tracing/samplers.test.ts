/** Head samplers: the decisions of their names, and that a share of traces is that share, the same for everybody who asks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linksBased } from '../../../../sim-core/observability/tracing/links-based.ts';
import { samplers, type SamplerName } from '../../../../sim-core/observability/tracing/samplers.ts';
import { contexts } from '../context/contexts.ts';

/** What each says at a root, and below a parent, of a trace of which the ratio says `byRatio`. */
const RULES: Readonly<Record<SamplerName, (byRatio: boolean, parent: boolean | undefined) => boolean>> = {
  always_on: () => true,
  always_off: () => false,
  traceidratio: (byRatio) => byRatio,
  parentbased_always_on: (_, parent) => parent ?? true,
  parentbased_always_off: (_, parent) => parent ?? false,
  parentbased_traceidratio: (byRatio, parent) => parent ?? byRatio,
};
const ratios = fc.double({ min: 0, max: 1, noNaN: true });

describe.each(Object.keys(samplers) as SamplerName[])('%s', (name) => {
  it('decides by its rule', () => {
    fc.assert(
      fc.property(contexts, ratios, (parent, ratio) => {
        const sampler = samplers[name]({ ratio });
        const random = BigInt(`0x${parent.traceId.slice(-14)}`);
        const byRatio = random >= BigInt(Math.round((1 - ratio) * 2 ** 56));
        expect(sampler.isSampled(parent.traceId, 'name', undefined)).toBe(RULES[name](byRatio, undefined));
        expect(sampler.isSampled(parent.traceId, 'name', parent)).toBe(RULES[name](byRatio, parent.isSampled));
      }),
    );
  });
});

it('whoever keeps a smaller share keeps a part of what a larger one keeps', () => {
  fc.assert(
    fc.property(contexts, ratios, ratios, ({ traceId }, a, b) => {
      const keeps = (ratio: number): boolean => samplers.traceidratio({ ratio }).isSampled(traceId, 'name', undefined);
      expect(!keeps(Math.min(a, b)) || keeps(Math.max(a, b))).toBe(true);
    }),
  );
});

it('every trace is kept by a ratio of 1, and none by 0', () => {
  for (const end of ['00000000000000', 'ffffffffffffff']) {
    const traceId = end.padStart(32, '1');
    expect(samplers.traceidratio({ ratio: 1 }).isSampled(traceId, 'name', undefined)).toBe(true);
    expect(samplers.traceidratio({ ratio: 0 }).isSampled(traceId, 'name', undefined)).toBe(false);
  }
});

it('a ratio is a share', () => {
  expect(() => samplers.traceidratio({ ratio: 1.5 })).toThrow('ratio is 1.5; it must be from 0 to 1');
});

it('by links, a span is recorded too where any of those that it links to is sampled', () => {
  fc.assert(
    fc.property(contexts, fc.array(contexts, { maxLength: 4 }), fc.boolean(), (parent, linked, otherwise) => {
      const sampler = linksBased(samplers[otherwise ? 'always_on' : 'always_off']());
      const links = linked.map((context) => ({ context, attributes: {} }));
      const expected = otherwise || linked.some(({ isSampled }) => isSampled);
      expect(sampler.isSampled(parent.traceId, 'name', undefined, links)).toBe(expected);
    }),
  );
});
