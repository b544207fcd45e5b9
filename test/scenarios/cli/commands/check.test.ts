/** `brownout check` on made-up scenarios: one in order, and one with each fault that it is there to find. */
import { expect, it } from 'vitest';
import { check } from '../../../../scenarios/cli/commands/check.ts';
import { GUIDE_HEADINGS } from '../../../../scenarios/cli/check/guide.ts';
import {
  atLeast,
  atMost,
  Database,
  defineScenario,
  exponential,
  guardrail,
  Link,
  ms,
  number,
  OpenLoopClient,
  peak,
  poisson,
  register,
  roundRobin,
  s,
  zipfPopularity,
  type Scenario,
  type ScenarioDefinition,
} from '../../../../sim-core/index.ts';
import { commandLine } from '../command-line.ts';

const params = { rate: number({ help: 'Requests a second', default: 40, min: 0, max: 1000 }) };
const RATE = 'db.client.operation.rate';

const inOrder: ScenarioDefinition<typeof params, 'crowd' | 'few'> = {
  id: 'crowd',
  section: '0',
  title: 'A crowd',
  question: 'How many?',
  params,
  variants: { crowd: { rate: 200 }, few: {} },
  roles: { crowd: 'pitfall', few: 'remedy' },
  seed: 1,
  duration: s(4),
  interval: s(1),
  warmUp: 0,
  openAt: 0,
  system(sim, p) {
    const demand = exponential(ms(2));
    const database = new Database(sim, { name: 'database', connections: 5, queueMax: 100, cores: 2, demand });
    const target = roundRobin([
      new Link<number, unknown>(sim, database as never, { from: 'users', delay: exponential(ms(1)) }),
    ]);
    const popularity = zipfPopularity(10, 1);
    new OpenLoopClient(sim, { name: 'users', arrivals: poisson(p.rate), popularity, target });
  },
  charts: [RATE],
  expect: { crowd: [atLeast(peak(RATE), 120)], few: [atMost(peak(RATE), 100)] },
};

const guide = ['# A crowd', ...GUIDE_HEADINGS.map((heading) => `## ${heading}\n\nText.`)].join('\n\n');

interface Document {
  readonly pass: boolean;
  readonly scenarios: readonly {
    readonly runs: number;
    readonly complete: boolean;
    readonly problems: readonly { readonly check: string; readonly text: string; readonly reproduce?: string }[];
    readonly indistinct: readonly { readonly remedy: string; readonly claim: string; readonly held: number }[];
  }[];
}

async function checked(change: Partial<typeof inOrder>, text = guide): Promise<Document & { code: number }> {
  const { cli, printed } = commandLine();
  const scenario: Scenario = defineScenario({ ...inOrder, ...change });
  const code = await check([], { seeds: '2', json: true }, cli, [{ scenario, definition: '', guide: text }]);
  return { code, ...(JSON.parse(printed.out) as Document) };
}

it('passes a scenario in order, over every variant and seed', async () => {
  const { code, pass, scenarios } = await checked({});
  expect(scenarios).toEqual([{ id: 'crowd', complete: true, runs: 6, problems: [], indistinct: [] }]);
  expect(pass).toBe(true);
  expect(code).toBe(0);
});

it('finds an expectation that fails, and says how to see it', async () => {
  const { code, scenarios } = await checked({ expect: { ...inOrder.expect, crowd: [atMost(peak(RATE), 120)] } });
  expect(code).toBe(1);
  const [first, ...rest] = scenarios[0].problems;
  expect(first.check).toBe('expectations');
  expect(first.text).toMatch(/^crowd seed 1: peak of db\.client\.operation\.rate is at most 120\/s, measured \d+\/s$/);
  expect(first.reproduce).toBe('brownout run crowd --variant crowd --seed 1');
  expect(rest).toHaveLength(2);
});

it("finds a remedy whose expectations hold on the pitfall's run too", async () => {
  const { code, scenarios } = await checked({ expect: { ...inOrder.expect, few: [atMost(peak(RATE), 9999)] } });
  expect(code).toBe(1);
  expect(scenarios[0].problems.map(({ text }) => text)).toContain(
    'few: none of its expectations is refuted by the run of crowd, which it repairs, with seed 1',
  );
});

it('finds a pitfall that is solved as it is given, by the limits that its remedy has', async () => {
  const few = [atMost(peak(RATE), ({ rate }) => (Number(rate) > 100 ? 100 : 9999))];
  const { code, scenarios } = await checked({ expect: { ...inOrder.expect, few } });
  expect(scenarios[0].problems.map(({ text }) => text)).toEqual([
    'crowd: as an exercise it is solved as it is given, by the limits of few',
    'crowd seed 2: as an exercise it is solved as it is given, by the limits of few',
    'crowd seed 3: as an exercise it is solved as it is given, by the limits of few',
  ]);
  expect(code).toBe(1);
});

it('finds a pitfall that no remedy repairs by design alone', async () => {
  const { code, scenarios } = await checked({ params: { rate: { ...inOrder.params.rate, of: 'world' } } });
  expect(scenarios[0].problems.map(({ text }) => text)).toEqual([
    "crowd: it is no exercise, for each remedy sets more than the design (few); expected one that does not, or of: 'design' " +
      "or 'view' of what it sets",
  ]);
  expect(code).toBe(1);
});

/** Holds for a crowd as well. */
const idle = atLeast(peak(RATE), 1);
/** Nothing fails, so there is nothing whose age could be measured: as of a signal that one variant alone has. */
const unseen = { text: 'a mean of nothing', of: () => NaN };

it("names a remedy's claims that its pitfall's run does not refute, and counts guardrails apart", async () => {
  const telling = inOrder.expect.few[0];
  const few = [telling, idle, guardrail(idle, 'Somebody is served')];
  const { code, pass, scenarios } = await checked({ expect: { ...inOrder.expect, few } });
  const both = { remedy: 'few', pitfall: 'crowd', claim: `peak of ${RATE} is at least 1/s`, runs: 3, held: 3 };
  expect(scenarios[0].indistinct).toEqual([
    { ...both, unmeasured: 0 },
    { ...both, unmeasured: 0, guardrail: 'Somebody is served' },
  ]);
  expect({ code, pass }).toEqual({ code: 0, pass: true });

  const { cli, printed } = commandLine();
  const scenario = defineScenario({ ...inOrder, expect: { ...inOrder.expect, few } });
  await check([], { seeds: '2' }, cli, [{ scenario, definition: '', guide }]);
  expect(printed.out).toContain(
    [
      '✓ remedies',
      `    few: peak of ${RATE} is at least 1/s: holds on the run of crowd too, with every seed`,
      '    1 guardrail, which holds for pitfall and remedy alike',
    ].join('\n'),
  );
});

it('does not take a claim that has nothing to measure on the run of the pitfall for one that tells it apart', async () => {
  const { scenarios } = await checked({ expect: { ...inOrder.expect, few: [atMost(unseen, 5)] } });
  expect(scenarios[0].indistinct).toEqual([expect.objectContaining({ remedy: 'few', held: 0, unmeasured: 3 })]);
  expect(scenarios[0].problems.map(({ text }) => text)).toContain(
    'few: none of its expectations is refuted by the run of crowd, which it repairs, with seed 1',
  );
});

it('finds a guardrail that tells the remedy from its pitfall', async () => {
  const few = [guardrail(inOrder.expect.few[0], 'It is never more')];
  const { code, scenarios } = await checked({ expect: { ...inOrder.expect, few } });
  expect(code).toBe(1);
  expect(scenarios[0].problems[0]).toEqual({
    check: 'remedies',
    text: `few: peak of ${RATE} is at most 100/s: it is marked as a guardrail, but fails on the run of crowd, with seed 1`,
  });
});

it("judges a remedy on the run of the pitfall that it repairs, and not on another's", async () => {
  const variants = { crowd: { rate: 200 }, idle: { rate: 1 }, few: {} } as const;
  const scenario = defineScenario({
    ...inOrder,
    variants,
    roles: { crowd: 'pitfall', idle: 'pitfall', few: 'remedy' },
    repairs: { few: 'idle' },
    // They would fail on the crowd's run.
    expect: { ...inOrder.expect, idle: [atMost(peak(RATE), 20)] },
  });
  const { cli, printed } = commandLine();
  expect(await check([], { seeds: '0', json: true }, cli, [{ scenario, definition: '', guide }])).toBe(1);
  expect((JSON.parse(printed.out) as Document).scenarios[0].problems.map(({ text }) => text)).toEqual([
    'crowd: it is a pitfall, but no remedy repairs it',
    'idle: as an exercise it is solved as it is given, by the limits of few',
    'few: none of its expectations is refuted by the run of idle, which it repairs, with seed 1',
  ]);
});

it('finds a row of the index without a pitfall or without a remedy', async () => {
  const row = await checked({ pitfall: 'Infinite buffering', roles: { crowd: 'pitfall', few: 'control' } });
  expect(row.scenarios[0].problems).toEqual([
    { check: 'remedies', text: expect.stringContaining('row of the index of pitfalls (Infinite buffering)') },
  ]);
});

it('finds a broken invariant, a run that ends by an error, a chart of nothing and a guide in disorder', async () => {
  const broken = await checked({
    system(sim, p) {
      inOrder.system(sim, p);
      register(sim, {
        name: 'leaky',
        kind: 'service',
        help: '',
        signals: [],
        interventions: {},
        state: () => ({}),
        violations: () => (sim.now > 0 ? ['it has lost a request'] : []),
      });
    },
  });
  expect(broken.scenarios[0].problems[0]).toMatchObject({ check: 'invariants', text: 'crowd: it has lost a request' });
  const failing = await checked({
    system(sim, p) {
      inOrder.system(sim, p);
      sim.schedule(ms(5), () => sim.fail(new Error('kaputt')), undefined);
    },
  });
  expect(failing.scenarios[0].problems[0]).toMatchObject({
    check: 'expectations',
    text: expect.stringContaining('kaputt'),
  });
  const blank = await checked({ charts: ['cache.hit_ratio'] });
  expect(blank.scenarios[0].problems[0]).toEqual({
    check: 'charts',
    text: 'crowd: there is no signal cache.hit_ratio',
  });
  const untidy = await checked({}, guide.replace('## Why', '## How'));
  expect(untidy.scenarios[0].problems.map(({ check: name }) => name)).toEqual(['guide', 'guide']);
});

it('stops when it is interrupted, and says that not all was checked', async () => {
  const { cli, printed } = commandLine({ interrupted: AbortSignal.abort() });
  const scenario = defineScenario(inOrder);
  expect(await check([], { seeds: '2', json: true }, cli, [{ scenario, definition: '', guide }])).toBe(130);
  expect(JSON.parse(printed.out)).toMatchObject({ pass: false, scenarios: [{ complete: false, runs: 0 }] });
});
