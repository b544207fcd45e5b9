/**
 * The files of one folder, each read whole from the disk when it is asked for: whoever builds the page anew while it is
 * served gets the new one, never a list or a length of the old. What a file is follows from its name. Not modelled on a
 * real server: no ranges, no listing, no compression.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, resolve, sep } from 'node:path';

export interface ServedFile {
  readonly body: Buffer;
  /** As in `Content-Type`. */
  readonly type: string;
  /** As in `ETag`: of what is in it, since a build gives every file a new date. */
  readonly tag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
};

/** The file that a path of an address names, `/` for `index.html`; undefined if the folder holds none of that name. */
export async function fileIn(folder: string, path: string): Promise<ServedFile | undefined> {
  const name = named(path);
  if (name === undefined) return undefined;
  const root = resolve(folder) + sep;
  const file = normalize(join(root, name));
  if (!file.startsWith(root)) return undefined;
  try {
    const body = await readFile(file);
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    return { body, type: TYPES[extname(file)] ?? 'application/octet-stream', tag };
  } catch {
    // It is not there, or no file, or no longer there: for who asks it is the same.
    return undefined;
  }
}

function named(path: string): string | undefined {
  try {
    const name = decodeURIComponent(path);
    if (name.includes('\0')) return undefined;
    return name.endsWith('/') ? `${name}index.html` : name;
  } catch {
    return undefined;
  }
}
