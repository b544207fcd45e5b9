/** The catalogue's page: its order, the path of the pitfalls, search, and how far a reader has come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue as definitions } from '../../../scenarios/index.ts';
import { chartsOf, run } from '../../../sim-core/index.ts';
import { countOfFound, searchCatalogue } from '../../../ui/models/catalogue-search.ts';
import { byPart, pitfallPath, sectionTitle } from '../../../ui/models/handbook.ts';
import { listed, type ListedEntry, type ListedScenario } from '../../../ui/models/listing.ts';
import {
  adds,
  combined,
  progressOf,
  repairedIn,
  standingOf,
  type ScenarioProgress,
} from '../../../ui/models/progress.ts';
import { pairOf, thumbnailArea, thumbnailLine } from '../../../ui/models/thumbnail.ts';

const catalogue: readonly ListedEntry[] = definitions.map(({ scenario }) => ({ scenario: listed(scenario) }));
const stampede = catalogue.find(({ scenario }) => scenario.id === 'stampede')!;
const like = (changed: Partial<ListedScenario>): ListedEntry => ({ scenario: { ...stampede.scenario, ...changed } });

describe('the catalogue', () => {
  it('stands in the handbook’s order, each scenario once, under the titles of part and section', () => {
    const sections = ['3.1', '1.10', '1.2', '2.4', '1.2'];
    const parts = byPart(sections.map((section, i) => like({ section, id: `s${i}` })));
    const shown = parts.map(({ title, sections: own }) => [
      title,
      own.map(({ title: name, entries }) => [name, entries.map(({ scenario }) => scenario.id)]),
    ]);
    expect(shown).toEqual([
      [
        'Caching',
        [
          ['Placement', ['s2', 's4']],
          ['1.10', ['s1']],
        ],
      ],
      ['Asynchronous processing', [['Dead letter queues', ['s3']]]],
      ['Observability and monitoring', [['Core concepts', ['s0']]]],
    ]);
  });

  it.each(catalogue.map(({ scenario }) => [scenario.id, scenario] as const))(
    'knows the section of %s, and its row of the index if it claims one',
    (_, { section, pitfall }) => {
      if (section.includes('.')) expect(sectionTitle(section)).not.toBe(section);
      if (pitfall) expect(pitfallPath(catalogue).map((row) => row.pitfall)).toContain(pitfall);
    },
  );

  it('has the fourteen pitfalls as a path, and of fewer scenarios those that they show', () => {
    expect(pitfallPath(catalogue)).toHaveLength(14);
    const path = pitfallPath([stampede, like({ id: 'shard', pitfall: 'Single shard overload' })]);
    expect(path.map(({ pitfall, entry }) => [pitfall, entry.scenario.id])).toEqual([
      ['Single shard overload', 'shard'],
    ]);
  });
});

describe('a search', () => {
  const ids = (query: string): string[] => searchCatalogue(catalogue, query).map(({ scenario }) => scenario.id);

  it.each(['stampede', 'STAMPEDE', '1.7', 'popular key', 'jitter', 'key  expires ', 'thundering', 'stampéde'])(
    '“%s” finds the stampede, by id, section, question, variant or title',
    (query) => {
      expect(ids(query)).toContain('stampede');
    },
  );

  it('finds by the pitfall', () => {
    expect(searchCatalogue([like({ pitfall: 'Infinite buffering' })], 'buffering')).toHaveLength(1);
  });

  it('wants all words, and says how many it found', () => {
    expect(ids('stampede zeppelin')).toEqual([]);
    expect(ids('')).toHaveLength(catalogue.length);
    expect(countOfFound(0, 7, 'zeppelin')).toBe('None of the 7 scenarios');
    expect(countOfFound(1, 7, 'x')).toBe('1 of 7 scenarios');
    expect(countOfFound(1, 1, '  ')).toBe('1 scenario');
  });
});

describe('progress', () => {
  const { scenario } = definitions.find((entry) => entry.scenario.id === 'stampede')!;
  const none = run(scenario, { variant: 'none' });
  const mutex = run(scenario, { variant: 'mutex' });

  it('is a visit by opening, and solved once a pitfall was seen and a remedy held', () => {
    const seen = progressOf(scenario, none);
    expect(seen).toEqual({ scenario: 'stampede', pitfalls: ['none'], remedies: [] });
    expect(standingOf(undefined)).toBe('new');
    expect(standingOf(seen)).toBe('visited');
    expect(standingOf(progressOf(scenario, mutex))).toBe('visited');
    expect(standingOf(combined(seen, progressOf(scenario, mutex)))).toBe('solved');
    const added = [undefined, seen, combined(seen, progressOf(scenario, mutex))].map((known) => {
      return [progressOf(scenario, none), progressOf(scenario, mutex)].map((one) => adds(known, one));
    });
    expect(added).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
    const repaired = repairedIn('stampede', 'none');
    expect([adds(seen, repaired), adds(combined(seen, repaired), repaired)]).toEqual([true, false]);
  });

  it('is not made by a remedy that fails, nor by one that claims nothing', () => {
    const [first, ...others] = mutex.expectations;
    const failed = { header: mutex.header, expectations: [{ ...first, pass: false }, ...others] };
    expect(progressOf(scenario, failed).remedies).toEqual([]);
    expect(progressOf(scenario, { header: mutex.header, expectations: [] }).remedies).toEqual([]);
    const unclaimed = mutex.expectations.map((result) => ({ ...result, notClaimed: 'it may be any' }));
    expect(progressOf(scenario, { header: mutex.header, expectations: unclaimed }).remedies).toEqual([]);
    const some = [first, ...unclaimed.slice(1)];
    expect(progressOf(scenario, { header: mutex.header, expectations: some }).remedies).toEqual(['mutex']);
  });

  it('of two tabs is put together the same in either order, and twice is once', () => {
    const variants = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'));
    const known = fc.record({ scenario: fc.constant('x'), pitfalls: variants, remedies: variants });
    const plain = ({ scenario, pitfalls, remedies }: ScenarioProgress) => ({
      scenario,
      pitfalls: new Set(pitfalls),
      remedies: new Set(remedies),
    });
    fc.assert(
      fc.property(known, known, (one, other) => {
        expect(combined(one, other)).toEqual(combined(other, one));
        expect(plain(combined(one, one))).toEqual(plain(one));
        expect(combined(combined(one, other), other)).toEqual(combined(one, other));
      }),
    );
  });

  it('shows both runs of the opening picture on one axis', () => {
    const { a, b } = pairOf(none, mutex, chartsOf(scenario, none.header.params))!;
    expect(a.high).toBeGreaterThan(b.high);
    const top = (points: typeof a.points): number => Math.max(...points.map(([, y]) => y));
    expect(top(a.points)).toBe(1);
    expect(top(b.points)).toBeCloseTo(b.high / a.high, 9);
    expect(thumbnailLine(a, 100, 50)).toMatch(/^M0\.0,/);
    expect(thumbnailArea(a, 100, 50)).toMatch(/L100,50Z$/);
  });
});
