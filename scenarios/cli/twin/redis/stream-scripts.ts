/**
 * Scripts of stream commands, drawn by fast-check: few keys, groups, consumers and ids, so that they meet often. A script
 * waits for nothing: idle times are set by `XCLAIM … IDLE` to whole tens of seconds, and asked for in between.
 * Two words stand for what is known only when the script is played: `{3}` is the id of the fourth entry that was added (round
 * and round), `@20000` is the wall clock's milliseconds 20,000 ms ago.
 */
import fc from 'fast-check';

export type Words = readonly string[];

/** Stands for the key of the stream. */
export const STREAM = 's';

const group = fc.constantFrom('g', 'g', 'g', 'h');
const consumer = fc.constantFrom('a', 'b', 'c');
const smallId = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3 }))
  .map(([ms, seq]) => `${ms}-${seq}`);
const entryId = fc.oneof(
  { weight: 6, arbitrary: fc.nat(9).map((n) => `{${n}}`) },
  { weight: 2, arbitrary: smallId },
  { weight: 1, arbitrary: fc.constantFrom('0', '3', '5') },
);
const entryIds = fc.array(entryId, { minLength: 1, maxLength: 4 });
const count = fc.integer({ min: 1, max: 4 }).map(String);
const minIdle = fc.constantFrom('0', '0', '5000', '15000', '25000');

/** Words that are there or not. */
const perhaps = (words: fc.Arbitrary<Words>): fc.Arbitrary<Words> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: words });
const option = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<Words> =>
  perhaps(value.map((word) => [name, word]));
const flag = (name: string): fc.Arbitrary<Words> => perhaps(fc.constant([name]));

/** A command of these parts, in their order. */
const command = (...parts: readonly (string | fc.Arbitrary<string | Words>)[]): fc.Arbitrary<Words> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((words) => words.flat());

const cut = fc.oneof(
  command('MAXLEN', fc.constantFrom([], ['=']), fc.constantFrom('0', '2', '5', '120')),
  command('MINID', fc.constantFrom([], ['=']), entryId),
  command(
    'MAXLEN',
    '~',
    fc.constantFrom('0', '40', '120', '250'),
    option('LIMIT', fc.constantFrom('0', '100', '150', '1000')),
  ),
  command('MINID', '~', entryId, option('LIMIT', fc.constantFrom('0', '100', '1000'))),
);

const newId = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }).map((ms) => `${ms}-*`) },
  { weight: 3, arbitrary: fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(3)).map(([ms, seq]) => `${ms}-${seq}`) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 12 }).map(String) },
);
const end = (least: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(least) },
    { weight: 1, arbitrary: entryId },
    { weight: 1, arbitrary: entryId.map((id) => `(${id}`) },
  );

const add = command('XADD', STREAM, flag('NOMKSTREAM'), perhaps(perhaps(cut)), newId, 'n', fc.nat(9).map(String));
const addNow = command('XADD', STREAM, '*', 'n', fc.nat(9).map(String));
const createGroup = command(
  'XGROUP',
  'CREATE',
  STREAM,
  group,
  fc.oneof(fc.constantFrom('0', '$'), entryId),
  flag('MKSTREAM'),
  option('ENTRIESREAD', fc.constantFrom('-1', '0', '3')),
);
const readNew = command(
  'XREADGROUP',
  'GROUP',
  group,
  consumer,
  option('COUNT', count),
  flag('NOACK'),
  'STREAMS',
  STREAM,
  '>',
);

const step: fc.Arbitrary<Words> = fc.oneof(
  { weight: 24, arbitrary: add },
  { weight: 1, arbitrary: addNow },
  { weight: 4, arbitrary: createGroup },
  { weight: 14, arbitrary: readNew },
  {
    weight: 5,
    arbitrary: command(
      'XREADGROUP',
      'GROUP',
      group,
      consumer,
      option('COUNT', count),
      'STREAMS',
      STREAM,
      fc.oneof(fc.constant('0'), entryId),
    ),
  },
  { weight: 6, arbitrary: command('XACK', STREAM, group, entryIds) },
  { weight: 5, arbitrary: command('XDEL', STREAM, entryIds) },
  { weight: 2, arbitrary: command('XTRIM', STREAM, cut) },
  { weight: 3, arbitrary: command('XPENDING', STREAM, group) },
  {
    weight: 4,
    arbitrary: command(
      'XPENDING',
      STREAM,
      group,
      option('IDLE', minIdle),
      end('-'),
      end('+'),
      fc.constantFrom('1', '3', '10'),
      perhaps(consumer.map((name) => [name])),
    ),
  },
  {
    weight: 9,
    arbitrary: command(
      'XCLAIM',
      STREAM,
      group,
      consumer,
      minIdle,
      entryIds,
      fc.oneof(
        option('IDLE', fc.constantFrom('10000', '20000', '30000')),
        option('TIME', fc.constantFrom('@10000', '@20000')),
      ),
      option('RETRYCOUNT', fc.nat(7).map(String)),
      flag('FORCE'),
      flag('JUSTID'),
      perhaps(option('LASTID', entryId)),
    ),
  },
  {
    weight: 5,
    arbitrary: command(
      'XAUTOCLAIM',
      STREAM,
      group,
      consumer,
      minIdle,
      fc.oneof(fc.constant('0-0'), entryId),
      option('COUNT', count),
      flag('JUSTID'),
    ),
  },
  {
    weight: 2,
    arbitrary: command(
      'XGROUP',
      'SETID',
      STREAM,
      group,
      fc.oneof(fc.constantFrom('0', '$'), entryId),
      option('ENTRIESREAD', fc.constantFrom('-1', '0', '3')),
    ),
  },
  { weight: 1, arbitrary: command('XGROUP', 'DESTROY', STREAM, group) },
  { weight: 2, arbitrary: command('XGROUP', 'CREATECONSUMER', STREAM, group, consumer) },
  { weight: 2, arbitrary: command('XGROUP', 'DELCONSUMER', STREAM, group, consumer) },
  {
    weight: 2,
    arbitrary: command(
      'XSETID',
      STREAM,
      fc.oneof(fc.constantFrom('9-9', '12-0'), entryId),
      option('ENTRIESADDED', fc.constantFrom('2', '40')),
      option('MAXDELETEDID', fc.constantFrom('0-0', '4-0')),
    ),
  },
  { weight: 2, arbitrary: command('XRANGE', STREAM, end('-'), end('+'), option('COUNT', count)) },
  { weight: 2, arbitrary: command('XREVRANGE', STREAM, end('+'), end('-'), option('COUNT', count)) },
  {
    weight: 2,
    arbitrary: command('XREAD', option('COUNT', count), 'STREAMS', STREAM, fc.oneof(fc.constant('$'), entryId)),
  },
  { weight: 1, arbitrary: command('XLEN', STREAM) },
  {
    weight: 2,
    arbitrary: fc.oneof(
      command('XINFO', 'STREAM', STREAM),
      command('XINFO', 'GROUPS', STREAM),
      command('XINFO', 'CONSUMERS', STREAM, group),
    ),
  },
);

/** Enough entries for several nodes, since `~` trims whole ones. */
const many = fc
  .integer({ min: 90, max: 320 })
  .map((entries) => Array.from({ length: entries }, (_, i): Words => ['XADD', STREAM, `1-${i + 1}`, 'n', `${i}`]));

const begin = fc.oneof(
  { weight: 4, arbitrary: fc.constant<readonly Words[]>([['XGROUP', 'CREATE', STREAM, 'g', '0', 'MKSTREAM']]) },
  { weight: 1, arbitrary: fc.constant<readonly Words[]>([]) },
  { weight: 1, arbitrary: many },
);

/** All that can be asked of a stream, after each script. */
const everything: readonly Words[] = [
  ['XRANGE', STREAM, '-', '+'],
  ['XINFO', 'STREAM', STREAM],
  ['XINFO', 'GROUPS', STREAM],
  ...['g', 'h'].flatMap((name): readonly Words[] => [
    ['XPENDING', STREAM, name],
    ['XPENDING', STREAM, name, '-', '+', '1000'],
    ['XINFO', 'CONSUMERS', STREAM, name],
  ]),
];

export const streamScripts: fc.Arbitrary<readonly Words[]> = fc
  .tuple(begin, fc.array(step, { minLength: 12, maxLength: 40 }))
  .map(([first, steps]) => [...first, ...steps, ...everything]);

/** The options of each command, and its other forms: all that is counted. */
const options: Readonly<Record<string, readonly string[]>> = {
  XADD: ['NOMKSTREAM', 'MAXLEN', 'MINID', '=', '~', 'LIMIT', '*', 'ms-*', 'ms'],
  XDEL: [],
  XTRIM: ['MAXLEN', 'MINID', '=', '~', 'LIMIT'],
  XSETID: ['ENTRIESADDED', 'MAXDELETEDID'],
  XLEN: [],
  XRANGE: ['COUNT', '('],
  XREVRANGE: ['COUNT', '('],
  XREAD: ['COUNT', '$'],
  XREADGROUP: ['COUNT', 'NOACK', '>', 'history'],
  XGROUP: ['CREATE', 'MKSTREAM', 'ENTRIESREAD', '$', 'SETID', 'DESTROY', 'CREATECONSUMER', 'DELCONSUMER'],
  XACK: [],
  XPENDING: ['IDLE', '('],
  XCLAIM: ['IDLE', 'TIME', 'RETRYCOUNT', 'FORCE', 'JUSTID', 'LASTID'],
  XAUTOCLAIM: ['COUNT', 'JUSTID'],
  XINFO: ['STREAM', 'GROUPS', 'CONSUMERS'],
};

export const vocabulary: readonly string[] = Object.entries(options).flatMap(([name, words]) => [
  name,
  ...words.map((word) => `${name} ${word}`),
]);

/** How a word that is no option is counted. */
function formOf(name: string, word: string, following: string | undefined): string {
  if (word.startsWith('(')) return '(';
  if (name === 'XADD' && /^\d+-\*$/.test(word)) return 'ms-*';
  if (name === 'XADD' && /^\d+$/.test(word) && following === 'n') return 'ms';
  if (name === 'XREADGROUP' && following === undefined && word !== '>') return 'history';
  return word;
}

/** What a command is counted under: itself, its options and forms. */
export function usesOf([name, ...rest]: Words): readonly string[] {
  const forms = rest.map((word, i) => formOf(name, word, rest[i + 1]));
  return [name, ...forms.filter((form) => options[name].includes(form)).map((form) => `${name} ${form}`)];
}
