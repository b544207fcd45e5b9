/** The catalogue as the page gets it: what is listed of each scenario is what its definition says, and each can be opened. */
import { listing } from 'virtual:brownout/listing';
import { scenarios } from 'virtual:brownout/scenarios';
import { expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import { listed } from '../../ui/models/listing.ts';

it('lists the scenarios in the catalogue’s order, as their definitions have it', () => {
  expect(listing).toEqual(
    JSON.parse(JSON.stringify(catalogue.map(({ scenario }) => ({ scenario: listed(scenario) })))),
  );
  expect(listing[0].scenario).not.toHaveProperty('system');
});

it('opens every scenario that is listed', async () => {
  expect(Object.keys(scenarios).sort()).toEqual(catalogue.map(({ scenario }) => scenario.id).sort());
  const { default: opened } = await scenarios['stampede']();
  expect(opened).toBe(catalogue.find(({ scenario }) => scenario.id === 'stampede')!.scenario);
});
