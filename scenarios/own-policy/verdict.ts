/**
 * What a learner's policy comes to on one seed: whether it keeps the contract of the eviction seam, what it hits of each
 * world's requests beside the policies that everybody knows, and whether it keeps the goals. Page and command line judge by
 * this same function, whatever ran the source.
 */
import { digestOfClaims, judgeClaims, sha256Of, type ContractBreach } from '../../sim-core/index.ts';
import type { OncePlayed, SourceRun } from './answer.ts';
import { goalsOf, type PolicyGoal } from './goals.ts';
import type { Fault } from './program.ts';
import { rivalHits, type WorldResult } from './rivals.ts';
import { bookCourse, courseOf, WORLD_NAMES, WORLDS, type Course } from './worlds.ts';

/** The first step of a course at which a policy is at fault. */
export interface Broken extends ContractBreach {
  /** Which requests. */
  readonly course: string;
  readonly steps: number;
  /** Of the source, where something was thrown. */
  readonly line?: number;
}

export interface PolicyVerdict {
  readonly seed: number;
  /** Why there is no policy to be judged: then nothing else is. */
  readonly fault?: Fault;
  readonly broken?: Broken;
  /** None where the contract is broken: what is hit then says nothing. */
  readonly worlds: readonly WorldResult[];
  readonly goals: readonly PolicyGoal[];
  readonly solved: boolean;
  /** Over all requests and all that was done; empty where nothing ran. */
  readonly digest: string;
}

export interface Exam {
  readonly seed: number;
  readonly courses: readonly Course[];
  readonly names: readonly string[];
}

/** What is asked on a seed: the books first, then every world. */
export const examOf = (seed: number): Exam => ({
  seed,
  courses: [bookCourse(seed), ...WORLD_NAMES.map((world) => courseOf(world, seed))],
  names: ['Requests, removals and resizes', ...WORLD_NAMES.map((world) => WORLDS[world].title)],
});

export function verdictOf({ seed, courses, names }: Exam, ran: SourceRun): PolicyVerdict {
  if ('fault' in ran)
    return { seed, fault: ran.fault, worlds: [], goals: goalsOf(undefined), solved: false, digest: '' };
  const digests = ran.played.map(([{ claims }], place) =>
    digestOfClaims(courses[place].capacity, courses[place].steps, claims),
  );
  const digest = sha256Of(JSON.stringify(digests));
  const hits: number[] = [];
  for (const [place, [first, second]] of ran.played.entries()) {
    const course = courses[place];
    const judged = judgedOnce(course, first);
    const breach = judged.breach ?? difference(course, first, second);
    if (breach !== undefined) {
      const broken = { ...breach, course: names[place], steps: course.steps.length };
      return { seed, broken, worlds: [], goals: goalsOf(undefined), solved: false, digest };
    }
    hits.push(judged.hits);
  }
  const worlds = WORLD_NAMES.map((world, i): WorldResult => {
    const course = courses[i + 1];
    return { world, requests: course.steps.length, hits: hits[i + 1], rivals: rivalHits(course, seed) };
  });
  const goals = goalsOf(worlds);
  return { seed, worlds, goals, solved: goals.every(({ holds }) => holds), digest };
}

type Found = ContractBreach & { readonly line?: number };

function judgedOnce({ capacity, steps }: Course, { claims, end }: OncePlayed): { hits: number; breach?: Found } {
  const line = end?.line === undefined ? {} : { line: end.line };
  if (end?.place === -1) {
    return {
      hits: 0,
      breach: { place: -1, step: 'its constructor', what: end.message, entries: 0, held: [], ...line },
    };
  }
  const { hits, breach } = judgeClaims(capacity, steps, claims, end && { place: end.place, what: end.message });
  return { hits, ...(breach && { breach: { ...breach, ...(breach.what === end?.message && line) } }) };
}

/** Asked the same once more, a policy that is a function of its requests does the same. */
function difference({ capacity, steps }: Course, first: OncePlayed, second: OncePlayed): Found | undefined {
  const { claims } = first;
  const other = second.claims;
  let word = 0;
  for (let place = 0; place < steps.length; place++) {
    const words = 1 + (claims[word] >> 1);
    for (let i = word; i < word + words; i++) {
      if (claims[i] === other[i]) continue;
      const what = 'asked the same a second time, it does something else: it keeps something outside of its instance';
      return judgeClaims(capacity, steps, claims, { place, what }).breach;
    }
    word += words;
  }
  return undefined;
}
