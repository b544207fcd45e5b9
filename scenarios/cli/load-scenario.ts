/**
 * A scenario by its id in the catalogue, or from a user's `.ts` or `.js` file. Only the one that is asked for is loaded: all of
 * the catalogue take 25 MB more, and longer to load than many a run to compute.
 *
 * A user's file imports `brownout`, and gets the very library that runs it, whatever is or is not installed beside the
 * file: components find their simulation by identity, so a second copy of the library would see an empty system. The
 * hash of such a definition is over the bytes of the file itself, not of what it imports.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { definitions } from 'virtual:brownout/definitions';
import { scenarios } from 'virtual:brownout/scenarios';
import * as library from '../../sim-core/index.ts';
import { defineScenario, type Scenario } from '../../sim-core/index.ts';
import { UsageError } from './command.ts';
import { noSuch } from './nearest.ts';

export interface LoadedScenario {
  readonly scenario: Scenario;
  /** `sha256:` over the source of the definition. */
  readonly definition: string;
  /** The user's file as it was named; absent if it came from the catalogue. */
  readonly file?: string;
}

const LOOKS_LIKE_A_FILE = /[/\\]|\.[cm]?[jt]s$/;

/** Throws `UsageError` if there is none, or if its file does not hold one. */
export async function loadScenario(idOrFile: string): Promise<LoadedScenario> {
  return LOOKS_LIKE_A_FILE.test(idOrFile) ? loadScenarioFile(idOrFile) : findScenario(idOrFile);
}

/** Throws `UsageError` if the catalogue has none of that id. */
export async function findScenario(id: string): Promise<LoadedScenario> {
  if (Object.hasOwn(scenarios, id)) return { scenario: (await scenarios[id]()).default, definition: definitions[id] };
  const ids = Object.keys(scenarios);
  throw new UsageError(`${noSuch('scenario', id, ids)} (brownout list shows all; a file is named by ./NAME.ts)`);
}

export async function loadScenarioFile(path: string): Promise<LoadedScenario> {
  const file = resolve(path);
  const definition = `sha256:${createHash('sha256').update(readSource(path, file)).digest('hex')}`;
  // Loaded only here: most runs are of the catalogue, and a transpiler takes room.
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, {
    virtualModules: { brownout: library },
    interopDefault: false,
    fsCache: false,
    moduleCache: false,
  });
  let module: { readonly default?: unknown };
  try {
    module = await jiti.import(file);
  } catch (error) {
    throw new UsageError(
      `${whereIn(path, error)}: ${firstLine(error)}; a scenario file has to load without an error before it can run`,
    );
  }
  const expected = 'expected export default defineScenario({ … }), with defineScenario imported from brownout';
  if (module.default === undefined) throw new UsageError(`${path}: it has no default export; ${expected}`);
  if (typeof module.default !== 'object' || module.default === null) {
    throw new UsageError(`${path}: its default export is no scenario but a ${typeof module.default}; ${expected}`);
  }
  try {
    return { scenario: defineScenario(module.default as Scenario), definition, file: path };
  } catch (error) {
    throw new UsageError(`${path}: its default export is no scenario: ${firstLine(error)}; ${expected}`);
  }
}

/**
 * `mine.ts:12` if the error tells where in this file, or in one beside or below it, it was thrown; otherwise the path
 * alone. Columns are left out: those of a transpiled line are not the author's.
 */
export function whereIn(path: string, error: unknown): string {
  const { message = '', stack = '' } = error instanceof Error ? error : {};
  const folder = dirname(resolve(path));
  for (const [, file, line] of stack.matchAll(/(?:file:\/\/|\(| )(\/[^\n():]*|[A-Z]:[^\n():]*):(\d+):\d+/g)) {
    const inner = relative(folder, file);
    if (!inner.startsWith('..') && !isAbsolute(inner) && !inner.includes('node_modules')) {
      return `${join(dirname(path), inner)}:${line}`;
    }
  }
  // What a parser that gave up says: `(line:column)`.
  const place = /\((\d+):\d+\)/.exec(message);
  return place === null ? path : `${path}:${place[1]}`;
}

export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0].trim() || 'it throws an error without a message';
}

function readSource(path: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(code === 'ENOENT' ? `there is no file ${path}` : `${path}: it cannot be read: ${message}`);
  }
}
