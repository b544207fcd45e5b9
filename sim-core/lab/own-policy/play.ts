/**
 * A policy of unknown making is asked a list of steps through the eviction seam (`cache/eviction/eviction-policy.ts`), and
 * what it does is written down. It runs where the policy runs, so nothing that comes of it is believed elsewhere: whoever
 * gets the claims judges them (`judge-claims.ts`). What claims cannot hold is asked here, where the policy is: whether `has`, `size`,
 * `used` and `capacity` say the same as the answers.
 */
import type { EvictionOptions, EvictionPolicy } from '../../cache/eviction/eviction-policy.ts';
import { ClaimLog, STEP_BOUND, stepOf } from './steps.ts';

export interface Played {
  /** As `ClaimLog` has them, up to the step at which something broke. */
  readonly claims: Int32Array;
  /** The first step at which the policy contradicts itself, and how. */
  readonly contradiction?: { readonly place: number; readonly what: string };
  /** What it threw, at which step; -1 is its constructor. */
  readonly thrown?: { readonly place: number; readonly error: unknown };
}

/** The step contradicts what the policy says of itself. */
class Contradiction {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

/** `capacity`: entries, an integer from 1. `steps` as `steps.ts` has them. */
export function play(
  create: (options: EvictionOptions) => EvictionPolicy,
  capacity: number,
  steps: Int32Array,
): Played {
  const log = new ClaimLog();
  let place = -1;
  try {
    const player = new Player(create, capacity);
    for (place = 0; place < steps.length; place++) player.take(steps[place], log);
    return { claims: log.claims };
  } catch (error) {
    const { claims } = log;
    return error instanceof Contradiction
      ? { claims, contradiction: { place, what: error.what } }
      : { claims, thrown: { place, error } };
  }
}

class Player {
  private readonly policy: EvictionPolicy;
  private capacity: number;
  private entries = 0;
  private evicted: number[] = [];

  constructor(create: (options: EvictionOptions) => EvictionPolicy, capacity: number) {
    this.capacity = capacity;
    this.policy = create({
      capacity,
      onEvict: (id) => {
        if (!Number.isInteger(id) || id < 0 || id >= STEP_BOUND) throw new Contradiction(`it evicts ${shown(id)}`);
        this.evicted.push(id);
      },
    });
  }

  take(code: number, log: ClaimLog): void {
    const { policy } = this;
    const step = stepOf(code);
    if (step.kind === 'resize') {
      this.capacity = step.capacity;
      policy.resize(step.capacity);
      this.entries -= this.evicted.length;
      this.note(log, false);
      return this.keepsBooks();
    }
    const { kind, id } = step;
    const held = this.asked(`has(${id})`, policy.has(id));
    const answer = this.asked(`${kind}(${id})`, policy[kind](id));
    const { evicted } = this;
    const isIn = kind === 'request' && !evicted.includes(id);
    if (kind === 'remove') this.entries -= answer ? 1 : 0;
    else this.entries += (answer ? 0 : 1) - evicted.length;
    this.note(log, answer);
    if (held !== answer) throw new Contradiction(`has(${id}) said ${held}, and ${kind}(${id}) ${answer}`);
    if (policy.has(id) !== isIn) throw new Contradiction(`after it has(${id}) is ${shown(policy.has(id))}`);
    this.keepsBooks();
  }

  private note(log: ClaimLog, answer: boolean): void {
    const { evicted } = this;
    log.add(answer, evicted);
    const kept = evicted.find((id) => this.policy.has(id));
    if (kept !== undefined) throw new Contradiction(`it evicts ${kept}, and has(${kept}) is still true`);
    this.evicted = [];
  }

  private keepsBooks(): void {
    const { size, used, capacity } = this.policy;
    if (size !== this.entries)
      throw new Contradiction(`size is ${shown(size)}; by its answers it holds ${this.entries}`);
    if (used !== size) throw new Contradiction(`used is ${shown(used)}, and size ${size}, where every entry takes one`);
    if (capacity !== this.capacity)
      throw new Contradiction(`capacity is ${shown(capacity)}, and was to be ${this.capacity}`);
  }

  private asked(question: string, answer: unknown): boolean {
    if (typeof answer === 'boolean') return answer;
    throw new Contradiction(`${question} is ${shown(answer)}; expected true or false`);
  }
}

/** A value that anything may be, without asking it how it wants to be written. */
function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean'
    ? `${value}`
    : value === undefined
      ? 'undefined'
      : typeof value;
}
