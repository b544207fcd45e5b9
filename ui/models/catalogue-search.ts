/**
 * Finding scenarios by words: every word that was typed must stand somewhere in what the catalogue says of a scenario,
 * in any order, without regard to case and accents. What is found stays in the catalogue's own order.
 */
import { sectionTitle } from './handbook.ts';
import type { ListedEntry } from './listing.ts';

/** The entries that hold all words of `query`; all of them if it has none. */
export function searchCatalogue(catalogue: readonly ListedEntry[], query: string): ListedEntry[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  return catalogue.filter((entry) => {
    const text = textOf(entry);
    return words.every((word) => text.includes(word));
  });
}

/** How many were found, in words. */
export function countOfFound(found: number, all: number, query: string): string {
  const scenarios = (count: number): string => `${count} ${count === 1 ? 'scenario' : 'scenarios'}`;
  if (query.trim() === '') return scenarios(all);
  return found === 0 ? `None of the ${scenarios(all)}` : `${found} of ${scenarios(all)}`;
}

function textOf({ scenario }: ListedEntry): string {
  const { id, section, title, question, variants, roles, pitfall = '' } = scenario;
  const words = [id, section, sectionTitle(section), title, question, pitfall];
  return folded([...words, ...Object.keys(variants), ...Object.values(roles)].join('\n'));
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase();
