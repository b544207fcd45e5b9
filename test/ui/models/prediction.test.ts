/** Predictions: what a run answers, what an answer is worth, and that every prompt of the catalogue can be answered. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experimentFor, optionOf, outcomeOf, scoreOf, sketchFrame, type Answer } from '../../../scenarios/answers.ts';
import { guideOf } from '../../../scenarios/guides.ts';
import { catalogue } from '../../../scenarios/index.ts';
import { readPrompt, readQuantity } from '../../../scenarios/prompts.ts';
import { parseGuide } from '../../../ui/models/guide.ts';
import { filledSketch, isRunOf, optionText, scoreRule, typedNumber } from '../../../ui/models/prediction.ts';
import { fixtureRecording, INTERVAL } from '../../../ui/specimens/fixture-recording.ts';
import { trialled } from '../../scenarios/trials.ts';

const choice = readPrompt(
  'ask: a\nrun: b\nmeasure: max:c\nchoice: up to 1 (one)\nchoice: up to 10\nchoice: more\nhint: x\nhint: y',
);
const number = readPrompt('ask: a\nrun: b, rate=4/s\nmeasure: max:db.client.connection.count');
const line = readPrompt('ask: a\nrun: b\nline: db.client.connection.count up to 40 from 1s to 3s');
const gauge = { kind: 'gauge', unit: '' } as const;
const share = { kind: 'ratio', unit: '1' } as const;
const latency = { kind: 'histogram', unit: 's' } as const;

describe('a prompt', () => {
  it('is read with its parts', () => {
    expect(choice).toMatchObject({ ask: 'a', variant: 'b', changed: {}, signal: 'c', hints: ['x', 'y'] });
    expect(choice.answer).toEqual({
      kind: 'choice',
      field: 'max',
      options: [{ upTo: 1, note: 'one' }, { upTo: 10 }, {}],
    });
    expect(number).toMatchObject({ changed: { rate: '4/s' }, answer: { kind: 'number', field: 'max' } });
    expect(line).toMatchObject({ signal: 'db.client.connection.count', answer: { top: 40, window: ['1s', '3s'] } });
  });

  it.each([
    ['300', 300],
    ['12%', 0.12],
    ['60ms', 0.06],
    ['1.5 s', 1.5],
    ['20µs', 20e-6],
    ['60 min', undefined],
    ['', undefined],
    ['-1', undefined],
  ])('has %s for a number', (text, value) => {
    const read = readQuantity(text);
    if (value === undefined) expect(read).toBeUndefined();
    else expect(read).toBeCloseTo(value, 12);
  });

  it('words its options so that every value is in exactly one', () => {
    if (choice.answer.kind !== 'choice') throw new Error('not a choice');
    const { answer } = choice;
    expect(answer.options.map((_, i) => optionText(answer, i, gauge))).toEqual([
      'up to 1',
      'more than 1, up to 10',
      'more than 10',
    ]);
    expect([0, 1, 1.01, 10, 11].map((value) => optionOf(answer, value))).toEqual([0, 0, 1, 1, 2]);
  });

  it('takes numbers in the unit that is usual for the signal', () => {
    expect(typedNumber('120', latency)).toBeCloseTo(0.12, 12);
    expect(typedNumber('1.2 s', latency)).toBe(1.2);
    expect(typedNumber('93', share)).toBeCloseTo(0.93, 12);
    expect(typedNumber('1,200', gauge)).toBe(1200);
    expect(typedNumber('many', gauge)).toBeUndefined();
    expect(typedNumber('', gauge)).toBeUndefined();
  });
});

describe('a score', () => {
  it('of a choice is all or nothing', () => {
    expect(scoreOf(choice, gauge, 1, 7)).toBe(100);
    expect(scoreOf(choice, gauge, 1, 11)).toBe(0);
  });

  it('of a number is what the stated rule says', () => {
    expect(scoreOf(number, gauge, 36, 36)).toBe(100);
    expect(scoreOf(number, gauge, 18, 36)).toBeCloseTo(100 - 100 * Math.log10(2), 9);
    expect(scoreOf(number, gauge, 72, 36)).toBeCloseTo(69.9, 1);
    expect(scoreOf(number, gauge, 400, 36)).toBe(0);
    expect(scoreOf(number, gauge, 0, 36)).toBe(0);
    expect(scoreOf(number, gauge, 0, 0)).toBe(100);
    expect(scoreOf(number, share, 0.9, 0.93)).toBeCloseTo(97, 9);
    expect(scoreRule(number, share)).toContain('percentage point');
    expect(scoreRule(number, gauge)).toContain('70 at a factor of 2');
  });

  it('of a sketch is the share of the areas in common: 100 for the line itself, 0 where they never meet', () => {
    const measured = [0, 10, 20, 0];
    expect(scoreOf(line, gauge, measured, measured)).toBe(100);
    expect(scoreOf(line, gauge, [0, 0, 0, 0], measured)).toBe(0);
    expect(scoreOf(line, gauge, [0, 20, 10, 0], measured)).toBe(50);
    expect(scoreOf(line, gauge, [5, 10, 20, 99], [NaN, 10, 20, NaN])).toBe(100);
    expect(scoreOf(line, gauge, [0, 0], [0, 0])).toBe(100);
    // What a file says may be of another length, or below nothing.
    for (const said of [[], [0, 10], [0, 10, 20, 0, 0], [-9, -9, -9, -9]]) {
      expect(scoreOf(line, gauge, said, measured)).toBe(0);
    }
  });

  it('is between 0 and 100, and highest for what was measured', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(values, values, (said, measured) => {
        const pairs: [typeof line, Answer, Answer][] = [
          [line, said, measured],
          [number, said[0], measured[0]],
          [choice, 1, measured[0]],
        ];
        for (const [prompt, one, other] of pairs) {
          const score = scoreOf(prompt, gauge, one, other);
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(100);
          if (prompt !== choice) expect(scoreOf(prompt, gauge, other, other)).toBe(100);
        }
      }),
    );
  });
});

describe('a sketch', () => {
  it('is filled between what was drawn, and carried on at its ends', () => {
    expect(filledSketch([undefined, 2, undefined, undefined, 8, undefined])).toEqual([2, 2, 4, 6, 8, 8]);
    expect(filledSketch([undefined, undefined])).toEqual([]);
  });

  it('stands over the highest value of a gauge in each column', () => {
    // Rows of 100 ms whose maximum is their number: columns of 500 ms over seconds 1 to 3 end in rows 14, 19, 24, 29.
    const frame = { from: 10 * INTERVAL, to: 30 * INTERVAL, columns: 4, top: 40 };
    expect(outcomeOf(line, fixtureRecording(), frame)).toEqual([14, 19, 24, 29]);
    const ratio = { ...line, signal: 'http.client.request.rate' };
    expect(outcomeOf(ratio, fixtureRecording(), frame)).toEqual([112, 117, 122, 127]);
    expect(outcomeOf({ ...line, signal: 'no.such' }, fixtureRecording(), frame)).toBeUndefined();
  });
});

const asked = catalogue.flatMap(({ scenario }) =>
  parseGuide(guideOf(scenario.id)).flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === 'prompt' ? [{ scenario, prompt: block.prompt }] : [])),
  ),
);

it('the first guide asks one of each kind', () => {
  const kinds = asked.filter(({ scenario }) => scenario.id === 'stampede').map(({ prompt }) => prompt.answer.kind);
  expect(kinds.toSorted()).toEqual(['choice', 'line', 'number']);
});

it.each(asked.map(({ scenario, prompt }) => [scenario.id, prompt.ask, scenario, prompt] as const))(
  '%s: “%s” is answered by its run, within its axis',
  (_, _ask, scenario, prompt) => {
    const experiment = experimentFor(prompt, scenario, scenario.seed);
    const recording = trialled(scenario, { variant: experiment.variant, params: experiment.changed });
    expect(isRunOf(recording, scenario, experiment)).toBe(true);
    expect(isRunOf(recording, scenario, { ...experiment, seed: 'another' })).toBe(false);
    const frame = sketchFrame(prompt, scenario);
    const outcome = outcomeOf(prompt, recording, frame);
    if (frame && typeof outcome === 'object') {
      expect(outcome).toHaveLength(frame.columns);
      expect(Math.max(...outcome.filter((value) => !Number.isNaN(value)))).toBeLessThanOrEqual(frame.top);
    } else expect(outcome).toBeGreaterThanOrEqual(0);
  },
);
