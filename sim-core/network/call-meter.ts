/**
 * Who measures the calls of a system: asked once for each end of each link, and told of every call there by two numbers. A fact of
 * each (`callEnded`) would say the same at several times the price, and there are very many.
 */
import type { Simulation } from '../kernel/simulation.ts';
import type { Duration } from '../kernel/time.ts';

export type CallEnd = 'caller' | 'callee';

/** What is measured at one end of one link. */
export interface EndMeter {
  /** A call is over there, as `callEnded` says it. */
  add(duration: Duration, hasFailed: boolean): void;
  /** A call's caller was taken from it before it heard of it. */
  cancel(): void;
}

export interface CallMeter {
  /** Links between the same two components share what they are given. */
  endOf(from: string, to: string, end: CallEnd): EndMeter;
}

const meters = new WeakMap<Simulation, CallMeter>();

/** To be said before the system is wired: links that are there already are not measured. */
export const measureCalls = (sim: Simulation, meter: CallMeter): unknown => meters.set(sim, meter);

export const callMeterOf = (sim: Simulation): CallMeter | undefined => meters.get(sim);
