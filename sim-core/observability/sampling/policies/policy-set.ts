/**
 * What becomes of a trace by all that the policies say, in this order: a veto of `drop` or of an inverted match; any that
 * is for it; one that is inverted and for it, if none is against it. Otherwise it is not kept. Each policy is asked, that a rate
 * limit counts what it lets through, until a `drop` vetoes.
 */
import type { Time } from '../../../kernel/time.ts';
import type { BufferedTrace, SamplingPolicy, Verdict } from './sampling-policy.ts';

export interface NamedPolicy {
  /** By which the decision is told; unique. */
  readonly name: string;
  readonly policy: SamplingPolicy;
}

export interface Decision {
  readonly outcome: 'sampled' | 'not-sampled' | 'dropped';
  /** The first policy of that mind; empty where none was for the trace. */
  readonly policy: string;
}

const NOBODY_FOR_IT: Decision = { outcome: 'not-sampled', policy: '' };

export class PolicySet {
  private readonly policies: readonly NamedPolicy[];

  constructor(policies: readonly NamedPolicy[]) {
    const names = new Set<string>();
    for (const { name } of policies) {
      if (name === '') throw new RangeError('tail sampling: the name of a policy is empty; it must be some text');
      if (names.has(name)) throw new RangeError(`tail sampling: two policies are named ${name}; names must be unique`);
      names.add(name);
    }
    const isFirst = ({ policy }: NamedPolicy): boolean => policy.isFirst === true;
    this.policies = [...policies.filter(isFirst), ...policies.filter((one) => !isFirst(one))];
  }

  decide(trace: BufferedTrace, now: Time): Decision {
    const said: Partial<Record<Verdict, string>> = {};
    for (const { name, policy } of this.policies) {
      const verdict = policy.evaluate(trace, now);
      said[verdict] ??= name;
      if (verdict === 'dropped') break;
    }
    if (said.dropped !== undefined) return { outcome: 'dropped', policy: said.dropped };
    const veto = said['inverted-not-sampled'];
    if (veto !== undefined) return { outcome: 'not-sampled', policy: veto };
    const isAgainst = said['not-sampled'] !== undefined;
    const inFavour = said.sampled ?? (isAgainst ? undefined : said['inverted-sampled']);
    return inFavour === undefined ? NOBODY_FOR_IT : { outcome: 'sampled', policy: inFavour };
  }
}
