/** Every file keeps the habits of the house, and each rule is shown a file that breaks it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  doesMoreThanForward,
  hasASubject,
  isRepeatable,
  isShort,
  isSource,
  leavesNothingForLater,
  namesNoMachine,
  opensWithDocComment,
  type SourceText,
  type StyleRule,
} from './style-rules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const NOT_OURS = /^(node_modules|dist(-.*)?|coverage|package-lock\.json|\.(?!ci$).*)$/;
const TEXT = /(\.(ts|mts|mjs|js|svelte|css|html|md|json|yml|cpp)|^run|LICENSE)$/;

const files: readonly SourceText[] = filesBelow('').map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));
const sources = files.filter(({ path }) => isSource(path));
const core = sources.filter(({ path }) => path.startsWith('sim-core/'));

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.test(entry.name)) return [];
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    return entry.isDirectory() ? filesBelow(path) : TEXT.test(entry.name) ? [path] : [];
  });
}

describe.each<[string, StyleRule, readonly SourceText[]]>([
  ['opens with a comment that says what it is', opensWithDocComment, sources],
  ['is not too long', isShort, sources],
  ['is named for its subject', hasASubject, files],
  ['leaves nothing for later', leavesNothingForLater, files],
  ['names no path of one machine', namesNoMachine, files],
  ['does more than forward', doesMoreThanForward, sources.filter(({ path }) => path.endsWith('.ts'))],
  ['of sim-core comes out the same everywhere', isRepeatable, core],
])('every file %s', (_, rule, judged) => {
  it('in the house', () => {
    expect(judged.length).toBeGreaterThan(0);
    expect(judged.flatMap(rule)).toEqual([]);
  });
});

describe('the rules notice', () => {
  it.each<[string, StyleRule, string, string]>([
    ['a missing opening', opensWithDocComment, 'a.ts', 'export const a = 1;\n'],
    ['a missing opening in a component', opensWithDocComment, 'a.svelte', '<script>let a = 1;</script>\n'],
    ['a long file', isShort, 'a.ts', '\n'.repeat(401)],
    ['a name without a subject', hasASubject, 'sim-core/kernel/utils.ts', ''],
    ['something left for later', leavesNothingForLater, 'a.ts', `// TO${'DO'}: finish\n`],
    ['a path of one machine', namesNoMachine, 'a.ts', `read('/${'home'}/someone/trace.csv');\n`],
    ['a file that only forwards', doesMoreThanForward, 'a.ts', `/** */\nexport * from './b.ts';\n`],
  ])('%s', (_, rule, path, text) => {
    expect(rule({ path, text })).toHaveLength(1);
  });

  it.each([
    'Math.log(2)',
    'Math.random()',
    'Math.hypot(1, 2)',
    "Math['sin'](1)",
    'const { exp } = Math;',
    '2 ** 3',
    'let a = 2; a **= 3;',
    'Date.now()',
    'new Date()',
    'performance.now()',
    'setTimeout(() => {}, 1)',
    "'a'.localeCompare('b')",
    '(1.5).toLocaleString()',
    'globalThis.Math',
  ])('%s in sim-core', (text) => {
    expect(isRepeatable({ path: 'sim-core/a.ts', text })).toHaveLength(1);
  });

  it.each([
    'Math.sqrt(2) + Math.imul(3, 4)',
    '// Math.log differs between engines, Date.now() too',
    'const text = "Date.now()";',
    'node.performance',
    'const costs = { performance: 1 };',
    'interface Costs { performance: number }',
    'class Node { crypto = 1; }',
  ])('no fault in %s', (text) => {
    expect(isRepeatable({ path: 'sim-core/a.ts', text })).toEqual([]);
  });
});
