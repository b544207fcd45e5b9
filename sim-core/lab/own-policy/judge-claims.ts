/**
 * What a policy says that it did, judged by a cache in the obvious way: a set of what has entered and has not left. It is
 * fed by the claims alone and knows neither the policy nor the place where it ran: a hit counts only for what has entered before
 * and was not evicted since, and nothing may be held above the capacity. So whatever ran there, it cannot claim more hits
 * than a cache of that size could have had.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { stepInWords, stepOf } from './steps.ts';

/** The first step at which the contract of the seam is broken. */
export interface ContractBreach {
  /** Of the step, from 0. */
  readonly place: number;
  /** `request 7`. */
  readonly step: string;
  readonly what: string;
  /** What it held before that step by its own account: how many entries, and the first few that came of those. */
  readonly entries: number;
  readonly held: readonly number[];
}

export interface JudgedClaims {
  readonly requests: number;
  /** Up to the breach, if there is one. */
  readonly hits: number;
  readonly breach?: ContractBreach;
}

/** Ids of what was held that a breach tells. */
const TOLD = 8;

/** What was found where the policy ran: at which step it was broken off, and why. */
export interface BrokenOff {
  readonly place: number;
  readonly what: string;
}

/** `claims` as `ClaimLog` has them, `capacity` the one that the policy began with. */
export function judgeClaims(capacity: number, steps: Int32Array, claims: Int32Array, end?: BrokenOff): JudgedClaims {
  const held = new Set<number>();
  let room = capacity;
  let requests = 0;
  let hits = 0;
  let at = 0;
  for (let place = 0; place < steps.length; place++) {
    const step = stepOf(steps[place]);
    // The set is changed only after everything has been looked at, so that a breach tells what was held before.
    const breach = (what: string): JudgedClaims => ({
      requests,
      hits,
      breach: { place, step: stepInWords(steps[place]), what, entries: held.size, held: [...held].slice(0, TOLD) },
    });
    if (step.kind === 'request') requests++;
    if (at >= claims.length) return breach(place === end?.place ? end.what : 'nothing is said of it');
    const word = claims[at++];
    const count = word >> 1;
    const answer = (word & 1) === 1;
    if (word < 0 || at + count > claims.length) return breach('what is said of it ends in the midst');
    const evicted = claims.subarray(at, at + count);
    at += count;

    let entries = held.size;
    if (step.kind === 'resize') room = step.capacity;
    else {
      const isHeld = held.has(step.id);
      if (answer !== isHeld) return breach(wrongAnswer(step.kind, step.id, isHeld));
      if (count > 0 && (isHeld || step.kind === 'remove')) return breach(`it evicts ${evicted[0]} without need`);
      if (step.kind === 'request' && !isHeld) entries++;
      if (step.kind === 'remove' && isHeld) entries--;
    }
    const gone = new Set<number>();
    for (const id of evicted) {
      const isThere = held.has(id) || (step.kind === 'request' && step.id === id);
      if (!isThere || gone.has(id)) return breach(`it evicts ${id}, which it does not hold`);
      gone.add(id);
    }
    entries -= gone.size;
    if (entries > room) return breach(`it then holds ${entries} entries, and has room for ${room}`);
    if (place === end?.place) return breach(end.what);
    if (step.kind === 'request' && !answer) held.add(step.id);
    if (step.kind === 'remove') held.delete(step.id);
    for (const id of gone) held.delete(id);
    if (step.kind === 'request' && answer) hits++;
  }
  return { requests, hits };
}

function wrongAnswer(kind: 'request' | 'remove', id: number, isHeld: boolean): string {
  if (kind === 'remove')
    return isHeld ? `it says that ${id} was not held, and it was` : `it takes out ${id}, which it does not hold`;
  return isHeld ? `it says miss for ${id}, which it holds` : `it says hit for ${id}, which it does not hold`;
}

/** Of a text: `sha256:` and 64 hexadecimal digits. */
export const sha256Of = (text: string): string => `sha256:${bytesToHex(sha256(utf8ToBytes(text)))}`;

/** `sha256:` and 64 hexadecimal digits over the steps, the capacity and what was claimed. */
export function digestOfClaims(capacity: number, steps: Int32Array, claims: Int32Array): string {
  const hash = sha256.create();
  hash.update(utf8ToBytes(`${JSON.stringify({ capacity, steps: steps.length, claims: claims.length })}\n`));
  for (const words of [steps, claims]) {
    const bytes = new Uint8Array(4 * words.length);
    const view = new DataView(bytes.buffer);
    words.forEach((word, place) => view.setInt32(4 * place, word, true));
    hash.update(bytes);
  }
  return `sha256:${bytesToHex(hash.digest())}`;
}
