/** The parameters of the log pipeline: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  integer,
  logSamplers,
  ms,
  rate,
  s,
  share,
  us,
  type LogSamplerName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

const samplings: readonly ('none' | LogSamplerName)[] = ['none', ...(Object.keys(logSamplers) as LogSamplerName[])];

export const params = {
  rate: rate({ help: 'Orders that customers place', default: 45, min: 5, max: 400, logarithmic: true }),
  work: duration({
    help: 'Mean processor time of an order in the orders service, which has one processor',
    default: ms(14),
    min: ms(0.5),
    max: ms(50),
    logarithmic: true,
  }),
  format: choice({
    help: 'What a line is: JSON with fields, or a sentence',
    default: 'structured',
    choices: ['structured', 'plain'],
  }),
  joinsLines: flag({
    help: 'Whether the agents put lines that begin no record to the one before them; of sentences alone',
    default: false,
  }),
  errorsAs: choice({
    help: 'The severity at which failures are logged',
    default: 'ERROR',
    choices: ['ERROR', 'INFO'],
  }),
  level: choice({ help: 'What is at least so severe is written', default: 'INFO', choices: ['DEBUG', 'INFO', 'WARN'] }),
  raiseFor: duration({
    help: 'How long, from two seconds into the incident on, DEBUG is written for the customers of the bank that fails; 0 for never',
    default: ms(0),
    min: ms(0),
    max: s(60),
  }),
  sampling: choice({
    help: 'How lines below WARN are sampled: each by itself, or all of a trace',
    default: 'none',
    choices: samplings,
  }),
  oneIn: integer({
    help: 'Where they are sampled: of how many one is kept',
    default: 50,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  linesMax: integer({
    help: 'Lines a second that a process may write, of whatever severity; 0 for any number',
    default: 0,
    min: 0,
    max: 10_000,
  }),
  redaction: choice({
    help: 'What keeps personal data out: nothing, lists of fields and patterns in the process, or patterns in the agent',
    default: 'none',
    choices: ['none', 'source', 'agent'],
  }),
  retention: duration({
    help: 'How long the store keeps a chunk after its newest line; 0 for ever',
    default: ms(0),
    min: ms(0),
    max: s(3600),
  }),
  chunkAge: duration({
    help: 'Where chunks are deleted: how long one takes lines',
    default: s(2),
    min: ms(100),
    max: s(600),
    logarithmic: true,
  }),
  debugLines: integer({
    help: 'DEBUG statements that an order passes in each service',
    default: 4,
    min: 1,
    max: 100,
    logarithmic: true,
  }),
  lineCost: duration({
    help: 'Processor time to make a line and write it to the console, beside its fields and bytes',
    default: us(40),
    min: us(0),
    max: ms(1),
  }),
  flaky: share({ help: 'Share of the attempts at any bank that fail', default: 0.01, min: 0, max: 0.5 }),
  banks: integer({ help: 'Banks of the customers', default: 8, min: 1, max: 100 }),
  incidentAt: duration({
    help: 'When one bank begins to refuse all that it is asked',
    default: s(8),
    min: s(3),
    max: s(600),
  }),
  incidentFor: duration({ help: 'How long it does', default: s(8), min: s(1), max: s(600), logarithmic: true }),
  rest: duration({
    help: 'How long customers go on after it',
    default: s(6),
    min: s(1),
    max: s(600),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
