/** The words for a name that does not exist: the nearest one that does, or all of them. */
import { closest, distance } from 'fastest-levenshtein';

const NAMES_SHOWN_MAX = 24;

/** `there is no variant 'mutx'; did you mean 'mutex'?`; names nothing like it are listed instead. */
export function noSuch(what: string, name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  if (near !== undefined) return `there is no ${what} '${name}'; did you mean '${near}'?`;
  if (names.length === 0) return `there is no ${what} '${name}', nor any other`;
  if (names.length === 1) return `there is no ${what} '${name}'; the only one is ${names[0]}`;
  const more = names.length > NAMES_SHOWN_MAX ? ', …' : '';
  return `there is no ${what} '${name}'; there are ${names.slice(0, NAMES_SHOWN_MAX).join(', ')}${more}`;
}

/** The name that a misspelt one is likely to mean; undefined if none is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const near = closest(name, names);
  return distance(name, near) <= Math.max(1, Math.floor(name.length / 3)) ? near : undefined;
}
