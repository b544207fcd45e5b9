/** Policies as a learner would write them, which reach all goals. */
import type { SourceRun } from '../../../scenarios/own-policy/answer.ts';
import type { Exam } from '../../../scenarios/own-policy/verdict.ts';
import { play, RandomStreams, type EvictionOptions, type EvictionPolicy } from '../../../sim-core/index.ts';

const SLRU = `class Policy {
  constructor({ capacity, onEvict }) {
    this.onEvict = onEvict;
    this.probation = new Map();
    this.protected = new Map();
    this.resize(capacity);
  }
  get size() { return this.probation.size + this.protected.size; }
  get used() { return this.size; }
  has(id) { return this.probation.has(id) || this.protected.has(id); }
  remove(id) { return this.probation.delete(id) || this.protected.delete(id); }
  resize(capacity) {
    this.capacity = capacity;
    this.demote();
    while (this.size > capacity) this.evict();
  }
  request(id) {
    if (this.remove(id)) {
      this.protected.set(id, true);
      this.demote();
      return true;
    }
    if (this.size === this.capacity) this.evict();
    this.probation.set(id, true);
    return false;
  }
  demote() {
    while (this.protected.size > Math.floor(0.8 * this.capacity)) {
      const oldest = this.protected.keys().next().value;
      this.protected.delete(oldest);
      this.probation.set(oldest, true);
    }
  }
  evict() {
    const from = this.probation.size > 0 ? this.probation : this.protected;
    const victim = from.keys().next().value;
    from.delete(victim);
    this.onEvict(victim);
  }
}
`;

/** SIEVE over an array, from old to new. */
const SIEVE = `class Policy {
  constructor({ capacity, onEvict }) {
    Object.assign(this, { capacity, onEvict, queue: [], wasHit: new Map(), hand: 0 });
  }
  get size() { return this.wasHit.size; }
  get used() { return this.wasHit.size; }
  has(id) { return this.wasHit.has(id); }
  remove(id) {
    if (!this.wasHit.delete(id)) return false;
    const place = this.queue.indexOf(id);
    this.queue.splice(place, 1);
    if (place < this.hand) this.hand--;
    return true;
  }
  resize(capacity) {
    this.capacity = capacity;
    while (this.size > capacity) this.evict();
  }
  request(id) {
    if (this.wasHit.has(id)) {
      this.wasHit.set(id, true);
      return true;
    }
    if (this.size === this.capacity) this.evict();
    this.queue.push(id);
    this.wasHit.set(id, false);
    return false;
  }
  evict() {
    for (;;) {
      if (this.hand >= this.queue.length) this.hand = 0;
      const id = this.queue[this.hand];
      if (!this.wasHit.get(id)) {
        this.remove(id);
        this.onEvict(id);
        return;
      }
      this.wasHit.set(id, false);
      this.hand++;
    }
  }
}
`;

export const SOLUTIONS = { slru: SLRU, sieve: SIEVE };

type PolicyClass = new (options: EvictionOptions) => EvictionPolicy;

/** What a source does on an exam when it is run right here, for tests that ask nothing of where it runs. */
export function runHere(source: string, { courses, seed }: Exam): SourceRun {
  // Sources of the tests' own.
  // oxlint-disable-next-line no-new-func
  const policy = new Function(`"use strict"; ${source}; return Policy`)() as PolicyClass;
  const once = ({ capacity, steps }: Exam['courses'][number]) => {
    const random = new RandomStreams(seed).stream('own-policy/policy');
    const { claims, contradiction, thrown } = play((options) => new policy({ ...options, random }), capacity, steps);
    const end = contradiction
      ? { place: contradiction.place, message: contradiction.what }
      : thrown && { place: thrown.place, message: String(thrown.error) };
    return { claims, ...(end && { end }) };
  };
  return { played: courses.map((course) => [once(course), once(course)] as const) };
}
