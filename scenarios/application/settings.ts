/**
 * What setting a parameter in the midst of a run does: interventions by as much as the parameter's new value is of the one
 * that the run began with. A rate is set by who sends at it, a time of processors by the databases that take it.
 */
import type { InterventionData } from '../../sim-core/index.ts';

type Deed = Omit<InterventionData, 'at'>;
type Setting<Name extends string> = (value: number, began: Readonly<Record<Name, number>>) => Deed[];

const byAsMuch =
  (action: string) =>
  <Name extends string>(name: Name, ...targets: readonly string[]): Setting<Name> =>
  (value, began) =>
    targets.map((target) => ({ action, target, args: { factor: value / began[name] } }));

/** A rate, of all these clients. */
export const sentBy = byAsMuch('surge');

/** The mean processor time of a query, in all these databases. */
export const workedOffBy = byAsMuch('slow');

/** Of the users and the database of the application. */
export const settings = {
  rate: sentBy('rate', 'users'),
  loadTime: workedOffBy('loadTime', 'database'),
};
