/** `brownout list`: the document of the contract, and a table that names every scenario and variant. */
import { expect, it } from 'vitest';
import { catalogue } from '../../../../scenarios/index.ts';
import { brownout } from '../command-line.ts';

it('prints the document of the contract', async () => {
  const { code, out } = await brownout('list --json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(
    catalogue.map(({ scenario: { id, section, title, variants, pitfall } }) => ({
      id,
      section,
      title,
      variants: Object.keys(variants),
      pitfall: pitfall ?? null,
    })),
  );
});

it('names every scenario with its variants', async () => {
  const { out } = await brownout('list');
  for (const { scenario } of catalogue) {
    for (const name of [scenario.id, scenario.question, ...Object.keys(scenario.variants)]) expect(out).toContain(name);
  }
});

it('prints only the rows of the index of pitfalls', async () => {
  const rows = JSON.parse((await brownout('list --pitfalls --json')).out) as { pitfall: string | null }[];
  expect(rows).toHaveLength(catalogue.filter(({ scenario }) => scenario.pitfall !== undefined).length);
  expect(rows.every(({ pitfall }) => pitfall !== null)).toBe(true);
});
