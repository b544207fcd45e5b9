/**
 * Scripts of stream commands, drawn by fast-check: few keys, groups, consumers and ids, so that they meet often. No time has
 * to pass in a script: idle times are set by `XCLAIM … IDLE` to whole tens of seconds, and asked for in between.
 * In one of twelve the server is killed and started again. Before that nobody reads what is pending for him: that counts as a
 * delivery which Redis does not write to its file, and has not counted when it is up again.
 * Two words stand for what is known only when the script is played: `{3}` is the id of the fourth entry that was added (round
 * and round), `@20000` is the wall clock's milliseconds 20,000 ms ago.
 */
import fc from 'fast-check';
import { RESTART } from './stream-commands.ts';

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

/** A limit of the entries that go, which only an approximate cut may have. */
const limit = (...limits: readonly string[]): fc.Arbitrary<Words> =>
  fc.oneof(
    fc.constant([]),
    fc.constantFrom(...limits).map((word) => ['LIMIT', word]),
  );
const cut = fc.oneof(
  command('MAXLEN', fc.constantFrom([], ['=']), fc.constantFrom('0', '2', '5', '120')),
  command('MINID', fc.constantFrom([], ['=']), entryId),
  command('MAXLEN', '~', fc.constantFrom('0', '40', '120', '250'), limit('0', '100', '150', '1000')),
  command('MINID', '~', entryId, limit('0', '100', '1000')),
);

const newId = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }).map((ms) => `${ms}-*`) },
  { weight: 3, arbitrary: fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(3)).map(([ms, seq]) => `${ms}-${seq}`) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 12 }).map(String) },
  // Above the most of those that were added before.
  { weight: 3, arbitrary: fc.constant('9-*') },
);
const end = (least: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(least) },
    { weight: 1, arbitrary: entryId },
    { weight: 2, arbitrary: entryId.map((id) => `(${id}`) },
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

const readHistory = (whose: fc.Arbitrary<string>, after: fc.Arbitrary<string>): fc.Arbitrary<Words> =>
  command('XREADGROUP', 'GROUP', group, whose, option('COUNT', count), 'STREAMS', STREAM, after);
const listPending = command(
  'XPENDING',
  STREAM,
  group,
  option('IDLE', minIdle),
  end('-'),
  end('+'),
  fc.constantFrom('1', '3', '10'),
  perhaps(consumer.map((name) => [name])),
);
const claim = command(
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
);
const autoClaim = command(
  'XAUTOCLAIM',
  STREAM,
  group,
  consumer,
  minIdle,
  fc.oneof({ weight: 2, arbitrary: fc.constant('0-0') }, { weight: 1, arbitrary: entryId }),
  option('COUNT', count),
  flag('JUSTID'),
);
const deleteConsumer = (whose: fc.Arbitrary<string>): fc.Arbitrary<Words> =>
  command('XGROUP', 'DELCONSUMER', STREAM, group, whose);
const acknowledge = command('XACK', STREAM, group, entryIds);
const trim = command('XTRIM', STREAM, cut);

const step: fc.Arbitrary<Words> = fc.oneof(
  { weight: 24, arbitrary: add },
  { weight: 1, arbitrary: addNow },
  { weight: 4, arbitrary: createGroup },
  { weight: 14, arbitrary: readNew },
  { weight: 5, arbitrary: readHistory(consumer, fc.oneof(fc.constant('0'), entryId)) },
  { weight: 6, arbitrary: acknowledge },
  { weight: 5, arbitrary: command('XDEL', STREAM, entryIds) },
  { weight: 3, arbitrary: trim },
  { weight: 3, arbitrary: command('XPENDING', STREAM, group) },
  { weight: 6, arbitrary: listPending },
  { weight: 11, arbitrary: claim },
  { weight: 5, arbitrary: autoClaim },
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
  { weight: 2, arbitrary: deleteConsumer(consumer) },
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
  { weight: 3, arbitrary: command('XRANGE', STREAM, end('-'), end('+'), option('COUNT', count)) },
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

/** What was read by one of the group's consumers, and then something that is done with what is pending. */
const life: fc.Arbitrary<readonly Words[]> = fc
  .tuple(consumer, fc.integer({ min: 1, max: 2 }))
  .chain(([name, entries]) =>
    fc
      .array(
        fc.oneof(
          acknowledge,
          claim,
          claim,
          autoClaim,
          autoClaim,
          listPending,
          listPending,
          readHistory(fc.constant(name), fc.constant('0')),
          deleteConsumer(fc.constant(name)),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((then): readonly Words[] => [
        ...Array.from({ length: entries }, (): Words => ['XADD', STREAM, '9-*', 'n', '1']),
        ['XREADGROUP', 'GROUP', 'g', name, 'STREAMS', STREAM, '>'],
        ...then,
      ]),
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

/**
 * Reads that wait, for ever or for a moment, and steps that may bring them something. Nobody destroys a group that somebody waits
 * for an entry of.
 */
const block = fc.constantFrom('0', '0', '0', '0', '20');
const readAndWait = command(
  'XREADGROUP',
  'GROUP',
  group,
  consumer,
  option('COUNT', count),
  'BLOCK',
  block,
  flag('NOACK'),
  'STREAMS',
  STREAM,
  '>',
);
const waitingStep: fc.Arbitrary<Words> = fc.oneof(
  { weight: 4, arbitrary: readAndWait },
  {
    weight: 2,
    arbitrary: command(
      'XREAD',
      option('COUNT', count),
      'BLOCK',
      block,
      'STREAMS',
      STREAM,
      fc.oneof(fc.constant('$'), entryId),
    ),
  },
  { weight: 3, arbitrary: command('XADD', STREAM, '9-*', 'n', fc.nat(9).map(String)) },
  { weight: 5, arbitrary: step.filter((words) => words[1] !== 'DESTROY') },
);
const waitingScripts: fc.Arbitrary<readonly Words[]> = fc
  .array(waitingStep, { minLength: 10, maxLength: 30 })
  .map((steps) => [
    ...['g', 'h'].map((name): Words => ['XGROUP', 'CREATE', STREAM, name, '0', 'MKSTREAM']),
    ...steps,
    ...everything,
  ]);

/** Enough entries for several nodes, since `~` trims whole ones, and some of them trimmed. */
const many = fc
  .tuple(fc.integer({ min: 90, max: 320 }), fc.array(trim, { minLength: 1, maxLength: 6 }))
  .map(([entries, trims]) => [
    ...Array.from({ length: entries }, (_, i): Words => ['XADD', STREAM, `1-${i + 1}`, 'n', `${i}`]),
    ...trims,
  ]);

const begin = fc.oneof(
  { weight: 4, arbitrary: fc.constant<readonly Words[]>([['XGROUP', 'CREATE', STREAM, 'g', '0', 'MKSTREAM']]) },
  { weight: 1, arbitrary: fc.constant<readonly Words[]>([]) },
  { weight: 1, arbitrary: many },
);

const isHistory = (words: Words): boolean => words[0] === 'XREADGROUP' && words.at(-1) !== '>';

const scriptsWithoutWaits: fc.Arbitrary<readonly Words[]> = fc
  .tuple(
    begin,
    fc.array(fc.oneof({ weight: 12, arbitrary: step.map((words) => [words]) }, { weight: 1, arbitrary: life }), {
      minLength: 12,
      maxLength: 36,
    }),
    fc.nat(11),
  )
  .map(([first, parts, killed]) => {
    if (killed > 0) return [...first, ...parts.flat(), ...everything];
    const half = Math.floor(parts.length / 2);
    const before = parts.slice(0, half).flat();
    const after = parts.slice(half).flat();
    return [
      ...first,
      ...before.filter((words) => !isHistory(words)),
      [RESTART],
      ...everything,
      ...after,
      ...everything,
    ];
  });

export const streamScripts: fc.Arbitrary<readonly Words[]> = fc.oneof(
  { weight: 7, arbitrary: scriptsWithoutWaits },
  { weight: 1, arbitrary: waitingScripts },
);
