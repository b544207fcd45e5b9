/**
 * What a twin is: the same scripts played against a model and against the real software, answer by answer. A script is a
 * list of steps; each side gives one answer a step, and the two are compared as JSON. What differs from run to run on the
 * real side (times, process numbers, names of its own) a twin leaves out of its answers.
 */
import type fc from 'fast-check';

/** Anything that JSON can say. */
export type Answer = unknown;

/** Whether an answer says that what was asked was refused. */
export const isRefusal = (answer: Answer): boolean =>
  typeof answer === 'object' && answer !== null && 'error' in answer;

/** The real software while it runs. */
export interface RealServer<Step> {
  /** What it says that it is: `RabbitMQ 3.10.8`. */
  readonly version: string;
  /**
   * Plays a script by itself, with names that no other play uses; many at once. One answer a step. All times of the script
   * are longer by the factor `slowness`, 1 or more, so that a slow machine is early enough for them; the answers are not.
   */
  play(script: readonly Step[], slowness: number): Promise<readonly Answer[]>;
  /** Ends it and removes what it left. */
  stop(): Promise<void>;
}

/** Scripts that kill the server, and how many of them it plays at once: it is killed once for all of them. */
export interface Killing<Step> {
  kills(script: readonly Step[]): boolean;
  readonly atOnce: number;
}

export interface Twin<Step> {
  readonly name: string;
  /** What is compared, in a sentence. */
  readonly help: string;
  /** The Debian package that has the server. */
  readonly package: string;
  /** The server's executable, if this machine has it. */
  findProgram(): string | undefined;
  readonly scripts: fc.Arbitrary<readonly Step[]>;
  /** Every operation and argument, each of which has to occur in some scripts of a run. */
  readonly vocabulary: readonly string[];
  /** Those of them that a step has done, by what was answered to it: what was refused, or had nothing to act on, has not. */
  words(step: Step, answer: Answer): readonly string[];
  /** A step as the report prints it. */
  line(step: Step): string;
  /** Scripts that the server plays at once. */
  readonly atOnce: number;
  /** Scripts that kill the server, which are played on one of their own. */
  readonly killing?: Killing<Step>;
  model(script: readonly Step[]): readonly Answer[];
  start(program: string): Promise<RealServer<Step>>;
}
