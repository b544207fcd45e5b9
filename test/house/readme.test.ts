/** What the README says there is: a row for every scenario, in the catalogue's order, that leads to its guide. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

it('has a row for every scenario, with its section and its guide', () => {
  const rows = [...readFileSync(path('README.md'), 'utf8').matchAll(/^\| \[([a-z-]+)\]\((\S+)\) +\| ([^|]+?) +\|/gm)];
  expect(rows.map(([, id]) => id)).toEqual(catalogue.map(({ scenario }) => scenario.id));
  for (const [i, [, , guide, section]] of rows.entries()) {
    expect(existsSync(path(guide)), guide).toBe(true);
    expect(section.split(', ')).toContain(catalogue[i].scenario.section);
  }
});
