/** Interventions: when they enter, what they leave alone, what is refused, and their text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstDifference,
  formatIntervention,
  InterventionError,
  ms,
  parseIntervention,
  register,
  run,
  Run,
  s,
  type InterventionData,
  type Scenario,
  type Simulation,
} from '../../../sim-core/index.ts';
import { smallSystem } from './small-system.ts';

const small = smallSystem();

/** A switch that notes who did what when, beside events every 10 ms that note themselves. */
function switchScenario(log: string[]): Scenario {
  const tick = (sim: Simulation): void => {
    log.push(`tick ${sim.now / ms(1)}`);
    sim.schedule(ms(10), tick, sim);
  };
  return {
    ...small,
    warmUp: 0,
    openAt: 0,
    duration: ms(50),
    system(sim) {
      register(sim, {
        name: 'switch',
        kind: 'service',
        help: 'A switch',
        signals: [],
        state: () => ({}),
        violations: () => [],
        interventions: {
          turn: {
            help: 'Turns it',
            arguments: [
              { name: 'to', help: 'Position', min: 0, max: 10, default: 1 },
              { name: 'speed', help: 'Speed', min: 1, max: 2, default: 1.5 },
            ],
            apply(values) {
              log.push(`turn ${values.join(' ')} at ${sim.now / ms(1)}`);
              // What an intervention starts comes after what was already due at this instant.
              sim.schedule(0, () => log.push(`turned ${values[0]}`), undefined);
            },
          },
          press: { help: 'Presses it', arguments: [], apply: () => log.push(`press at ${sim.now / ms(1)}`) },
        },
      });
      sim.schedule(0, tick, sim);
    },
    expect: { only: [] },
    charts: [],
    signals: [],
  };
}

const turn = (at: number, args?: Record<string, number>): InterventionData =>
  args === undefined ? { at, action: 'turn', target: 'switch' } : { at, action: 'turn', target: 'switch', args };

describe('when they enter', () => {
  it('after every earlier event and before those of their instant, in the order given where the instant is the same', () => {
    const log: string[] = [];
    const interventions = [
      turn(ms(25), { to: 3 }),
      turn(ms(10), { to: 2 }),
      { at: ms(10), action: 'press', target: 'switch' },
      turn(0, { speed: 2 }),
      turn(ms(50) - 1, { to: 9 }),
    ];
    const recording = run(switchScenario(log), { variant: 'only', interventions });
    expect(log).toEqual([
      'turn 1 2 at 0',
      'tick 0',
      'turned 1',
      'turn 2 1.5 at 10',
      'press at 10',
      'tick 10',
      'turned 2',
      'tick 20',
      'turn 3 1.5 at 25',
      'turned 3',
      'tick 30',
      'tick 40',
      'turn 9 1.5 at 49.999999',
      'turned 9',
    ]);
    // The header holds them in the order in which they entered.
    expect(recording.header.interventions.map(({ at }) => at / ms(1))).toEqual([0, 10, 10, 25, 49.999999]);
    const { kinds, kindNames, times, causes } = recording.events;
    const injected = [...kinds.keys()].filter((i) => kindNames[kinds[i]] === 'intervention');
    expect(injected.map((i) => times[i] / ms(1))).toEqual([0, 10, 10, 25, 49.999999]);
    expect(injected.map((i) => causes[i])).toEqual([0, 0, 0, 0, 0]);
  });

  it('the same whatever the size of the slices in which the run is advanced', () => {
    const list = [turn(0), turn(ms(10)), turn(ms(10), { to: 2 }), turn(ms(30))];
    const whole: string[] = [];
    const { digest } = run(switchScenario(whole), { variant: 'only', interventions: list }).header;
    for (const slice of [1, 2, 3, 5]) {
      const log: string[] = [];
      const sliced = new Run(switchScenario(log), { variant: 'only', interventions: list });
      let calls = 0;
      while (!sliced.advance(slice)) if (++calls > 100) throw new Error('it never ends');
      expect(log).toEqual(whole);
      expect(sliced.finish().header.digest).toBe(digest);
    }
  });

  it('leave everything before them as it was, event by event', () => {
    const without = run(small, { variant: 'only' });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: s(3.5) }), fc.double({ min: 2, max: 8, noNaN: true }), (at, factor) => {
        const interventions = [{ at, action: 'slow', target: 'database', args: { factor } }];
        const recording = run(small, { variant: 'only', interventions });
        const { events } = recording;
        const place = events.times.findIndex((time) => time >= at);
        expect(events.kindNames[events.kinds[place]]).toBe('intervention');
        expect(events.times[place]).toBe(at);
        for (const column of ['times', 'ids', 'causes', 'subjects'] as const) {
          expect(events[column].slice(0, place)).toEqual(without.events[column].slice(0, place));
        }
        // As if the inputs were the same, the comparison points at the intervention itself.
        const header = { ...recording.header, interventions: [] };
        const difference = firstDifference(without, { ...recording, header });
        expect(difference?.what).toBe('event');
        expect(difference?.text).toMatch(new RegExp(`^event ${place + 1}: .* against 'intervention' `));
        expect(firstDifference(without, recording)?.what).toBe('input');
      }),
      { numRuns: 15 },
    );
  });
});

describe('what is refused', () => {
  const list = (data: Partial<InterventionData>): InterventionData[] => [
    { at: ms(1), action: 'turn', target: 'switch', ...data },
  ];
  it.each<[string, Partial<InterventionData>, string]>([
    ['an unknown target', { target: 'swich' }, 'there is no component swich; there are switch'],
    ['an unknown action', { action: 'break' }, 'intervention break: switch does not take it; it takes turn, press'],
    ['an inherited name', { action: 'toString' }, 'switch does not take it; it takes turn, press'],
    ['an unknown argument', { args: { spin: 1 } }, 'unknown argument spin; it takes to, speed'],
    ['an argument where none is taken', { action: 'press', args: { to: 1 } }, 'unknown argument to; it takes none'],
    ['an argument out of range', { args: { to: 11 } }, 'intervention turn: to is 11; expected 0 to 10'],
    ['no number', { args: { to: NaN } }, 'to is NaN; expected 0 to 10'],
    ['a time after the end', { at: ms(50) }, '50ms is outside of the run, 0s to 50ms'],
    ['a time before the start', { at: -1 }, '-1ns is outside of the run, 0s to 50ms'],
    ['a part of a nanosecond', { at: 0.5 }, '0.5ns is outside of the run, 0s to 50ms'],
    ['no time', { at: NaN }, 'is outside of the run, 0s to 50ms'],
  ])('%s', (_, data, words) => {
    const build = (): unknown => new Run(switchScenario([]), { variant: 'only', interventions: list(data) });
    expect(build).toThrow(InterventionError);
    expect(build).toThrow(words);
  });
});

describe('as text', () => {
  const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]*$/);
  const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((double) => double + 0);
  const time = fc.nat({ max: s(104 * 86_400) });

  it('comes back exactly', () => {
    fc.assert(
      fc.property(
        time,
        name,
        name,
        fc.option(fc.dictionary(name, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true }), { nil: undefined }),
        (at, action, target, args) => {
          const data = args === undefined ? { at, action, target } : { at, action, target, args };
          expect(parseIntervention(formatIntervention(data))).toEqual(data);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['', 'it does not have three or four parts'],
    ['12s:slow', 'it does not have three or four parts'],
    ['12s::database', 'it does not have three or four parts'],
    ['12s:slow:database:factor=4:more', 'it does not have three or four parts'],
    ['soon:slow:database', "'soon' is not a time"],
    ['12s:slow:database:', "'' is not NAME=NUMBER"],
    ['12s:slow:database:factor', "'factor' is not NAME=NUMBER"],
    ['12s:slow:database:factor=', "'factor=' is not NAME=NUMBER"],
    ['12s:slow:database:factor= ', "'factor= ' is not NAME=NUMBER"],
    ['12s:slow:database:factor=0x10', "'factor=0x10' is not NAME=NUMBER"],
    ['12s:slow:database:factor=1=2', "'factor=1=2' is not NAME=NUMBER"],
    ['12s:slow:database:factor=Infinity', "'factor=Infinity' is not NAME=NUMBER"],
    ['12s:slow:database:factor=4,factor=5', 'factor is given twice'],
  ])("refuses '%s'", (text, words) => {
    const parse = (): unknown => parseIntervention(text);
    expect(parse).toThrow(InterventionError);
    expect(parse).toThrow(`intervention '${text}': ${words}; expected TIME:ACTION:TARGET[:NAME=NUMBER,…]`);
  });

  it('does not lose an argument with a strange name', () => {
    const data = parseIntervention('1s:slow:database:__proto__=4');
    expect(Object.keys(data.args!)).toEqual(['__proto__']);
  });
});
