/** The catalogue as home gets it: what is listed of each scenario is what its definition says. */
import { listing } from 'virtual:brownout/listing';
import { expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { resolveParameters } from '../../sim-core/index.ts';

it('lists the scenarios in the catalogue’s order, with what their definitions say of them', () => {
  expect(listing.map(({ scenario }) => scenario.id)).toEqual(catalogue.map(({ scenario }) => scenario.id));
  for (const [place, { scenario: own }] of catalogue.entries()) {
    const { charts, ...said } = listing[place].scenario;
    const { id, section, title, pitfall, question, variants, roles, repairs, seed } = own;
    const plain = JSON.stringify({ id, section, title, pitfall, question, variants, roles, repairs, seed });
    expect(said).toEqual(JSON.parse(plain));
    const [first] = Object.keys(variants);
    const values = resolveParameters(own, first, {});
    expect(charts).toEqual(typeof own.charts === 'function' ? own.charts(values as never) : own.charts);
  }
});
