/** How options are chosen in a text, and that nobody's mistake passes. The command line's words are tested with `cachesim`. */
import { describe, expect, it } from 'vitest';
import { chosenPolicy, evictionChoices, evictionPolicies } from '../../../../sim-core/cache/eviction/policies.ts';
import {
  completed,
  optionsHelp,
  parseOptions,
  UnknownName,
  type PolicyOptions,
} from '../../../../sim-core/cache/eviction/policy-options.ts';

const OPTIONS = {
  share: { kind: 'share', default: 0.5, help: 'a part' },
  count: { kind: 'count', default: 3, help: 'a number' },
  fast: { kind: 'switch', default: false, help: 'quickly' },
  colour: { kind: 'choice', choices: ['red', 'blue'], default: 'red', help: 'which' },
} as const satisfies PolicyOptions;

const parse = (...texts: string[]) => parseOptions('some', OPTIONS, texts);

describe('options of a policy', () => {
  it('are given by name, a switch by its name alone', () => {
    expect(parse()).toEqual({});
    expect(parse('share=0.25', ' fast', 'colour = blue')).toEqual({ share: 0.25, fast: true, colour: 'blue' });
    expect(parse('share=.5', 'fast=off', 'count=12')).toEqual({ share: 0.5, fast: false, count: 12 });
    expect(completed(OPTIONS, parse('share=1'))).toEqual({ share: 1, count: 3, fast: false, colour: 'red' });
  });

  it.each(['share=1.1', 'share=-1', 'share=', 'share=1e-3', 'share=x', 'count=1.5', 'count=0', 'fast=1', 'colour'])(
    'are refused with the name, the value and what is right: %s',
    (text) => {
      const name = text.split('=')[0];
      expect(() => parse(text)).toThrow(new RegExp(`^${name} of some .*; give .*, as ${name}=`));
    },
  );

  it('are refused where there is no such option, or one is given twice', () => {
    expect(() => parse('size=2')).toThrow(UnknownName);
    expect(() => parse('size=2')).toThrow("there is no option of some 'size'; there are share, count, fast, colour");
    expect(() => parse('constructor')).toThrow(UnknownName);
    expect(() => parse('count=1', 'count=2')).toThrow('count of some is given twice');
  });

  it('are checked where a program gives them, too', () => {
    expect(() => completed(OPTIONS, { share: Number.NaN })).toThrow('share: NaN is not a share from 0 to 1');
    expect(() => completed(OPTIONS, { count: 0.5 })).toThrow('count: 0.5 is not an integer from 1');
  });

  it('say what they do and what they are by default', () => {
    expect(optionsHelp(OPTIONS)).toEqual([
      'share=0.5: a part',
      'count=3: a number',
      'fast=off: quickly',
      'colour=red: which',
    ]);
  });
});

describe('a policy chosen by a text', () => {
  it('is the one of that name where no options are given', () => {
    for (const [name, entry] of Object.entries(evictionPolicies)) expect(chosenPolicy(name)).toBe(entry);
  });

  it('is offered with options under texts that choose it', () => {
    for (const text of evictionChoices) expect(chosenPolicy(text).create).toBeTypeOf('function');
    expect(evictionChoices).toEqual(expect.arrayContaining(Object.keys(evictionPolicies)));
  });

  it('has no options of its own where its table has none', () => {
    expect(() => chosenPolicy('lru:window=0.5')).toThrow('lru has no options, but "window=0.5" was given');
    expect(() => chosenPolicy('toString')).toThrow(UnknownName);
    expect(() => chosenPolicy('')).toThrow(UnknownName);
  });
});
