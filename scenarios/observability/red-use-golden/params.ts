/** The parameters of the three methods' contest: what its sliders and `--set` take. */
import { choice, METHODS, duration, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

export const FAULTS = ['none', 'overload', 'error-burst', 'lost-traffic', 'each-in-turn'] as const;

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 200, min: 20, max: 1000, logarithmic: true }),
  fault: choice({ help: 'What goes wrong, from 20 s on', default: 'overload', choices: FAULTS }),
  method: choice({
    help: 'What the team looks at, if it has one method alone; the system is the same',
    default: 'golden',
    choices: METHODS,
    of: 'view',
  }),
  growth: number({
    help: 'Overload: by how many requests a second the rate grows each second',
    default: 9,
    min: 0.5,
    max: 100,
  }),
  failing: share({ help: 'Error burst: queries that fail', default: 0.15, min: 0, max: 1 }),
  lost: share({ help: 'Lost traffic: requests that do not come', default: 0.8, min: 0, max: 0.99 }),
  length: duration({ help: 'Simulated time', default: s(60), min: s(30), max: s(600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
