/** A signal's name means one kind in one unit, whoever defines it: charts and guides go by the name alone. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const DEFINITIONS = /\bdefineSignal\(\{\s*name: (.+),\s*kind: '(\w+)',\s*unit: (.+),/g;

interface Defined {
  /** A name that is put together is known by its text: two that are alike there are one. */
  readonly name: string;
  readonly meaning: string;
}

const texts = ['sim-core', 'scenarios'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8')),
);

function definedIn(text: string): Defined[] {
  return Array.from(text.matchAll(DEFINITIONS), ([, name, kind, unit]) => ({
    name: /^\w+$/.test(name) ? (text.match(new RegExp(`\\b${name} = (.+);`))?.[1] ?? name) : name,
    meaning: `${kind} in ${unit}`,
  }));
}

/** The names that have several meanings, with these. */
function ambiguous(defined: readonly Defined[]): string[] {
  const meanings = new Map<string, Set<string>>();
  for (const { name, meaning } of defined) meanings.set(name, (meanings.get(name) ?? new Set()).add(meaning));
  return [...meanings].filter(([, all]) => all.size > 1).map(([name, all]) => `${name}: ${[...all].join(', ')}`);
}

it('no two signals share a name and differ in kind or unit', () => {
  expect(ambiguous(texts.flatMap(definedIn))).toEqual([]);
});

it('every definition is read', () => {
  for (const text of texts) expect(definedIn(text).length).toBe(text.match(/\bdefineSignal\(\{\n/g)?.length ?? 0);
});

it('notices two kinds and two units of one name, by whatever constant it goes', () => {
  const one = (name: string, kind: string, unit: string): string =>
    `defineSignal({\n  name: ${name},\n  kind: '${kind}',\n  unit: '${unit}',\n})`;
  const defined = [
    one("'a'", 'counter', '1'),
    `const A = 'a';\n${one('A', 'rate', '1/s')}`,
    one("'b'", 'rate', '1/s'),
    one("'b'", 'rate', '{b}/s'),
    one("'c'", 'rate', '1/s'),
    one("'c'", 'rate', '1/s'),
  ].flatMap(definedIn);
  expect(ambiguous(defined)).toEqual(["'a': counter in '1', rate in '1/s'", "'b': rate in '1/s', rate in '{b}/s'"]);
});
