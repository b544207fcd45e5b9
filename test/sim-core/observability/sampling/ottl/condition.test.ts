/** Conditions in OTTL by the rules of its LANGUAGE.md: what holds of a span, in which order it is worked out, and what is refused where. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms } from '../../../../../sim-core/kernel/time.ts';
import { parseCondition } from '../../../../../sim-core/observability/sampling/ottl/condition.ts';
import { OttlSyntaxError } from '../../../../../sim-core/observability/sampling/ottl/tokens.ts';
import { samplingPolicies } from '../../../../../sim-core/observability/sampling/policies/sampling-policies.ts';
import type { Attributes } from '../../../../../sim-core/observability/signals/telemetry.ts';
import { spanOf } from '../spans.ts';

const span = spanOf({
  name: 'HTTP GET /orders',
  status: 'error',
  end: ms(300),
  attributes: { code: 503, share: 0.5, name: 'b', isLast: true, old: '503' },
});
const event = { name: 'exception', time: ms(7), attributes: { 'exception.type': 'Timeout' } };

it.each<[condition: string, holds: boolean]>([
  ['attributes["code"] >= 500', true],
  ['span.attributes["code"] == 503.0', true],
  ['attributes["old"] >= 500', false],
  ['attributes["old"] != 503', true],
  ['attributes["none"] == nil', true],
  ['attributes["none"] < 5', false],
  ['nil <= nil', true],
  ['attributes["isLast"] == true', true],
  ['attributes["isLast"] > false', true],
  ['attributes["name"] < "c"', true],
  ['attributes["share"] == .5', true],
  ['status.code == STATUS_CODE_ERROR', true],
  ['kind == SPAN_KIND_CLIENT', false],
  ['resource.attributes["service.name"] == "orders"', true],
  ['end_time_unix_nano - start_time_unix_nano >= 300000000', true],
  ['(end_time_unix_nano - start_time_unix_nano) / 1000000 == 300', true],
  ['7 / 2 == 3 and -7 / 2 == -3', true],
  ['1 + 2 * 3 == 7 and (1 + 2) * 3 == 9 and 7 - 2 - 1 == 4', true],
  ['IsMatch(name, "GET /o.*")', true],
  ['IsMatch(attributes["none"], ".*")', false],
  ['IsMatch(attributes["code"], "^5")', true],
  ['not IsRootSpan()', false],
  ['not (kind == SPAN_KIND_SERVER and attributes["code"] < 500)', true],
  ['false and false or true', true],
  ['true or true and false', true],
])('%s: %s', (condition, holds) => {
  expect(parseCondition(condition, 'span')({ span })).toBe(holds);
});

it('a condition on events sees the event, its span and its resource', () => {
  const holds = (source: string): boolean => parseCondition(source, 'spanevent')({ span, event });
  expect(holds('name == "exception" and span.name == "HTTP GET /orders"')).toBe(true);
  expect(holds('attributes["exception.type"] == "Timeout" and span.attributes["code"] == 503')).toBe(true);
  expect(holds('spanevent.time_unix_nano == 7000000')).toBe(true);
});

describe('what is refused', () => {
  it.each<[condition: string, column: number, message: string]>([
    // The handbook's own conditions: a span has no latency, and 300ms is a number and a name.
    ['latency > 300ms', 1, 'there is no path latency in the context span'],
    ['end_time_unix_nano > 300ms', 25, 'found ms; it must be the end, "and" or "or"'],
    ['attributes["a"] = 1', 17, '"=" begins no word of OTTL'],
    ['attributes["a"] -1 > 2', 17, 'found -1; it must be a comparison'],
    ['attributes[a] == 1', 12, 'a key in quotes'],
    ['status.code == STATUS_CODE_BAD', 16, 'found STATUS_CODE_BAD'],
    ['(name == "a"', 13, 'found the end; it must be ")"'],
    ['name == "a" or', 15, 'found the end'],
    ['IsEmpty(name)', 1, 'there is no function IsEmpty in the context span; it must be IsRootSpan or IsMatch'],
    ['IsMatch(name, "(")', 15, '( is no regular expression'],
    ['IsMatch(name, "\\d")', 15, 'a backslash in it must be doubled'],
  ])('%s at %i: %s', (condition, column, message) => {
    let refused: unknown;
    try {
      parseCondition(condition, 'span');
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(OttlSyntaxError);
    expect(refused).toMatchObject({ column, message: expect.stringContaining(message) as string });
  });

  it('is a function of spans where events are looked at', () => {
    expect(() => parseCondition('name == "exception" and IsRootSpan()', 'spanevent')).toThrow(
      'there is no function IsRootSpan in the context spanevent; it must be IsMatch',
    );
  });

  it('is told by the policy with the condition', () => {
    const policy = (): unknown => samplingPolicies.ottl_condition({ span: ['true', 'latency > 300ms'] });
    expect(policy).toThrow('ottl_condition: span condition 2, column 1 of latency > 300ms: there is no path latency');
    expect(() => samplingPolicies.ottl_condition({})).toThrow('there must be one condition at least');
  });

  it('is any text that is no condition, with a place in it', () => {
    const words = [
      'attributes["a"]',
      'name',
      '(',
      ')',
      'and',
      'or',
      'not',
      '==',
      '>',
      '1',
      '2.5',
      '"x"',
      'true',
      'nil',
      '+',
      '*',
      '?',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (parts) => {
        const source = parts.join(' ');
        try {
          parseCondition(source, 'span');
        } catch (error) {
          expect(error).toBeInstanceOf(OttlSyntaxError);
          const { column } = error as OttlSyntaxError;
          expect(column >= 1 && column <= source.length + 1).toBe(true);
        }
      }),
    );
  });
});

/** A condition as it is written, and what it comes to where `a` and `b` are attributes. */
interface Said {
  readonly source: string;
  /** 2 of an atom, a negation or brackets, 1 of "and", 0 of "or". */
  readonly binds: number;
  readonly value: (attributes: Attributes) => boolean;
}

const atLeast = (binds: number, said: Said): string => (said.binds < binds ? `(${said.source})` : said.source);
const { condition } = fc.letrec<{ condition: Said; atom: Said }>((tie) => ({
  atom: fc.constantFrom('a', 'b').map((key) => ({
    source: `attributes["${key}"]== true`,
    binds: 2,
    value: (attributes) => attributes[key] === true,
  })),
  condition: fc.oneof(
    { maxDepth: 4 },
    tie('atom'),
    tie('condition').map((one) => ({
      source: `not ${one.source.startsWith('not') ? `(${one.source})` : atLeast(2, one)}`,
      binds: 2,
      value: (attributes: Attributes) => !one.value(attributes),
    })),
    fc.tuple(tie('condition'), tie('condition')).map(([one, other]) => ({
      source: `${atLeast(1, one)} and ${atLeast(1, other)}`,
      binds: 1,
      value: (attributes: Attributes) => one.value(attributes) && other.value(attributes),
    })),
    fc.tuple(tie('condition'), tie('condition')).map(([one, other]) => ({
      source: `${one.source} or ${other.source}`,
      binds: 0,
      value: (attributes: Attributes) => one.value(attributes) || other.value(attributes),
    })),
  ),
}));

it('"not" binds closer than "and", and that closer than "or", however they are nested', () => {
  fc.assert(
    fc.property(condition, fc.boolean(), fc.boolean(), ({ source, value }, a, b) => {
      const attributes = { a, b };
      expect(parseCondition(source, 'span')({ span: spanOf({ attributes }) }), source).toBe(value(attributes));
    }),
  );
});
