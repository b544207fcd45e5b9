/**
 * Digests of the stampede's variants on its pinned seed, frozen. They say nothing about right or wrong: a change here
 * means that runs come out differently than those of the commit before, and that commit's message has to say why.
 * To take the new ones: `npx vitest run test/sim-core/lab/digest-golden.test.ts -u`.
 */
import { expect, it } from 'vitest';
import stampede from '../../../scenarios/caching/stampede.ts';
import { run } from '../../../sim-core/index.ts';

it.each(Object.keys(stampede.variants))('no regression: %s', (variant) => {
  const { header, events } = run(stampede, { variant });
  expect({ digest: header.digest, events: events.total }).toMatchSnapshot();
});
