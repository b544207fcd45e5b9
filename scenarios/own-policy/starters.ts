/** What a learner may begin with. Each fails the goals: the first has gaps, the second is what the goals are there to beat. */

export interface Starter {
  readonly title: string;
  readonly source: string;
}

const HEAD = `// A policy answers requests for objects, which are whole numbers.
//   capacity   entries it may hold
//   onEvict    to be called with every id that leaves by its decision
//   random     { next(), integer(bound) }, should it have to draw`;

const BOOKS = `  get size() { return this.held.size; }
  get used() { return this.held.size; } // every entry takes one
  has(id) { return this.held.has(id); } // changes nothing

  // Expired or invalidated: taken out, but not by this policy.
  remove(id) { return this.held.delete(id); }

  resize(capacity) {
    this.capacity = capacity;
    this.makeRoom(0);
  }

  makeRoom(entries) {
    while (this.held.size + entries > this.capacity) this.evict();
  }
`;

const CONSTRUCTOR = `  constructor({ capacity, onEvict, random }) {
    this.capacity = capacity;
    this.onEvict = onEvict;
    this.held = new Map(); // in the order in which ids were put in
  }
`;

export const STARTERS = {
  fifo: {
    title: 'FIFO with gaps',
    source: `${HEAD}
class Policy {
${CONSTRUCTOR}
${BOOKS}
  // One request: true for a hit; a miss takes the object in, and returns false.
  request(id) {
    if (this.held.has(id)) return true;
    // 1. Is there room for one more?
    this.held.set(id, true);
    return false;
  }

  evict() {
    const victim = this.held.keys().next().value; // the oldest
    this.held.delete(victim);
    // 2. Who has to be told?
  }
}
`,
  },
  lru: {
    title: 'LRU',
    source: `${HEAD}
class Policy {
${CONSTRUCTOR}
${BOOKS}
  // One request: true for a hit; a miss takes the object in, and returns false.
  request(id) {
    if (this.held.delete(id)) {
      this.held.set(id, true); // the most recent is the last
      return true;
    }
    this.makeRoom(1);
    this.held.set(id, true);
    return false;
  }

  evict() {
    const victim = this.held.keys().next().value; // the least recent
    this.held.delete(victim);
    this.onEvict(victim);
  }
}
`,
  },
} as const satisfies Readonly<Record<string, Starter>>;

export type StarterName = keyof typeof STARTERS;
