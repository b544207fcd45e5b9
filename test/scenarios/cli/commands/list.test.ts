/** `brownout list`: the document of the contract, and a table that names every scenario and variant. */
import { expect, it } from 'vitest';
import { catalogue } from '../../../../scenarios/index.ts';
import { pitfallOf } from '../../../../sim-core/index.ts';
import { brownout } from '../command-line.ts';

it('prints the document of the contract', async () => {
  const { code, out } = await brownout('list --json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(
    catalogue.map(({ scenario }) => ({
      id: scenario.id,
      section: scenario.section,
      title: scenario.title,
      variants: Object.keys(scenario.variants),
      pitfall: scenario.pitfall ?? null,
      repairs: Object.fromEntries(
        Object.keys(scenario.variants)
          .filter((variant) => scenario.roles[variant] === 'remedy')
          .map((variant) => [variant, pitfallOf(scenario, variant)]),
      ),
    })),
  );
});

it('names every scenario with its variants', async () => {
  const { out } = await brownout('list');
  for (const { scenario } of catalogue) {
    for (const name of [scenario.id, scenario.question, ...Object.keys(scenario.variants)]) expect(out).toContain(name);
  }
});

it('says which pitfall each remedy repairs', async () => {
  const { out } = await brownout('list');
  expect(out).toContain('remedy of none: mutex, single-flight, coalescing, early-expiration, early-mutex-jitter\n');
  expect(out).toContain('remedy of soft-ttl-as-printed: soft-ttl\n');
});

it('prints only the rows of the index of pitfalls', async () => {
  const rows = JSON.parse((await brownout('list --pitfalls --json')).out) as { pitfall: string | null }[];
  expect(rows).toHaveLength(catalogue.filter(({ scenario }) => scenario.pitfall !== undefined).length);
  expect(rows.every(({ pitfall }) => pitfall !== null)).toBe(true);
});
