/**
 * The words that scripts are counted by, for each option that a model has: whoever gives a model another one has to say here
 * by which words it is counted, or why no script says it.
 */

/** Why no script says an option. */
export interface Unsaid {
  readonly because: string;
}

/** For each of a model's options. */
export type WordsOf<Options> = { readonly [Option in keyof Options]-?: readonly string[] | Unsaid };

/** Those that scripts say. */
export const saidWords = (words: Readonly<Record<string, readonly string[] | Unsaid>>): readonly string[] =>
  Object.values(words).flatMap((each) => ('because' in each ? [] : each));

/** All values of a type of names; each is to be named. */
export const namesOf = <Name extends string>(names: Readonly<Record<Name, true>>): readonly Name[] =>
  Object.keys(names) as Name[];
