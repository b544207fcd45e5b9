/**
 * What is claimed of deployments, worked out from the parameters. Nothing here looks at a run. Between the two upgrades one side
 * speaks by the new version and the other by the old; orders of that time are a Poisson number, and which of them a change
 * befalls says the table of outcomes. Whether the gates let it out is what their rules say of the schemas. Who reads from the start
 * meets by the newest version all that the first one wrote.
 */
import { NotClaimed, refusals, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FORMATS } from './formats/formats.ts';
import { lint } from './linter.ts';
import { expectedOutcome } from './outcomes.ts';
import type { Values } from './params.ts';
import { CHANGES, FIRST_VERSION, type Change, type Version } from './versions.ts';

/** A group needs so long to come together after the last upgrade. */
const REPLAY_AFTER = s(1);

/** The level that a registry is set to. */
export function levelOf({ gate, order }: Pick<Values, 'gate' | 'order'>): Exclude<Values['gate'], 'by-order'> {
  if (gate !== 'by-order') return gate;
  return order === 'consumers-first' ? 'BACKWARD' : 'FORWARD';
}

type Gates = Pick<Values, 'format' | 'order' | 'gate' | 'linter'>;

/** What the gates hold against a version after others, the oldest first. */
function against(p: Gates, after: Version, before: readonly Version[]): string[] {
  const [schema, ...earlier] = [after, ...before].map((one) => FORMATS[p.format](one).schema);
  const broken = lint(p.linter, schema, earlier[earlier.length - 1]);
  if (broken.length > 0) return broken;
  const text = JSON.stringify(schema);
  return earlier.some((one) => JSON.stringify(one) === text) ? [] : refusals(levelOf(p), schema, earlier);
}

/** What the gates hold against the first deployment. */
export const reasonsAgainst = (p: Gates & Pick<Values, 'change'>): string[] =>
  against(p, CHANGES[p.change](FIRST_VERSION), [FIRST_VERSION]);

type Deployments = Gates & Pick<Values, 'change' | 'next'>;

/** The changes that the gates let out, and those that they stop. */
function judged(p: Deployments): { readonly passed: readonly Change[]; readonly stopped: readonly Change[] } {
  const versions = [FIRST_VERSION];
  const passed: Change[] = [];
  const stopped: Change[] = [];
  for (const change of p.next === 'none' ? [p.change] : [p.change, p.next]) {
    const version = CHANGES[change](versions[versions.length - 1]);
    const isStopped = against(p, version, versions).length > 0;
    (isStopped ? stopped : passed).push(change);
    if (!isStopped) versions.push(version);
  }
  return { passed, stopped };
}

/** When the last upgrade is over, and when those begin to read who come late. */
const upgradesOf = ({ next }: Pick<Values, 'next'>): number => (next === 'none' ? 1 : 2);
const deployedBy = (p: Pick<Values, 'next' | 'deployAt' | 'gap'>): Duration =>
  p.deployAt + (2 * upgradesOf(p) - 1) * p.gap;
export const replayAt = (p: Pick<Values, 'next' | 'deployAt' | 'gap'>): Duration => deployedBy(p) + REPLAY_AFTER;

/** Orders that come to the consumer between the upgrades: before the end of the run, and before it has read all of them. */
const between = (p: Values): number => p.rate * toSeconds(Math.max(0, Math.min(p.gap, p.length - p.deployAt)));
/** Of those that are on their way when a side is upgraded nothing is said: as many as come while a batch is gathered and sent. */
const onTheirWay = (p: Values): number => p.rate * (2 * toSeconds(p.linger) + 0.05);

/**
 * What a second change does between its own upgrades is said of one alone that is harmless by itself after any other: the others the
 * table has against the first version only.
 */
const isHarmlessNext = ({ next }: Values): boolean => next === 'none' || next === 'drop-defaults';

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

/**
 * Of the orders that the first version wrote, what becomes by the newest: a field that has come and is required by now is as if
 * it had come as required. Undefined of changes that the table does not have in one.
 */
function oldestByNewest(p: Values): { readonly outcome: 'r' | 'e' | 'w'; readonly share: number } | undefined {
  const { passed } = judged(p);
  if (passed.length === 0) return { outcome: 'r', share: 0 };
  if (passed.length === 1) return expectedOutcome(p.format, passed[0], 'consumers-first');
  const isOneChange = passed[0] === 'add-with-default' && passed[1] === 'drop-defaults';
  return isOneChange ? expectedOutcome(p.format, 'add-required', 'consumers-first') : undefined;
}

const NO_REPLAY = new NotClaimed('nobody reads from the start');
const NOT_ONE_CHANGE = new NotClaimed('the two changes are not one that the table of outcomes has');

/** Of those that a first version wrote until its producer was upgraded, and which a replay meets: at least and at most. */
function replayed(p: Values, what: 'e' | 'w'): readonly [least: number, most: number] | NotClaimed {
  if (p.replay === 'none') return NO_REPLAY;
  const oldest = oldestByNewest(p);
  if (oldest === undefined) return NOT_ONE_CHANGE;
  const share = oldest.outcome === what ? oldest.share : 0;
  // It has a second to come together and read.
  if (replayAt(p) + s(1) > p.length) return [0, poissonMost(share * p.rate * toSeconds(p.length))];
  // Its producer is the second to be upgraded or the first, by the first change that is let out: the second one's upgrades begin behind both.
  const { passed } = judged(p);
  if (passed.length === 0) return [0, 0];
  const isFirstOut = reasonsAgainst(p).length === 0;
  const until = p.deployAt + (isFirstOut ? 0 : 2 * p.gap) + (p.order === 'consumers-first' ? p.gap : 0);
  const written = p.rate * toSeconds(until);
  return [poissonLow(share * Math.max(0, written - onTheirWay(p))), poissonMost(share * (written + onTheirWay(p)))];
}

/** The limits of a system with gates as they are said to be. */
function limitsWith(gates: (p: Values) => Values) {
  const limit = (of: (p: Values) => number | NotClaimed): ReturnType<typeof limitOf<Values>> =>
    limitOf<Values>((p) => of(gates(p)));
  const live = (of: (p: Values) => number): ReturnType<typeof limitOf<Values>> =>
    limit((p) => (isHarmlessNext(p) ? of(p) : NOT_ONE_CHANGE));
  const late = (what: 'e' | 'w', end: 0 | 1): ReturnType<typeof limitOf<Values>> =>
    limit((p) => {
      const found = replayed(p, what);
      return found instanceof NotClaimed ? found : found[end];
    });
  return {
    failedLeast: live((p) => befallen(p, 'e')[0]),
    failedMost: live((p) => befallen(p, 'e')[1]),
    misreadLeast: live((p) => befallen(p, 'w')[0]),
    misreadMost: live((p) => befallen(p, 'w')[1]),
    replayFailedLeast: late('e', 0),
    replayFailedMost: late('e', 1),
    replayMisreadMost: late('w', 1),
    /** The registry answers within a second of the last deployment. */
    refusedLeast: limit((p) => (deployedBy(p) - p.gap + s(1) <= p.length ? judged(p).stopped.length : 0)),
    /** Whoever is refused deploys nothing; else both sides, as far as there is time. */
    deployedMost: limit((p) => 2 * judged(p).passed.length),
    /** All others are read: those of the whole run but for the last second, which may still be on their way. */
    readLeast: live((p) => {
      const hurt = met(p, 'e') + met(p, 'w');
      const all = p.rate * (toSeconds(p.length - s(1)) - toSeconds(p.linger));
      return poissonLow(Math.max(0, all - hurt * (between(p) + onTheirWay(p))));
    }),
  };
}

export const asItIs = limitsWith((p) => p);
/** With a registry that compares: one that does not fails to do what is claimed of it. */
export const withRegistry = limitsWith((p) => ({ ...p, gate: p.gate === 'NONE' ? 'by-order' : p.gate }));
/** With one that compares with all versions. */
export const withAllVersions = limitsWith((p) => {
  const level = levelOf(p);
  const gate = level === 'NONE' || level.endsWith('_TRANSITIVE') ? level : (`${level}_TRANSITIVE` as Values['gate']);
  return { ...p, gate: gate === 'NONE' ? 'FULL_TRANSITIVE' : gate };
});
/** With a linter as well. */
export const withLinter = limitsWith((p) => ({ ...p, linter: p.linter === 'off' ? 'WIRE_JSON' : p.linter }));
