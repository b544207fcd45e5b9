/** The parameters of a schema's evolution: what its sliders and `--set` take. */
import { choice, COMPATIBILITY_LEVELS, duration, ms, rate, s, type ValuesOf } from '../../../sim-core/index.ts';
import { FORMATS, type FormatName } from './formats/formats.ts';
import { CHANGE_NAMES } from './versions.ts';

export const params = {
  format: choice({
    help: 'Format of the records; JSON Schema with an open or a closed content model',
    default: 'avro',
    choices: Object.keys(FORMATS) as FormatName[],
  }),
  change: choice({
    help: 'What the new version of the schema changes',
    default: 'add-required',
    choices: CHANGE_NAMES,
  }),
  next: choice({
    help: 'A change after that, once both sides have been on the new version for as long as the upgrade took',
    default: 'none',
    choices: ['none', ...CHANGE_NAMES],
  }),
  order: choice({
    help: 'Which side is upgraded first',
    default: 'consumers-first',
    choices: ['consumers-first', 'producers-first'],
  }),
  gate: choice({
    help: "The registry's level of compatibility; by-order is BACKWARD for consumers first, FORWARD for producers first",
    default: 'NONE',
    choices: ['by-order', ...COMPATIBILITY_LEVELS],
  }),
  linter: choice({
    help: 'Category of `buf breaking` that a Protobuf schema is held to before it comes to the registry',
    default: 'off',
    choices: ['off', 'WIRE', 'WIRE_JSON', 'FILE'],
  }),
  rate: rate({ help: 'Orders of all users together', default: 200, min: 1, max: 2000, logarithmic: true }),
  deployAt: duration({ help: 'When the new version is deployed', default: s(10), min: s(1), max: s(600) }),
  gap: duration({
    help: 'From the upgrade of one side to that of the other',
    default: s(10),
    min: s(1),
    max: s(600),
  }),
  linger: duration({
    help: 'How long the producer gathers records into a batch',
    default: ms(20),
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  replay: choice({
    help: 'Whether a new group, by the newest version, reads the topic from its start once all is deployed',
    default: 'none',
    choices: ['none', 'from-the-start'],
  }),
  length: duration({ help: 'Length of the run', default: s(30), min: s(15), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
