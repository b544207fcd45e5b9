/**
 * What a remedy's claims say of the remedy. Each is held against the run of the pitfall that it repairs: one that fails there
 * tells the two apart; one that holds there too, or has nothing to measure there, says nothing of what the remedy does. Of
 * every remedy one claim at least tells it apart with every seed. Those that never do are named; what is meant to hold for both is
 * marked as a guardrail (`lab/expectation.ts`), with the reason.
 */
import {
  isRefuted,
  judge,
  pitfallOf,
  type ExpectationResult,
  type Role,
  type Scenario,
  type Trialled,
} from '../../../sim-core/index.ts';

/** A claim of a remedy that no run of its pitfall refuted. */
export interface IndistinctClaim {
  readonly remedy: string;
  readonly pitfall: string;
  readonly claim: string;
  /** Runs of the pitfall that it was held against. */
  readonly runs: number;
  /** It holds on so many of them. */
  readonly held: number;
  /** On so many there was nothing to measure. */
  readonly unmeasured: number;
  /** Why it is meant to hold for both, where it says so. */
  readonly guardrail?: string;
}

/** Remedies held against the runs of their pitfalls, one after the other. */
export class RemedyTally {
  private readonly scenario: Scenario;
  private readonly claims = new Map<string, IndistinctClaim>();

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  /** Holds the remedies of this run's variant against it; what is wrong with them, in words. */
  add(trialled: Trialled): string[] {
    const { variant: pitfall, seed } = trialled.header;
    return Object.keys(this.scenario.variants)
      .filter((remedy) => pitfallOf(this.scenario, remedy) === pitfall)
      .flatMap((remedy) => {
        const results = judge(this.scenario, remedy, trialled);
        const guardrails = results.flatMap((result, i) => this.count(remedy, pitfall, i, result));
        const problems = results.some(isRefuted)
          ? guardrails
          : [`none of its expectations is refuted by the run of ${pitfall}, which it repairs`];
        return problems.map((text) => `${remedy}: ${text}, with seed ${seed}`);
      });
  }

  /** By remedy, in the order in which its claims are written. */
  indistinct(): IndistinctClaim[] {
    return [...this.claims.values()].filter(({ runs, held, unmeasured }) => held + unmeasured === runs);
  }

  /** Counts one claim; a complaint if it is a guardrail and tells the two apart all the same. */
  private count(remedy: string, pitfall: string, place: number, result: ExpectationResult): string[] {
    const { guardrail } = this.scenario.expect[remedy][place];
    const key = `${remedy} ${place}`;
    const { runs = 0, held = 0, unmeasured = 0 } = this.claims.get(key) ?? {};
    this.claims.set(key, {
      remedy,
      pitfall,
      claim: result.text,
      runs: runs + 1,
      held: held + Number(result.pass),
      unmeasured: unmeasured + Number(Number.isNaN(result.actual)),
      ...(guardrail !== undefined && { guardrail }),
    });
    const isFalse = guardrail !== undefined && isRefuted(result);
    return isFalse ? [`${result.text}: it is marked as a guardrail, but fails on the run of ${pitfall}`] : [];
  }
}

/** A scenario with remedies has one for each of its pitfalls; a row of the index has both. In words. */
export function roleProblems(scenario: Scenario): string[] {
  const { roles, pitfall } = scenario;
  const withRole = (role: Role): string[] => Object.keys(roles).filter((variant) => roles[variant] === role);
  const [pitfalls, remedies] = [withRole('pitfall'), withRole('remedy')];
  if (pitfall !== undefined && (pitfalls.length === 0 || remedies.length === 0)) {
    return [
      `as a row of the index of pitfalls (${pitfall}) it needs a variant that is a pitfall and one that is a remedy`,
    ];
  }
  const repaired = new Set(remedies.map((remedy) => pitfallOf(scenario, remedy)));
  return pitfalls
    .filter((variant) => remedies.length > 0 && !repaired.has(variant))
    .map((variant) => `${variant}: it is a pitfall, but no remedy repairs it`);
}
