/**
 * What runs beside a learner's policy, bundled into one text (`tools/sandbox-script.ts`): it makes the realm bare, evaluates the
 * learner's source, and plays the courses that it is given, each twice, by a policy that is new and draws that begin anew. All of that is
 * one turn, so that what the source puts off (`await`) is nowhere done before it is over. It answers a worker's message by a message;
 * where there is none, it is called.
 */
import { exp, ln, play, pow, RandomStreams, type EvictionPolicy, type RandomStream } from '../../../sim-core/index.ts';
import { bareRealm } from './bare-realm.ts';

/** What the host asks. */
export interface Task {
  readonly seed: number;
  readonly courses: readonly { readonly capacity: number; readonly steps: ArrayLike<number> }[];
}

/** An error of the source's own, as far as it lets itself be told. */
export interface Thrown {
  readonly message: string;
  /** As the engine writes it; the host finds the line in it. */
  readonly stack: string;
}

export interface PlayedOnce {
  readonly claims: readonly number[];
  readonly contradiction?: { readonly place: number; readonly what: string };
  readonly thrown?: Thrown & { readonly place: number };
}

/** For each course what it did the first time, and the second; or why the source has no policy. */
export type Answer = { readonly played: readonly (readonly [PlayedOnce, PlayedOnce])[] } | { readonly refused: Thrown };

type Options = ConstructorParameters<PolicyClass>[0];
type PolicyClass = new (options: { readonly capacity: number; readonly random: RandomStream }) => EvictionPolicy;

interface WorkerScope {
  addEventListener?(type: 'message', listener: (event: { readonly data: Task }) => void): void;
  postMessage?(answer: Answer): void;
}

/** `define` is the learner's source as a function that returns its class. */
export function begin(define: () => unknown): (task: string) => string {
  const { addEventListener, postMessage } = globalThis as WorkerScope;
  const post = postMessage?.bind(globalThis);
  let draws: RandomStream;
  if (post !== undefined) addEventListener?.call(globalThis, 'message', ({ data }) => post(answer(data)));
  bareRealm({ random: () => draws.next(), log: ln, exp, pow });

  const { parse, stringify } = JSON;

  function restart(seed: number): void {
    draws = new RandomStreams(seed).stream('own-policy/policy');
  }
  function once(policy: PolicyClass, seed: number, capacity: number, steps: Int32Array): PlayedOnce {
    restart(seed);
    const played = play((options) => new policy({ ...options, random: draws } as Options), capacity, steps);
    const { claims, contradiction, thrown } = played;
    return {
      claims: Array.from(claims),
      ...(contradiction && { contradiction }),
      ...(thrown && { thrown: { place: thrown.place, ...told(thrown.error) } }),
    };
  }
  function answer({ seed, courses }: Task): Answer {
    let policy: PolicyClass;
    try {
      restart(0);
      policy = asClass(define());
    } catch (error) {
      return { refused: told(error) };
    }
    return {
      played: courses.map(({ capacity, steps }) => {
        const own = Int32Array.from(steps);
        return [once(policy, seed, capacity, own), once(policy, seed, capacity, own)] as const;
      }),
    };
  }
  return (task) => stringify(answer(parse(task) as Task));
}

function asClass(value: unknown): PolicyClass {
  if (typeof value === 'function') return value as PolicyClass;
  throw new TypeError('there is no class Policy; expected class Policy { … }');
}

/** Of what was thrown, which may be anything, its texts. */
function told(error: unknown): Thrown {
  const { name, message, stack } = Object(error) as Record<string, unknown>;
  const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 2000) : '');
  const words =
    Object(error) === error
      ? [text(name), text(message)].filter((one) => one !== '').join(': ')
      : `${String(error)} was thrown`;
  return { message: words || 'something was thrown that is no error', stack: text(stack) };
}
