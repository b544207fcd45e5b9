/**
 * What arrives where a team looks its telemetry up. Whoever keeps spans, log records or metrics one by one says of each that it has
 * taken it, to a book that an experimenter keeps: what was not sampled or was lost on the way is not in it. What comes a second time
 * is in it again if it is kept again: a store of logs takes it for another line, a store of traces knows the span and does not.
 * Nobody need keep one, and no model reads it. What stores know by its volume alone has nothing to write down.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Telemetry, TelemetryKind } from './export-request.ts';

export type Arrived<Kind extends TelemetryKind> = (items: readonly Telemetry[Kind][]) => void;

export interface ArrivalBook {
  /** Somebody keeps telemetry of this kind, and will tell what of it arrives. */
  of<Kind extends TelemetryKind>(kind: Kind): Arrived<Kind>;
}

const books = new WeakMap<Simulation, ArrivalBook>();

/** For an experimenter, before the system is wired. */
export const bookArrivals = (sim: Simulation, book: ArrivalBook): void => void books.set(sim, book);

/** For a keeper, when it is made: whom to tell what it takes; undefined where nobody asks. */
export const arrivalsOf = <Kind extends TelemetryKind>(sim: Simulation, kind: Kind): Arrived<Kind> | undefined =>
  books.get(sim)?.of(kind);
