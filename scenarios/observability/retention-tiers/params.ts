/** The parameters of the retention tiers: what its sliders and `--set` take. */
import { choice, hours, duration, integer, number, share, s, type ValuesOf } from '../../../sim-core/index.ts';

const inDays = (help: string, value: number) => integer({ help: `${help}, in days`, default: value, min: 1, max: 90 });

export const params = {
  rawKept: inDays('How long samples of a minute are kept', 90),
  fiveMinutesKept: integer({
    help: 'How long five-minute aggregates are kept, in days; 0 makes none',
    default: 0,
    min: 0,
    max: 90,
  }),
  hoursKept: integer({
    help: 'How long aggregates of an hour are kept, in days; 0 makes none',
    default: 0,
    min: 0,
    max: 90,
  }),
  keeps: choice({
    help: 'What downsampling keeps: count, sum, least and greatest, or the average alone',
    default: 'aggregates',
    choices: ['aggregates', 'averages'] as const,
  }),
  hotKept: inDays('How long logs can be searched', 90),
  logsKept: inDays('How long they are kept in all', 90),
  series: integer({ help: 'Time series', default: 2_000_000, min: 1, max: 100_000_000, logarithmic: true }),
  seriesRead: integer({
    help: 'Series that a question about metrics reads',
    default: 1000,
    min: 1,
    max: 1_000_000,
    logarithmic: true,
  }),
  numberSize: number({ help: 'Bytes of a number that is kept', default: 1.5, min: 0.5, max: 16 }),
  logVolume: integer({ help: 'Gigabytes of logs a day', default: 50, min: 1, max: 100_000, logarithmic: true }),
  spike: number({
    help: 'How many times as high as usual the spike of half a minute is',
    default: 20,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  spikeDay: integer({ help: 'The day of the spike', default: 18, min: 0, max: 80 }),
  lineAge: integer({
    help: 'How many days ago the line of the log was written that is looked for',
    default: 45,
    min: 1,
    max: 80,
  }),
  tolerance: share({
    help: 'An answer that is off by no more is approximate, else wrong',
    default: 0.05,
    min: 0.001,
    max: 0.5,
  }),
  diskPrice: number({
    help: 'Dollars for a gigabyte and month on disk',
    default: 0.1,
    min: 0.001,
    max: 10,
    logarithmic: true,
  }),
  coldPrice: number({
    help: 'Dollars for a gigabyte and month in the archive',
    default: 0.0036,
    min: 0.0001,
    max: 10,
    logarithmic: true,
  }),
  restoreMin: duration({
    help: 'The least that a restore from the archive takes',
    default: hours(3),
    min: s(1),
    max: hours(48),
    logarithmic: true,
  }),
  restoreMax: duration({
    help: 'The most that it takes',
    default: hours(5),
    min: s(1),
    max: hours(48),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
