/** The parameters of the burn rates: what its sliders and `--set` take. */
import { choice, days, duration, minutes, rate, share, type ValuesOf } from '../../../sim-core/index.ts';
import { ruleSets, type RuleSetName } from './rule-sets.ts';

export const params = {
  rules: choice({
    help: 'Which alerts there are',
    default: 'multi-window',
    choices: Object.keys(ruleSets) as RuleSetName[],
  }),
  objective: share({
    help: 'The objective: good requests of all, over 30 days',
    default: 0.999,
    min: 0.9,
    max: 0.9999,
  }),
  threshold: share({
    help: 'Of the rule `threshold`: an error ratio of the last five minutes above it is an alert',
    of: 'design',
    default: 0.015,
    min: 0.0001,
    max: 1,
    logarithmic: true,
  }),
  hold: duration({
    help: 'How long every alert has to hold before it fires (`for`)',
    of: 'design',
    default: 0,
    min: 0,
    max: minutes(60),
  }),
  keepFiring: duration({
    help: 'How long every alert goes on firing when it holds no more (`keep_firing_for`)',
    default: 0,
    min: 0,
    max: minutes(60),
  }),
  silence: duration({
    help: 'How long after the beginning of each deploy all alerts are silenced; 0 for not at all',
    default: 0,
    min: 0,
    max: minutes(120),
  }),
  rate: rate({ help: 'Requests by day, from 6 to 22 o’clock', default: 100, min: 1, max: 10_000, logarithmic: true }),
  nightShare: share({
    help: 'Of that rate, what is left by night',
    default: 0.02,
    min: 0.001,
    max: 1,
    logarithmic: true,
  }),
  background: share({
    help: 'Requests that fail at any time, with nothing the matter',
    default: 0.00005,
    min: 0,
    max: 0.01,
  }),
  deployErrors: share({
    help: 'Requests that fail in the two minutes of a deploy, every day at 15 o’clock',
    default: 0.05,
    min: 0,
    max: 1,
  }),
  pageRepair: duration({
    help: 'From a page that an incident caused to the end of the incident, if it does not end before',
    default: minutes(15),
    min: minutes(1),
    max: days(1),
    logarithmic: true,
  }),
  ticketRepair: duration({
    help: 'The same from a ticket',
    default: minutes(240),
    min: minutes(1),
    max: days(30),
    logarithmic: true,
  }),
  length: duration({ help: 'Length of the run', default: days(30), min: minutes(60), max: days(30) }),
};

export type Values = ValuesOf<typeof params>;
