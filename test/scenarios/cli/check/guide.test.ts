/** The guide's lint: a guide in order passes, and each kind of disorder is named. */
import { expect, it } from 'vitest';
import { GUIDE_HEADINGS, guideProblems } from '../../../../scenarios/cli/check/guide.ts';
import { rate, s } from '../../../../sim-core/index.ts';

const subject = {
  scenario: {
    variants: { none: {}, guarded: {} },
    params: { rate: rate({ help: 'How many', default: 10, min: 1, max: 100 }) },
  },
  duration: s(30),
  signals: [{ name: 'cache.loads.active', summary: { mean: 1, max: 9 } }],
  components: [{ name: 'database' }],
};
const sections = new Map<string, string>(GUIDE_HEADINGS.map((heading) => [heading, `About ${heading}.`]));

const guideOf = (parts: ReadonlyMap<string, string>): string =>
  ['# A title', ...[...parts].map(([heading, body]) => `## ${heading}\n\n${body}`)].join('\n\n');
const withWhy = (body: string): string[] => guideProblems(guideOf(new Map([...sections, ['Why', body]])), subject);

it('has nothing to say against a guide in order', () => {
  expect(guideProblems(guideOf(sections), subject)).toEqual([]);
  const links =
    '[a](https://example.org/x_(y)), [b](#at=10.5s), [b](#at=10.5s&show=database), [b](#at=1s&show=cache.loads.active), [c](#/scenario/stampede), <https://example.org>';
  expect(withWhy(links)).toEqual([]);
  expect(
    withWhy('It reaches {{max:cache.loads.active}}, now {{now:cache.loads.active}}.\n\n### Closer\n\nMore.'),
  ).toEqual([]);
});

it('leaves code alone', () => {
  expect(withWhy('`[x](nowhere)` and `{{no:number}}`\n\n```\n## Heading\n[x](nowhere)\n```')).toEqual([]);
});

it.each([
  ['a missing heading', new Map([...sections].slice(1)), "the heading '## Question' is missing"],
  ['an own heading', new Map([...sections, ['More', 'x']]), "the heading '## More' is none of the fixed ones"],
  ['an empty section', new Map([...sections, ['Why', '']]), "nothing stands under '## Why'"],
  ['another order', new Map([...sections].reverse()), 'the headings are out of order'],
])('names %s', (_, parts, complaint) => {
  expect(guideProblems(guideOf(parts), subject)).toEqual([expect.stringContaining(complaint)]);
});

it('names a heading that stands there twice, and a missing title', () => {
  expect(guideProblems(`${guideOf(sections)}\n\n## Why\n\nAgain.`, subject)).toEqual([
    "the heading '## Why' is there twice",
  ]);
  expect(guideProblems(guideOf(sections).replace('# A title', ''), subject)).toEqual([
    "it does not open with a title, '# …'",
  ]);
});

it.each([
  ['[x](nowhere)', "the link 'nowhere' leads nowhere"],
  ['[x](./other.md)', "the link './other.md' leads nowhere"],
  ['[x](javascript:alert)', "the link 'javascript:alert' leads nowhere"],
  ['[x](#at=31s)', 'the link #at=31s is no moment of the run, 0s to 30s'],
  ['[x](#at=soon)', 'the link #at=soon is no moment'],
  ['[x](#at=1s&show=queue)', 'points out queue, which is no component or signal'],
  ['{{max:cache.loads}}', 'the live number {{max:cache.loads}} is of no signal'],
  ['{{p99:cache.loads.active}}', 'cache.loads.active has now, mean, max'],
])('names %s', (body, complaint) => {
  expect(withWhy(body)).toEqual([expect.stringContaining(complaint)]);
});

const CHOICE = `ask: How many?
run: guarded
measure: max:cache.loads.active
choice: up to 1 (one at a time)
choice: up to 4
choice: more
hint: Think of the readers.`;
const LINE = 'ask: How many, and when?\nrun: none, rate=20/s\nline: cache.loads.active up to 20 from 5s to 20s';
const fenced = (...prompts: string[]): string => prompts.map((text) => `\`\`\`predict\n${text}\n\`\`\``).join('\n\n');
const withPredict = (body: string): string[] =>
  guideProblems(guideOf(new Map([...sections, ['Predict', `Before you look:\n\n${body}`]])), subject);

it('has nothing to say against prompts in order', () => {
  const number = 'ask: How many of them?\nrun: guarded\nmeasure: mean:cache.loads.active';
  expect(withPredict(fenced(CHOICE, number, LINE))).toEqual([]);
});

it.each([
  ['no question', CHOICE.replace(/^ask.*\n/, ''), "there is no line 'ask:'"],
  ['no run', CHOICE.replace(/run.*\n/, ''), "there is no line 'run:'"],
  ['two questions', `${CHOICE}\nask: And?`, "'ask:' is there twice"],
  ['a line of no name', `${CHOICE}\nand more`, "a line is 'and more'"],
  ['an unknown name', `${CHOICE}\nanswer: 4`, "'answer:' means nothing"],
  ['another variant', CHOICE.replace('guarded', 'bold'), 'there is no variant bold; there are none, guarded'],
  ['the run that is seen', CHOICE.replace('guarded', 'none'), 'it asks about the run that the page opens on'],
  ['another parameter', CHOICE.replace('guarded', 'none, speed=3'), 'there is no parameter speed'],
  ['a value out of range', CHOICE.replace('guarded', 'none, rate=200/s'), 'rate'],
  ['another signal', CHOICE.replace('max:cache', 'max:cash'), 'there is no signal cash.loads.active'],
  ['another field', CHOICE.replace('max:', 'p99:'), 'cache.loads.active has no p99, but mean, max'],
  ['choices that fall', CHOICE.replace('up to 4', 'up to 0.5'), "'choice:' has to rise"],
  ['choices without an end', CHOICE.replace('choice: more\n', ''), "'choice:' has to rise"],
  ['a bound that is none', CHOICE.replace('up to 4', 'up to four'), "'choice:' has 'four' where a number is expected"],
  ['a stretch outside the run', LINE.replace('20s', '40s'), 'from 5s to 40s is no stretch of the run'],
  ['a line with a measure', `${LINE}\nmeasure: max:cache.loads.active`, "'line:' stands alone"],
])('names a prompt with %s', (_, prompt, complaint) => {
  expect(withPredict(fenced(prompt))).toEqual([expect.stringContaining(complaint)]);
});

it('names a prompt that is asked twice, and one that stands elsewhere', () => {
  expect(withPredict(fenced(CHOICE, CHOICE))).toEqual(['the prompt 2 asks the same as one before it']);
  expect(withWhy(`So:\n\n${fenced(CHOICE)}`)).toEqual(["the prompt 1 stands under 'Why'; expected Predict"]);
});
