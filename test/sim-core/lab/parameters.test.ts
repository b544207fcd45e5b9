/** Parameters: values come back from their text exactly, and whatever is refused is refused in words that help. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkValue,
  choice,
  describeDomain,
  duration,
  flag,
  formatDuration,
  formatValue,
  integer,
  ms,
  number,
  parseDuration,
  ParameterError,
  parseValue,
  rate,
  s,
  share,
  us,
  type Parameter,
} from '../../../sim-core/index.ts';
import { checkParameter } from '../../../sim-core/lab/parameters.ts';

const help = 'What it changes';
const END = s(104 * 86_400);

const examples: Readonly<Record<string, Parameter>> = {
  count: integer({ help, default: 4, min: 1, max: 32 }),
  exponent: number({ help, default: 0.8, min: -3, max: 3 }),
  load: rate({ help, default: 1000, min: 1, max: 20_000, logarithmic: true }),
  part: share({ help, default: 0.5, min: 0, max: 1 }),
  wait: duration({ help, default: s(2), min: ms(10), max: s(60) }),
  policy: choice({ help, default: 'lru', choices: ['lru', 'fifo'] }),
  cached: flag({ help, default: true }),
};

/** Any definition of a type, with a value that it takes. */
const anyParameter = fc.oneof(
  fc
    .tuple(fc.constantFrom(integer, duration), fc.nat({ max: END }), fc.nat({ max: END }), fc.nat({ max: END }))
    .map(([make, ...three]) => {
      const [min, value, max] = three.sort((a, b) => a - b);
      return { parameter: make({ help, default: min, min, max }), value };
    }),
  fc
    .tuple(
      fc.constantFrom(number, rate, share),
      fc.array(fc.double({ noDefaultInfinity: true, noNaN: true }), { minLength: 3, maxLength: 3 }),
    )
    .map(([make, three]) => {
      const [min, value, max] = [...three].sort((a, b) => a - b);
      return { parameter: make({ help, default: max, min, max }), value };
    }),
  fc
    .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]*$/), { minLength: 1, maxLength: 5 })
    .chain((choices) =>
      fc
        .constantFrom(...choices)
        .map((value) => ({ parameter: choice({ help, default: choices[0], choices }), value })),
    ),
  fc.boolean().map((value) => ({ parameter: flag({ help, default: false }), value })),
);

describe('as text', () => {
  it('every value of every type comes back exactly', () => {
    fc.assert(
      fc.property(anyParameter, ({ parameter, value }) => {
        const back = parseValue('it', parameter, formatValue(parameter, value));
        // Minus zero is written as zero.
        expect(back).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 1000 },
    );
  });

  it('every duration comes back to the nanosecond, in every unit that it can be written in', () => {
    const units = { ns: 1n, us: 1000n, ms: 1_000_000n, s: 1_000_000_000n };
    fc.assert(
      fc.property(fc.nat({ max: END }), (time) => {
        expect(parseDuration(formatDuration(time))).toBe(time);
        for (const [unit, size] of Object.entries(units)) {
          const rest = size === 1n ? '' : `.${String(BigInt(time) % size).padStart(String(size).length - 1, '0')}`;
          expect(parseDuration(`${BigInt(time) / size}${rest}${unit}`)).toBe(time);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    [0, '0s'],
    [999, '999ns'],
    [us(1.5), '1.5us'],
    [ms(500), '500ms'],
    [s(1), '1s'],
    [1_500_000_001, '1.500000001s'],
    [s(120), '120s'],
    [-ms(1.5), '-1.5ms'],
    [s(1) / 3, '333.333333333ms'],
    [NaN, 'NaNns'],
  ])('%d ns is written %s', (time, text) => {
    expect(formatDuration(time)).toBe(text);
  });

  it.each([
    ['12s', s(12)],
    [' 1.5ms ', ms(1.5)],
    ['0.25', ms(250)],
    ['2m', s(120)],
    ['2min', s(120)],
    ['1.5h', s(5400)],
    ['0.4ns', 0],
    ['0.5ns', 1],
    ['7us', us(7)],
  ])("'%s' is a duration", (text, time) => {
    expect(parseDuration(text)).toBe(time);
  });

  it.each(['', 's', '-1s', '1 s', '1e3s', '.5s', '1.s', '5parsecs', '1s1s', 'Infinity', '１s'])(
    "'%s' is none",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each<[string, string, number | string | boolean]>([
    ['part', '20%', 0.2],
    ['part', '2e-1', 0.2],
    ['load', '500/s', 500],
    ['load', '500', 500],
    ['exponent', '-2.5', -2.5],
    ['wait', '500ms', ms(500)],
    ['wait', '2', s(2)],
    ['cached', 'false', false],
    ['policy', ' fifo ', 'fifo'],
  ])("%s takes '%s'", (name, text, value) => {
    expect(parseValue(name, examples[name], text)).toBe(value);
  });
});

describe('what is refused', () => {
  const complaint = (name: string, text: string): string => {
    try {
      return `accepted: ${parseValue(name, examples[name], text)}`;
    } catch (error) {
      expect(error).toBeInstanceOf(ParameterError);
      return (error as Error).message;
    }
  };

  it.each([
    ['count', '4.5', '4.5 is not valid; expected a whole number from 1 to 32'],
    ['count', '4/s', '4/s is not valid; expected a whole number from 1 to 32'],
    ['count', '', "'' is not valid; expected a whole number from 1 to 32"],
    ['count', '0x10', '0x10 is not valid; expected a whole number from 1 to 32'],
    ['count', '50%', '50% is not valid; expected a whole number from 1 to 32'],
    ['exponent', 'NaN', 'NaN is not valid; expected a number from -3 to 3'],
    ['exponent', '1e999', 'Infinity is not valid; expected a number from -3 to 3'],
    ['load', '99999', '99999/s is not valid; expected a number a second from 1/s to 20000/s'],
    ['part', '101%', '1.01 is not valid; expected a share from 0 to 1'],
    ['wait', '5ms', '5ms is not valid; expected a duration from 10ms to 60s, such as 500ms or 2s'],
    ['wait', 'soon', 'soon is not valid; expected a duration from 10ms to 60s, such as 500ms or 2s'],
    ['policy', 'LRU', 'LRU is not valid; expected one of lru, fifo'],
    ['cached', 'yes', 'yes is not valid; expected true or false'],
  ])("%s does not take '%s'", (name, text, words) => {
    expect(complaint(name, text)).toBe(`parameter ${name}: ${words}`);
  });

  it('always names the parameter, the value and the domain, and never breaks, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(examples)),
        fc.oneof(fc.string({ unit: 'binary' }), fc.string()),
        (name, text) => {
          try {
            const value = parseValue(name, examples[name], text);
            expect(checkValue(name, examples[name], value)).toBe(value);
          } catch (error) {
            expect(error).toBeInstanceOf(ParameterError);
            const { message } = error as Error;
            expect(message.startsWith(`parameter ${name}: `)).toBe(true);
            expect(message.endsWith(`; expected ${describeDomain(examples[name])}`)).toBe(true);
          }
        },
      ),
    );
  });

  it('values of any type from a program are judged, not converted', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(examples)), fc.anything(), (name, value) => {
        const { type } = examples[name];
        const fits = typeof value === (type === 'choice' ? 'string' : type === 'flag' ? 'boolean' : 'number');
        if (fits) return;
        expect(() => checkValue(name, examples[name], value)).toThrow(ParameterError);
      }),
    );
  });
});

describe('a definition', () => {
  it.each<[string, unknown, string]>([
    ['is missing', null, 'null is no definition; expected rate({ … }) or the like'],
    ['is a number', 5, '5 is no definition; expected rate({ … }) or the like'],
    ['has no type', { help, default: 1, min: 0, max: 1 }, 'type is undefined; expected one of integer, number,'],
    ['has no help', { type: 'rate', default: 1, min: 0, max: 1 }, 'help is undefined; expected a sentence'],
    ['has no maximum', { ...examples['load'], max: undefined }, 'max is undefined; expected a number'],
    ['has a bound as text', { ...examples['load'], min: '1' }, "min is '1'; expected a number"],
    ['has no end', { ...examples['load'], max: Infinity }, 'max is Infinity; expected a number'],
    [
      'has a bound between two whole numbers',
      { ...examples['count'], min: 0.5 },
      'min is 0.5; expected a whole number',
    ],
    [
      'has its bounds the wrong way round',
      { ...examples['load'], min: 9e9 },
      'min is 9000000000; expected at most max',
    ],
    [
      'starts a logarithmic slider at 0',
      { ...examples['load'], min: 0 },
      'min is 0; expected more than 0 on a logarithmic slider',
    ],
    [
      'has a default out of bounds',
      { ...examples['wait'], default: s(61) },
      '61s is not valid; expected a duration from',
    ],
    ['has no default', { ...examples['wait'], default: undefined }, 'undefined is not valid; expected a duration from'],
    ['has no choices', { ...examples['policy'], choices: undefined }, 'choices is undefined; expected a list of names'],
    ['has empty choices', { ...examples['policy'], choices: [] }, 'choices is a list; expected a list of names'],
    [
      'has numbers as choices',
      { ...examples['policy'], choices: [1, 2] },
      'choices is a list; expected a list of names',
    ],
    [
      'has a world of what is no choice',
      { ...examples['policy'], worlds: [['lru', 'arc']] },
      "worlds is 'arc'; expected choices: ",
    ],
    [
      'is of neither',
      { ...examples['load'], of: 'both' },
      "of is 'both'; expected design, world, view, or to be left out",
    ],
    ['has a default that is no choice', { ...examples['policy'], default: 'arc' }, 'arc is not valid; expected one of'],
    ['has a word as flag', { ...examples['cached'], default: 'true' }, 'true is not valid; expected true or false'],
  ])('that %s is refused', (_, parameter, words) => {
    const check = (): void => checkParameter('it', parameter as Parameter);
    expect(check).toThrow(ParameterError);
    expect(check).toThrow(`parameter it: ${words}`);
  });

  it('that is whole is taken', () => {
    for (const [name, parameter] of Object.entries(examples)) checkParameter(name, parameter);
  });
});
