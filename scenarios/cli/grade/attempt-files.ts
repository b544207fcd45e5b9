/** The attempts that were named: files, and of a folder every `.attempt.json` in it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../command.ts';

const SUFFIX = '.attempt.json';

/** Files in the order in which they were named, a folder's by name; throws `UsageError`. */
export function attemptFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!isFolder(path)) return [path];
    const names = readdirSync(path)
      .filter((name) => name.endsWith(SUFFIX))
      .sort();
    if (names.length === 0) throw new UsageError(`${path}: there is no attempt in this folder; expected *${SUFFIX}`);
    return names.map((name) => join(path, name));
  });
}

/** Throws `UsageError`. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(code === 'ENOENT' ? 'there is no such file' : `it cannot be read: ${message}`);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Whoever reads it says what is wrong with it.
    return false;
  }
}
