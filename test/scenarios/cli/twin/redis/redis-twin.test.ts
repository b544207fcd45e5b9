/** The model beside a real Redis: 500 scripts without a difference, and faults in the model that are found. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  agrees,
  compare,
  countWords,
  OCCURRENCES_MIN,
  scriptsOf,
} from '../../../../../scenarios/cli/twin/comparison.ts';
import { modelOf, redisTwin } from '../../../../../scenarios/cli/twin/redis/redis-twin.ts';
import { Arguments } from '../../../../../scenarios/cli/twin/redis/arguments.ts';
import { RESTART, StreamServer } from '../../../../../scenarios/cli/twin/redis/stream-commands.ts';
import { STREAM, type Words } from '../../../../../scenarios/cli/twin/redis/stream-scripts.ts';
import { ALWAYS_SAID } from '../../../../../scenarios/cli/twin/redis/stream-vocabulary.ts';
import { asText } from '../../../../../scenarios/cli/twin/report.ts';
import { styleFor } from '../../../../../scenarios/cli/reporters/style.ts';
import { formatId } from '../../../../../sim-core/messaging/channels/stream/entry-id.ts';
import { BlockedReads } from '../../../../../sim-core/messaging/channels/stream/blocked-reads.ts';
import { ConsumerGroup } from '../../../../../sim-core/messaging/channels/stream/consumer-group.ts';
import { EntryLog } from '../../../../../sim-core/messaging/channels/stream/entry-log.ts';
import { PendingList } from '../../../../../sim-core/messaging/channels/stream/pending-list.ts';
import { RecordedPlays } from '../recorded-plays.ts';

const program = redisTwin.findProgram();
const isLeftOut = program === undefined && process.env.CI === undefined;
const options = { scripts: 500, seed: 1, interrupted: new AbortController().signal, progress: () => {} };

/** Faults of the model, each of which the server's answers have to show. */
const FAULTS: Record<string, () => void> = {
  'gives nobody again what it has pending': () => {
    vi.spyOn(ConsumerGroup.prototype, 'history').mockReturnValue([]);
  },
  'gives again what is pending and counts no delivery': () => {
    const { history } = ConsumerGroup.prototype;
    vi.spyOn(ConsumerGroup.prototype, 'history').mockImplementation(function (
      this: ConsumerGroup<unknown>,
      name,
      after,
      count,
    ) {
      const found = history.call(this, name, after, count);
      for (const { id, entry } of found) if (entry !== undefined) this.pending.get(id)!.deliveries--;
      return found;
    });
  },
  'trims exactly where it may trim approximately': () => {
    const { trim } = EntryLog.prototype;
    vi.spyOn(EntryLog.prototype, 'trim').mockImplementation(function (this: EntryLog<unknown>, { keep }) {
      return trim.call(this, { keep });
    });
  },
  'acknowledges the first of several ids only': () => {
    const { acknowledge } = ConsumerGroup.prototype;
    vi.spyOn(ConsumerGroup.prototype, 'acknowledge').mockImplementation(function (this: ConsumerGroup<unknown>, ids) {
      return acknowledge.call(this, ids.slice(0, 1));
    });
  },
  'leaves what is claimed to whom it was given first': () => {
    vi.spyOn(PendingList.prototype, 'assign').mockImplementation(() => {});
  },
  'has not the last entry any more when it is killed': () => {
    const { run } = StreamServer.prototype;
    vi.spyOn(StreamServer.prototype, 'run').mockImplementation(function (this: StreamServer, words, now) {
      if (words[0] === RESTART) {
        const last = this.get(STREAM)?.log.last;
        if (last !== undefined) run.call(this, ['XDEL', STREAM, formatId(last.id)], now);
      }
      return run.call(this, words, now);
    });
  },
  'serves first who has come last of those who wait': () => {
    const { add } = BlockedReads.prototype;
    vi.spyOn(BlockedReads.prototype, 'add').mockImplementation(function (this: BlockedReads<unknown>, line, read) {
      add.call(this, line, read);
      const waiting = this['lines'].get(line)!;
      waiting.unshift(waiting.pop());
    });
  },
  'serves nobody who waits': () => {
    vi.spyOn(BlockedReads.prototype, 'serve').mockImplementation(() => {});
  },
  'forgets what a claim forced': () => {
    const { force } = ConsumerGroup.prototype;
    vi.spyOn(ConsumerGroup.prototype, 'force').mockImplementation(function (this: ConsumerGroup<unknown>, id, name) {
      const pending = force.call(this, id, name);
      this.pending.remove(pending);
      return pending;
    });
  },
};

it('keeps its books and its order through every script', () => {
  for (const script of scriptsOf(redisTwin, 300, 2)) {
    const server = new StreamServer();
    modelOf(script, {
      run(words, now) {
        const reply = server.run(words, now);
        expect(server.violations(), words.join(' ')).toEqual([]);
        return reply;
      },
      takeServed: () => server.takeServed(),
    });
  }
});

it('uses every command and option in at least 20 of 500 scripts', () => {
  const counts = countWords(redisTwin, scriptsOf(redisTwin, options.scripts, options.seed));
  expect([...counts].filter(([, count]) => count < OCCURRENCES_MIN)).toEqual([]);
});

it('counts every option that a command of the model looks for', () => {
  const looked = new Set<string>();
  const { takes } = Arguments.prototype;
  let command = '';
  vi.spyOn(Arguments.prototype, 'takes').mockImplementation(function (this: Arguments, word) {
    looked.add(ALWAYS_SAID.includes(word) ? command : `${command} ${word}`);
    return takes.call(this, word);
  });
  const { run } = StreamServer.prototype;
  vi.spyOn(StreamServer.prototype, 'run').mockImplementation(function (this: StreamServer, words, now) {
    command = words[0];
    return run.call(this, words, now);
  });
  for (const script of scriptsOf(redisTwin, 100, 1)) redisTwin.model(script);
  vi.restoreAllMocks();
  expect(looked.size).toBeGreaterThan(20);
  expect([...looked].filter((word) => !redisTwin.vocabulary.includes(word))).toEqual([]);
});

describe.skipIf(isLeftOut)(`beside ${program ?? 'a redis-server, which is not on this machine'}`, () => {
  let server: RecordedPlays<Words>;
  beforeAll(async () => {
    server = new RecordedPlays(await redisTwin.start(program!));
  });
  afterAll(() => server.stop());

  it('answers 500 scripts as the server does', async () => {
    const started = performance.now();
    const comparison = await compare(redisTwin, server, options);
    const seconds = (performance.now() - started) / 1000;
    const outcome = { ...comparison, version: server.version, seed: options.seed, seconds };
    console.log(asText(redisTwin, outcome, styleFor(false)));
    expect(comparison.differences).toEqual([]);
    expect(agrees(comparison), JSON.stringify(comparison.unstable)).toBe(true);
    expect(comparison.scripts).toBe(options.scripts);
  }, 240_000);

  it.each(Object.entries(FAULTS))('does not answer as a model that %s', (_, plant) => {
    expect(server.found(redisTwin, plant)).toBeGreaterThan(0);
  });

  it('shrinks a script that shows a fault', async () => {
    FAULTS['acknowledges the first of several ids only']();
    const { different, differences } = await compare(redisTwin, server, { ...options, scripts: 60 });
    vi.restoreAllMocks();
    expect(different).toBeGreaterThan(0);
    expect(differences.some(({ script, steps }) => script.length < steps)).toBe(true);
    expect(differences.every(({ script }) => script.some(([name]) => name === 'XACK'))).toBe(true);
  });
});
