/** Guides become plain data: sections, live numbers, moments; never markup. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guideOf } from '../../../scenarios/guides.ts';
import { catalogue } from '../../../scenarios/index.ts';
import { parseGuide, type Block } from '../../../ui/models/guide.ts';
import { measureText } from '../../../ui/models/measure-text.ts';
import { liveNumber } from '../../../ui/models/live-number.ts';
import { fixtureRecording } from '../../../ui/specimens/fixture-recording.ts';

function first(markdown: string): Block {
  const [{ blocks }] = parseGuide(markdown);
  return blocks[0];
}

it('is cut into sections at its second-level headings', () => {
  const sections = parseGuide('# Title\n\nLead.\n\n## Question\n\nWhy?\n\n- one\n- two\n\n## Why\n\n1. so\n');
  expect(sections.map(({ title, blocks }) => [title, blocks.map(({ type }) => type)])).toEqual([
    ['', ['paragraph']],
    ['Question', ['paragraph', 'list']],
    ['Why', ['list']],
  ]);
});

it('names each table by its section and its heading row, no two alike', () => {
  const table = '| who | *how* much |\n|---|---|\n| a | 1 |\n\n';
  const sections = parseGuide(
    `${table}## Costs\n\n${table}${table}${table.trim().replace(/^/gm, '> ')}\n\n## Gains\n\n${table}`,
  );
  const names = (of: readonly Block[]): string[] =>
    of.flatMap((block) =>
      block.type === 'table' ? [block.name] : block.type === 'quote' ? names(block.children) : [],
    );
  expect(sections.flatMap(({ blocks }) => names(blocks))).toEqual([
    'who, how much',
    'Costs: who, how much',
    'Costs: who, how much (2)',
    'Costs: who, how much (3)',
    'Gains: who, how much',
  ]);
});

it('reads numbers from the run, in any place that text may stand', () => {
  expect(first('About {{max:db.client.connection.count}} of **{{mean:cache.hit_ratio}}**.')).toEqual({
    type: 'paragraph',
    children: [
      { type: 'text', text: 'About ' },
      { type: 'number', field: 'max', signal: 'db.client.connection.count' },
      { type: 'text', text: ' of ' },
      { type: 'strong', children: [{ type: 'number', field: 'mean', signal: 'cache.hit_ratio' }] },
      { type: 'text', text: '.' },
    ],
  });
});

it('a link to an instant moves the cursor; other addresses than web and page are left as text', () => {
  expect(first('[show me](#at=10.2s)')).toMatchObject({ children: [{ type: 'moment', at: '10.2s' }] });
  expect(first('[paper](https://example.org/a)')).toMatchObject({
    children: [{ type: 'link', href: 'https://example.org/a' }],
  });
  expect(first('[x](javascript:alert(1))')).toMatchObject({ children: [{ type: 'text' }] });
  expect(first('[it](#at=10.2s&show=app-1)')).toMatchObject({ children: [{ type: 'moment', show: 'app-1' }] });
  expect(first('[x](#at=soon)')).toMatchObject({ children: [{ type: 'text' }] });
});

it('has no way to say HTML: whatever is written, only known kinds of node come out', () => {
  const known = new Set(
    'paragraph heading list code prompt quote table text strong em link moment number break'.split(' '),
  );
  const kinds = (value: unknown): string[] => {
    if (Array.isArray(value)) return value.flatMap(kinds);
    if (typeof value !== 'object' || value === null) return [];
    const own = 'type' in value && typeof value.type === 'string' ? [value.type] : [];
    return [...own, ...Object.values(value).flatMap(kinds)];
  };
  const pieces = fc.constantFrom(
    '<b>',
    '<script>',
    '{{a:b}}',
    '`',
    '**',
    '\n\n',
    '- ',
    '| a |\n|---|\n',
    '[x](y)',
    '```predict\nask: a\n```\n',
    '![i](j)',
    '&lt;',
    'word',
    '> ',
    '***',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      for (const kind of kinds(parseGuide(parts.join('')))) expect(known).toContain(kind);
    }),
  );
  expect(first('<img src=x onerror=alert(1)>')).toEqual({
    type: 'paragraph',
    children: [{ type: 'text', text: '<img src=x onerror=alert(1)>' }],
  });
});

it('a total of seconds or of bytes is told in their units, one of things to the last of them', () => {
  const { signals, ...rest } = fixtureRecording();
  const evictions = signals.find(({ name }) => name === 'cache.evictions')!;
  const totalIn = (unit: string) =>
    liveNumber(
      { ...rest, signals: [{ ...evictions, unit, summary: { total: 12_345.0578 } }] },
      'total',
      evictions.name,
      0,
    );
  expect(totalIn('{entry}')).toBe('12,345');
  expect(totalIn('By')).toBe(measureText({ kind: 'counter', unit: 'By' }, 12_345.0578));
  expect(totalIn('s')).toBe(measureText({ kind: 'counter', unit: 's' }, 12_345.0578));
});

it('a live number says what is wrong where the run has none', () => {
  const recording = fixtureRecording();
  const read = (field: string, signal: string, row = 0) => liveNumber(recording, field, signal, row);
  expect(liveNumber(undefined, 'mean', 'cache.hit_ratio', 0)).toBeUndefined();
  expect(read('mean', 'cache.hit_ratio')).toBe('90\u00a0%');
  expect(read('total', 'cache.evictions')).toBe('50');
  expect(read('now', 'db.client.connection.count', 6)).toBe('3');
  expect(read('p99', 'cache.hit_ratio')).toContain('has no p99');
  expect(read('mean', 'x.y')).toContain('no signal x.y');
});

it.each(catalogue.map(({ scenario }) => scenario.id))('the guide of %s reads', (id) => {
  const titles = parseGuide(guideOf(id)).map(({ title }) => title);
  expect(titles).toContain('Question');
  expect(titles).toContain('Sources');
});
