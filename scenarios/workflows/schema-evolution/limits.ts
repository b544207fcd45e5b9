/**
 * What is claimed of a deployment, worked out from the parameters. Nothing here looks at a run. Between the two upgrades one side
 * speaks by the new version and the other by the old; orders of that time are a Poisson number, and which of them a change
 * befalls says the table of outcomes. Whether the gates let it out is what their rules say of the two schemas.
 */
import { refusals, s, toSeconds } from '../../../sim-core/index.ts';
import { limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FORMATS } from './formats/formats.ts';
import { lint } from './linter.ts';
import { expectedOutcome } from './outcomes.ts';
import type { Values } from './params.ts';
import { CHANGES, FIRST_VERSION } from './versions.ts';

/** The level that a registry is set to. */
export function levelOf({ gate, order }: Pick<Values, 'gate' | 'order'>): Exclude<Values['gate'], 'by-order'> {
  if (gate !== 'by-order') return gate;
  return order === 'consumers-first' ? 'BACKWARD' : 'FORWARD';
}

/** What the gates hold against the deployment. */
export function reasonsAgainst(p: Pick<Values, 'format' | 'change' | 'order' | 'gate' | 'linter'>): string[] {
  const [before, after] = [FIRST_VERSION, CHANGES[p.change](FIRST_VERSION)].map((one) => FORMATS[p.format](one).schema);
  const broken = lint(p.linter, after, before);
  if (broken.length > 0) return broken;
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  return isSame ? [] : refusals(levelOf(p), after, [before]);
}

/** Orders that come to the consumer between the upgrades: before the end of the run, and before it has read all of them. */
const between = (p: Values): number => p.rate * toSeconds(Math.max(0, Math.min(p.gap, p.length - p.deployAt)));
/** Of those that are on their way when a side is upgraded nothing is said: as many as come in a poll and a way of some ms. */
const onTheirWay = (p: Values): number => p.rate * (2 * toSeconds(p.pollEvery) + 0.05);

const met = (p: Values, what: 'e' | 'w'): number => {
  const { outcome, share } = expectedOutcome(p.format, p.change, p.order);
  return outcome === what && reasonsAgainst(p).length === 0 ? share : 0;
};

/** Orders that a change befalls, at least and at most: nobody meets it but between the upgrades. */
const befallen = (p: Values, what: 'e' | 'w'): readonly [least: number, most: number] => {
  const share = met(p, what);
  const least = poissonLow(share * Math.max(0, between(p) - onTheirWay(p)));
  return [least, poissonMost(share * (between(p) + onTheirWay(p)))];
};

/** The limits of a system with gates as they are said to be. */
function limitsWith(gates: (p: Values) => Values) {
  const limit = (of: (p: Values) => number): ReturnType<typeof limitOf<Values>> => limitOf<Values>((p) => of(gates(p)));
  return {
    failedLeast: limit((p) => befallen(p, 'e')[0]),
    failedMost: limit((p) => befallen(p, 'e')[1]),
    misreadLeast: limit((p) => befallen(p, 'w')[0]),
    misreadMost: limit((p) => befallen(p, 'w')[1]),
    /** The registry answers within a second of the deployment. */
    refusedLeast: limit((p) => (p.deployAt + s(1) <= p.length && reasonsAgainst(p).length > 0 ? 1 : 0)),
    /** Whoever is refused deploys nothing; else both sides, as far as there is time. */
    deployedMost: limit((p) => (reasonsAgainst(p).length > 0 ? 0 : 2)),
    /** All others are read: those of the whole run but for the last second, which may still be on their way. */
    readLeast: limit((p) => {
      const hurt = met(p, 'e') + met(p, 'w');
      const all = p.rate * toSeconds(p.length - s(1) - p.pollEvery);
      return poissonLow(Math.max(0, all - hurt * (between(p) + onTheirWay(p))));
    }),
  };
}

export const asItIs = limitsWith((p) => p);
/** With a registry that compares: one that does not fails to do what is claimed of it. */
export const withRegistry = limitsWith((p) => ({ ...p, gate: p.gate === 'NONE' ? 'by-order' : p.gate }));
/** With a linter as well. */
export const withLinter = limitsWith((p) => ({ ...p, linter: p.linter === 'off' ? 'WIRE_JSON' : p.linter }));
