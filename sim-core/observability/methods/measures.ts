/**
 * What is measured of every system for the methods' sake, whatever it is made of: calls at both ends of each link, what else took
 * components their time, and capacities. All after the warm-up.
 */
import { fleetOf } from '../../network/component.ts';

/** Ended things of one sort. Times in seconds; NaN while there was none. */
export interface Ended {
  readonly count: number;
  readonly failed: number;
  readonly mean: number;
  readonly p95: number;
  readonly max: number;
}

/** The calls of a link, as one end of it saw them. */
export interface MeasuredCalls extends Ended {
  readonly from: string;
  readonly to: string;
  readonly end: 'caller' | 'callee';
  /** Calls that their caller was taken from before it heard of them: no error, and nobody knows how long they would have taken. */
  readonly cancelled: number;
}

/** Several links' calls together, whose percentiles those of the links do not tell. */
export interface MeasuredTogether {
  /** As `togetherBy` names them. */
  readonly name: string;
  readonly p95: number;
}

/** Calls to a component as it saw them, those of a component as it did, and those between the same two fleets as their callers did. */
export const togetherBy = {
  to: (name: string): string => `to ${name}`,
  from: (name: string): string => `from ${name}`,
  link: (from: string, to: string): string => `${fleetOf(from)} > ${fleetOf(to)}`,
};

/** What a component said took it so long, by the kind of fact: messages that a consumer worked at, scrapes. */
export interface MeasuredActivity extends Ended {
  readonly component: string;
  readonly fact: string;
}

export interface MeasuredCapacity {
  readonly name: string;
  readonly units: number;
  /** Whether it is no trouble that it is full: a cache’s room. */
  readonly isMeantToFill: boolean;
  /** Shares of all units: the mean over time, and of the intervals the one in which most was in use. */
  readonly utilization: number;
  readonly utilizationMax: number;
  /** Those who waited, likewise; NaN where nobody counts them. */
  readonly waiting: number;
  readonly waitingMax: number;
  /** How many found no room to wait; NaN where nobody counts them. */
  readonly refused: number;
}

export interface Measures {
  readonly calls: readonly MeasuredCalls[];
  readonly together: readonly MeasuredTogether[];
  readonly activities: readonly MeasuredActivity[];
  readonly capacities: readonly MeasuredCapacity[];
  /** Processes that began spans, by the name of the instance. */
  readonly traced: readonly string[];
}
