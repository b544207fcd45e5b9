/** The parameters of the latency budget: what its sliders and `--set` take. */
import { choice, duration, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';
import { budgetNames } from './budgets.ts';

export const TOGETHER = ['independent', 'shared', 'rare'] as const;

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 100, min: 10, max: 1000, logarithmic: true }),
  budget: choice({ help: 'Which of the handbook’s budgets', default: 'printed', choices: budgetNames }),
  together: choice({
    help: 'What hops are slow by: each by itself, all for one cause, or a rare pause of one',
    default: 'independent',
    choices: TOGETHER,
  }),
  over: number({
    help: 'How many times its budget the database’s 99th percentile is',
    default: 1,
    min: 0.1,
    max: 10,
  }),
  leaves: integer({
    help: 'Databases that are asked at once, all of which are waited for',
    default: 1,
    min: 1,
    max: 100,
  }),
  pauseShare: share({
    help: 'Of a hop’s work, that in which it pauses, where pauses are rare',
    default: 0.004,
    min: 0,
    max: 0.009,
  }),
  pause: duration({ help: 'How long such a pause is', default: ms(400), min: ms(1), max: s(10), logarithmic: true }),
  length: duration({ help: 'Simulated time', default: s(81), min: s(11), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
