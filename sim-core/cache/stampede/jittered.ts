/**
 * Jitter over a rule of expiry: each store draws a factor of its own from [1 - spread, 1 + spread], by which all that the rule says
 * of the entry's life is longer or shorter. Keys stored together no longer expire together; a single key still expires in one
 * instant. All else is left to the rule, what readers make of an entry and what it says that it does against stampedes, so that jitter
 * goes over a fixed time to live, a soft one, and early expiration alike.
 */
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { ExpiryRule } from './expiry-rule.ts';
import { ownDraw } from './own-draw.ts';

/** `spread`: a share of the times to live, 0 to 1; `draws`: one a request and key that it stores. */
export function jittered(inner: ExpiryRule, spread: number, draws: KeyedStream): ExpiryRule {
  return {
    ...(inner.control !== undefined && { control: inner.control }),
    lifetime(request, key) {
      const { soft, hard } = inner.lifetime(request, key);
      const factor = 1 + spread * (2 * ownDraw(draws, request, key) - 1);
      return { soft: Math.round(soft * factor), hard: Math.round(hard * factor) };
    },
    judge: (entry, now, request) => inner.judge(entry, now, request),
  };
}
