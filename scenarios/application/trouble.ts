/** A trouble in the midst of a run, such as a database that is slow for a while: how it comes and goes, and when. */
import { toSeconds, type Database, type Duration, type Simulation, type Time } from '../../sim-core/index.ts';

/** The trouble of a scenario, by its parameters. */
export interface Trouble {
  readonly troubleAt: Time;
  readonly troubleFor: Duration;
}
type InRun = Trouble & { readonly length: Duration };

/** When it begins and ends as far as the run sees it, and how long that is, in seconds. */
export const troubleFrom = (p: InRun): number => Math.min(toSeconds(p.troubleAt), toSeconds(p.length));
export const troubleUntil = (p: InRun): number => Math.min(toSeconds(p.troubleAt + p.troubleFor), toSeconds(p.length));
export const troubleLasts = (p: InRun): number => troubleUntil(p) - troubleFrom(p);

/** Whether an instant is in the time from one to another: the first counts, the last does not. */
export const isBetween = (instant: Time, from: Time, to: Time): boolean => instant >= from && instant < to;

/** This database takes `slowdown` times as long while the trouble lasts. */
export function slowInTrouble(
  sim: Simulation,
  database: Database,
  { troubleAt, troubleFor, slowdown }: Trouble & { readonly slowdown: number },
): void {
  const slow = (factor: number): void => database.interventions['slow'].apply([factor]);
  sim.scheduleAt(troubleAt, () => slow(slowdown), undefined, sim.eventKind(`${database.name} becomes slow`));
  sim.scheduleAt(troubleAt + troubleFor, () => slow(1), undefined, sim.eventKind(`${database.name} is fast again`));
}
