/** The parameters of the cache's day: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';
import { databaseParams } from '../../caching/application/params.ts';

export const DASHBOARDS = ['overall', 'per-region'] as const;

export const params = {
  rate: rate({ help: 'Requests of all users together by day', default: 680, min: 100, max: 5000, logarithmic: true }),
  night: share({ help: 'What is asked for by night, of what is by day', default: 0.18, min: 0.02, max: 1 }),
  southShare: share({ help: 'Users in the south, of all', default: 0.08, min: 0.01, max: 0.5 }),
  keys: integer({ help: 'Keys of the north, by Zipf’s law', default: 3000, min: 100, max: 30_000, logarithmic: true }),
  southKeys: integer({ help: 'Keys of the south, by Zipf’s law', default: 25, min: 5, max: 1000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of both', default: 0.85, min: 0, max: 2 }),
  room: share({ help: 'Keys of the north for which its cache has room', default: 0.88, min: 0.05, max: 1 }),
  ...databaseParams({ loadTime: ms(10), cores: 16 }),
  timeout: duration({ help: 'How long a user waits', default: s(1), min: ms(10), max: s(60), logarithmic: true }),
  incidents: flag({ help: 'Whether anything goes wrong on that day', default: true }),
  dashboard: choice({ help: 'Of what the alert looks at the hit ratio', default: 'overall', choices: DASHBOARDS }),
  slowdown: number({ help: 'How many times as long the slow database takes', default: 4, min: 1, max: 50 }),
  memory: share({ help: 'What is left of the room when memory is short', default: 0.92, min: 0.05, max: 1 }),
  crowd: share({ help: 'What the crowd asks for, of what all do by day', default: 0.8, min: 0.01, max: 2 }),
  edits: rate({ help: 'Edits of what the crowd asks for, in its second half', default: 6, min: 0.1, max: 100 }),
  length: duration({ help: 'How long the day takes', default: s(60), min: s(30), max: s(600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
