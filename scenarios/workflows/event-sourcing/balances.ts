/**
 * What the balance of an account is, by chance: a walk in whole euros that deposits carry up, and withdrawals, where they fit, down.
 * All amounts are equally likely. What comes to have more than is kept track of here is left out, so that chances are too low by it.
 */
import { toSeconds } from '../../../sim-core/index.ts';
import { oncePerRun } from '../../application/chance.ts';
import { WITHDRAWALS_BEFORE } from '../application/account-book.ts';
import type { Values } from './params.ts';

/** A booking is of 1 to so many euros. */
export const MOST_EUROS = 100;
const TRACKED = 1000;
/** Bookings after which the walk is taken to be where it stays. */
const STEPS_MOST = 500;

/** The chances of each balance after one booking more; before the start a withdrawal that does not leave anything is a deposit. */
function booked(chances: Float64Array, withdrawals: number, isBefore: boolean): Float64Array {
  const below = new Float64Array(TRACKED + 1);
  for (let b = 0; b < TRACKED; b++) below[b + 1] = below[b] + chances[b];
  const next = new Float64Array(TRACKED);
  for (let b = 0; b < TRACKED; b++) {
    const least = below[Math.max(0, b - MOST_EUROS)];
    const deposits = below[b] - least;
    const turned = b === 0 ? 0 : Math.max(0, below[Math.floor(b / 2) + 1] - least);
    const fitting = below[Math.min(TRACKED, b + 1 + MOST_EUROS)] - below[b + 1];
    const refused = chances[b] * Math.max(0, MOST_EUROS - b);
    const withdrawn = isBefore ? turned + (b === 0 ? 0 : fitting) : refused + fitting;
    next[b] = ((1 - withdrawals) * deposits + withdrawals * withdrawn) / MOST_EUROS;
  }
  return next;
}

/** Of two withdrawals: that each fits a balance, and both do not. */
function overdraws(balance: number): number {
  const amounts = Math.max(0, Math.min(balance, 2 * MOST_EUROS - balance));
  return (amounts * (amounts + 1)) / 2 / (MOST_EUROS * MOST_EUROS);
}

/** The chance that two withdrawals which are decided on the same balance of the busy account overdraw it, in the mean of the run. */
export const overdrawingChance = oncePerRun((p: Values) => {
  let chances: Float64Array = new Float64Array(TRACKED);
  chances[0] = 1;
  for (let i = 0; i < Math.min(p.history, STEPS_MOST); i++) chances = booked(chances, WITHDRAWALS_BEFORE, true);
  const bookings = Math.max(1, Math.min(STEPS_MOST, Math.floor(p.rate * p.hotShare * toSeconds(p.length))));
  let sum = 0;
  for (let i = 0; i < bookings; i++) {
    for (let b = 0; b < 2 * MOST_EUROS; b++) sum += chances[b] * overdraws(b);
    chances = booked(chances, p.withdrawals, false);
  }
  return sum / bookings;
});
