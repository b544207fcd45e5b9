/**
 * Definitions of scenarios: users write theirs in JavaScript, so whatever is wrong with one is a `ScenarioError` that
 * names the field, never something that breaks inside; and values come from where the order says.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atMost,
  defineFact,
  defineScenario,
  defineSignal,
  guardrail,
  durationOf,
  flag,
  integer,
  intervalOf,
  ms,
  ParameterError,
  pitfallOf,
  rate,
  resolveParameters,
  run,
  s,
  ScenarioError,
  settingAt,
  total,
  type Scenario,
} from '../../../sim-core/index.ts';

const happened = defineFact('test.happened', 'Something happened', { amount: 'number' });

const sound = {
  id: 'my-own',
  section: '0',
  title: 'My own',
  question: 'Does it hold?',
  pitfall: 'A pitfall',
  params: {
    load: rate({ help: 'Requests', default: 100, min: 1, max: 1000 }),
    constructor: integer({ help: 'A name that objects have already', default: 1, min: 0, max: 9 }),
    cached: flag({ help: 'Whether', default: false }),
  },
  variants: { calm: {}, busy: { load: 200 } },
  roles: { calm: 'control', busy: 'fault' },
  seed: 3,
  duration: s(5),
  warmUp: s(1),
  interval: ms(50),
  openAt: s(1),
  system: () => {},
  signals: [defineSignal({ name: 'test.total', kind: 'counter', unit: '1', help: 'All', fact: happened })],
  whileRunning: { load: (load: number) => [{ action: 'surge', target: 'users', args: { factor: load } }] },
  charts: ['test.total'],
  places: { users: { x: 0, y: 1 } },
  expect: { calm: [atMost(total('test.total'), 1)], busy: [atMost(total('test.total'), 1)] },
};

const repaired = (repairs: unknown, roles = { calm: 'pitfall', busy: 'remedy' }): Record<string, unknown> => ({
  roles,
  repairs,
});

const typed = { roles: { calm: 'pitfall', busy: 'remedy' } } as const;

const OPTIONAL = ['pitfall', 'interval', 'whileRunning', 'signals', 'places'];

const define = (definition: unknown): Scenario => defineScenario(definition as never);
const change = (fields: Record<string, unknown>): unknown => ({ ...sound, ...fields });
const refused = (definition: unknown): string => {
  try {
    define(definition);
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return (error as Error).message;
  }
  return 'it was taken';
};

it('takes a sound one, with and without what may be left out', () => {
  expect(define(sound)).toMatchObject({ id: 'my-own' });
  for (const field of OPTIONAL) define(change({ [field]: undefined }));
  expect(run(define(sound), { variant: 'calm' }).expectations).toHaveLength(1);
});

it('sets a parameter while it runs by what is done to a component, if it says how', () => {
  const setting = settingAt(define(sound), 'load', 7, {}, s(2));
  expect(setting).toEqual([{ at: s(2), action: 'surge', target: 'users', args: { factor: 7 } }]);
  expect(settingAt(define(sound), 'toString', 7, {}, s(2))).toBeUndefined();
  expect(settingAt(define(change({ whileRunning: undefined })), 'load', 7, {}, s(2))).toBeUndefined();
});

it('says of a remedy which pitfall it repairs: the one that is named, or the only one', () => {
  const both = define(change(repaired(undefined)));
  expect(pitfallOf(both, 'busy')).toBe('calm');
  expect(pitfallOf(both, 'calm')).toBeUndefined();
  const { calm } = sound.expect;
  const three = { variants: { calm: {}, worse: {}, busy: {} }, expect: { calm, worse: calm, busy: calm } };
  const roles = { calm: 'pitfall', worse: 'pitfall', busy: 'remedy' };
  expect(pitfallOf(define(change({ ...three, ...repaired({ busy: 'worse' }, roles as never) })), 'busy')).toBe('worse');
  expect(refused(change({ ...three, ...repaired(undefined, roles as never) }))).toContain(
    'repairs: the remedy busy names no pitfall; expected one of calm, worse',
  );
});

it('does not compile with a repair of what is no variant', () => {
  // @ts-expect-error -- there is no variant idle
  const named = () => defineScenario({ ...sound, ...typed, repairs: { busy: 'idle' } });
  // @ts-expect-error -- there is no variant idle
  const naming = () => defineScenario({ ...sound, ...typed, repairs: { idle: 'calm' } });
  expect(named).toThrow("repairs: busy repairs 'idle'; expected a pitfall: calm");
  expect(naming).toThrow('repairs: idle is no remedy; there are busy');
});

describe('a malformed field', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['no id', { id: undefined }, 'scenario undefined: id: expected lower case words'],
    ['an id with capitals', { id: 'MyOwn' }, 'scenario MyOwn: id: expected lower case words with hyphens'],
    ['no title', { title: '' }, "title: it is ''; expected a text"],
    ['a number as section', { section: 1.7 }, 'section: it is 1.7; expected a text'],
    ['no question', { question: undefined }, 'question: it is undefined; expected a text'],
    ['a list as pitfall', { pitfall: [] }, 'pitfall: it is a list; expected a text, or to be left out'],
    ['no params', { params: undefined }, 'params: it is undefined; expected an object'],
    ['a list as variants', { variants: [] }, 'variants: it is a list; expected an object'],
    ['null as roles', { roles: null }, 'roles: it is null; expected an object'],
    ['a text as expect', { expect: 'all' }, "expect: it is 'all'; expected an object"],
    ['a text as seed', { seed: '1' }, "seed: it is '1'; expected a whole number"],
    ['a part of a seed', { seed: 1.5 }, 'seed: it is 1.5; expected a whole number'],
    ['no duration', { duration: undefined }, 'duration: it is undefined; expected a length such as s(30)'],
    ['a negative duration', { duration: -5 }, 'duration: -5ns is no length of a run'],
    ['an endless duration', { duration: Infinity }, 'duration: Infinity is no length of a run'],
    ['a function that gives no duration', { duration: () => 'long' }, "duration: 'long' is no length of a run"],
    ['too long a duration', { duration: s(1e9) }, 'duration: 1000000000s is no length of a run; expected whole'],
    ['a text as warm-up', { warmUp: '1s' }, "warmUp: '1s' is not within the run, 0s to 5s"],
    ['a warm-up as long as the run', { warmUp: s(5) }, 'warmUp: 5s is not within the run, 0s to 5s'],
    ['no moment to open at', { openAt: undefined }, 'openAt: undefined is not within the run, 0s to 5s'],
    ['a moment after the end', { openAt: s(6) }, 'openAt: 6s is not within the run, 0s to 5s'],
    ['no interval of time', { interval: 0 }, 'interval: it is 0; expected a length such as ms(100)'],
    ['no system', { system: undefined }, 'system: it is undefined; expected a function (sim, params)'],
    ['a list of what can be set', { whileRunning: [] }, 'whileRunning: it is a list; expected an object'],
    ['setting what is no parameter', { whileRunning: { lead: () => [] } }, 'whileRunning: there is no parameter lead'],
    ['setting to a number', { whileRunning: { load: 2 } }, 'whileRunning: load is 2; expected a function'],
    [
      'no charts',
      { charts: undefined },
      'charts: it is undefined; expected a list of names of signals, or a function of the parameters',
    ],
    ['a chart that is no name', { charts: ['a', {}] }, 'charts: number 2 is an object; expected the name of a signal'],
    ['an object as signals', { signals: {} }, 'signals: it is an object; expected a list, or to be left out'],
    ['a name as signal', { signals: ['a'] }, "signals: number 1 is 'a'; expected defineSignal({ … })"],
    ['a signal without a fact', { signals: [{ name: 'a', kind: 'rate' }] }, 'signals: number 1 is an object; expected'],
    ['places that are none', { places: { users: [0, 1] } }, 'places: users has none; expected { x, y }'],
    ['a parameter that is none', { params: { load: 100 } }, 'parameter load: 100 is no definition; expected rate('],
    [
      'a parameter without choices',
      { params: { p: { type: 'choice', help: 'A' } }, whileRunning: undefined },
      'parameter p: choices is undefined',
    ],
    ['a name that no option can carry', { params: { 'a=b': sound.params.load } }, "params: 'a=b' is no name; expected"],
    ['a name of digits alone', { params: { 7: sound.params.load } }, "params: '7' is no name; expected"],
    ['no variants', { variants: {} }, 'variants: expected at least one'],
    [
      'a variant that is null',
      { variants: { ...sound.variants, busy: null } },
      'variants: busy is null; expected an object',
    ],
    [
      'a variant of an unknown parameter',
      { variants: { ...sound.variants, busy: { lode: 5 } } },
      'variant busy: there is no parameter lode; there are load, constructor, cached',
    ],
    [
      'a variant out of bounds',
      { variants: { ...sound.variants, busy: { load: 5000 } } },
      'variants: busy: parameter load: 5000/s is not valid; expected a number a second from 1/s to 1000/s',
    ],
    ['a variant without a role', { roles: { calm: 'control' } }, 'roles: the variant busy has none; expected one of'],
    [
      'an unknown role',
      { roles: { calm: 'control', busy: 'evil' } },
      "roles: busy is 'evil'; expected one of pitfall, remedy, fault, alternative, control",
    ],
    [
      'a role of no variant',
      { roles: { ...sound.roles, idle: 'control' } },
      'roles: there is no variant idle; there are calm, busy',
    ],
    ['a list of repairs', repaired([]), 'repairs: it is a list; expected an object, or to be left out'],
    ['a repair by what is no remedy', repaired({ calm: 'calm' }), 'repairs: calm is no remedy; there are busy'],
    ['a repair where nothing is a remedy', { repairs: { busy: 'calm' } }, 'repairs: busy is no remedy; there is none'],
    ['a repair of nothing', repaired({ busy: undefined }), 'repairs: busy repairs undefined; expected a pitfall: calm'],
    ['a repair of no pitfall', repaired({ busy: 'busy' }), "repairs: busy repairs 'busy'; expected a pitfall: calm"],
    [
      'a remedy without a pitfall',
      { roles: { calm: 'control', busy: 'remedy' } },
      'roles: busy is a remedy, but no variant is the pitfall that it repairs',
    ],
    ['a variant without expectations', { expect: { ...sound.expect, busy: [] } }, 'expect: the variant busy has no'],
    [
      'one that is missing them',
      { expect: { calm: sound.expect.calm } },
      'expect: the variant busy has no expectation',
    ],
    [
      'a guardrail of what is no remedy',
      { expect: { ...sound.expect, calm: [guardrail(atMost(total('test.total'), 1), 'Nothing is lost')] } },
      'expect: calm has a guardrail, but is no remedy',
    ],
    ['a claim without a list', { expect: { ...sound.expect, busy: 5 } }, 'expect: busy is 5; expected a list'],
    [
      'a claim that judges nothing',
      { expect: { ...sound.expect, busy: [sound.expect.busy[0], {}] } },
      'expect: number 2 of busy is an object; expected atMost(…) or atLeast(…)',
    ],
    [
      'expectations of no variant',
      { expect: { ...sound.expect, idle: sound.expect.busy } },
      'expect: there is no variant idle; there are calm, busy',
    ],
  ])('%s', (_, fields, words) => {
    expect(refused(change(fields))).toContain(words);
  });

  it('is named whatever stands there in place of what should', () => {
    const required = Object.keys(sound).filter((field) => !OPTIONAL.includes(field));
    const anything = fc.oneof(
      fc.constantFrom<unknown>(
        undefined,
        null,
        NaN,
        '',
        0,
        -1,
        true,
        [],
        {},
        () => {},
        Symbol('odd'),
        10n,
        new Date(0),
      ),
      fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
    );
    const field = fc.constantFrom(...Object.keys(sound));
    fc.assert(
      fc.property(field, anything, (name, value) => {
        const message = refused(change({ [name]: value }));
        // A refusal is a ScenarioError, which `refused` has checked; what is taken must then run.
        if (message === 'it was taken') {
          const scenario = define(change({ [name]: value }));
          if (['system', 'duration', 'signals'].includes(name)) return;
          run(scenario, { variant: Object.keys(scenario.variants)[0] });
        } else if (name !== 'id') expect(message).toMatch(/^scenario my-own: /);
      }),
      { numRuns: 1000 },
    );
    for (const name of required) expect(refused(change({ [name]: undefined })), name).toContain(name);
  });

  it('inside of parameters, variants, roles and expectations too', () => {
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true });
    const place = fc.constantFrom(
      (value: unknown) => ({ params: { ...sound.params, load: value } }),
      (value: unknown) => ({ variants: { ...sound.variants, busy: value } }),
      (value: unknown) => ({ variants: { ...sound.variants, busy: { load: value } } }),
      (value: unknown) => ({ roles: { ...sound.roles, busy: value } }),
      (value: unknown) => repaired(value),
      (value: unknown) => repaired({ busy: value }),
      (value: unknown) => ({ expect: { ...sound.expect, busy: value } }),
      (value: unknown) => ({ expect: { ...sound.expect, busy: [value] } }),
      (value: unknown) => ({ signals: [value] }),
      (value: unknown) => ({ places: { users: value } }),
      (value: unknown) => ({ params: { ...sound.params, load: { ...sound.params.load, default: value } } }),
      (value: unknown) => ({ params: { ...sound.params, load: { ...sound.params.load, max: value } } }),
      (value: unknown) => ({ params: { ...sound.params, load: { type: 'choice', help: 'A', choices: value } } }),
    );
    fc.assert(
      fc.property(place, anything, (put, value) => {
        refused(change(put(value)));
      }),
      { numRuns: 1000 },
    );
  });

  it('all of it', () => {
    for (const definition of [undefined, null, 5, 'a', [], {}, () => {}]) {
      expect(refused(definition)).toContain('id: expected lower case words');
    }
  });
});

describe('values', () => {
  const scenario = define(sound);

  it('come from what is given, else the variant, else the default', () => {
    expect(resolveParameters(scenario, 'calm', {})).toEqual({ load: 100, constructor: 1, cached: false });
    expect(resolveParameters(scenario, 'busy', {})).toEqual({ load: 200, constructor: 1, cached: false });
    expect(resolveParameters(scenario, 'busy', { load: 300, cached: true })).toEqual({
      load: 300,
      constructor: 1,
      cached: true,
    });
    expect(resolveParameters(scenario, 'busy', { load: undefined as never })).toMatchObject({ load: 200 });
    expect(resolveParameters(scenario, 'busy', { load: 1, constructor: 0 })).toMatchObject({ load: 1, constructor: 0 });
  });

  it('that nobody knows, or that do not fit, are named', () => {
    expect(() => resolveParameters(scenario, 'idle', {})).toThrow(
      'scenario my-own: there is no variant idle; there are calm, busy',
    );
    expect(() => resolveParameters(scenario, 'toString', {})).toThrow(ScenarioError);
    expect(() => resolveParameters(scenario, 'calm', { lode: 1 })).toThrow(
      'scenario my-own: parameters: there is no parameter lode; there are load, constructor, cached',
    );
    expect(() => resolveParameters(scenario, 'calm', { load: '100' })).toThrow(ParameterError);
    expect(() => resolveParameters(scenario, 'calm', { load: null as never })).toThrow(
      'parameter load: null is not valid',
    );
  });

  it('that make a run no longer than its warm-up are refused', () => {
    const short = define(change({ duration: ({ load }: { load: number }) => ms(50 * load) }));
    expect(durationOf(short, resolveParameters(short, 'calm', {}))).toBe(s(5));
    const build = (): unknown => run(short, { variant: 'calm', params: { load: 20 } });
    expect(build).toThrow(ScenarioError);
    expect(build).toThrow('warmUp: 1s is not within the run, 0s to 1s');
  });

  it('of the interval: the scenario’s own, or a 300th in whole milliseconds', () => {
    expect(intervalOf(scenario, s(5))).toBe(ms(50));
    expect(intervalOf(scenario, s(60))).toBe(ms(50));
    expect(intervalOf(scenario, s(61))).toBe(ms(100));
    expect(intervalOf(scenario, s(86_400))).toBe(ms(50) * 2048);
    const plain = define(change({ interval: undefined }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: s(104 * 86_400) }), (duration) => {
        const interval = intervalOf(plain, duration);
        expect(interval % ms(1)).toBe(0);
        expect(interval).toBeGreaterThan(0);
        expect(Math.ceil(duration / interval)).toBeLessThanOrEqual(300);
        expect((interval - ms(1)) * 300).toBeLessThan(duration);
      }),
    );
  });
});
