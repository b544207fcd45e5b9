/** Files of runs on disk, whole or not there; recordings are gzip over the bytes that the library writes. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { constants, gunzipSync, gzip } from 'node:zlib';
import {
  decodeRecording,
  encodeRecording,
  RecordingFileError,
  runFileName,
  type Recording,
} from '../../../sim-core/index.ts';
import { UsageError } from '../command.ts';

const SUFFIX = 'brownout.gz';
const compress = promisify(gzip);

/** Makes the folder of `--out`, so that a wrong one is known before anything is computed. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(resolve(folder));
  } catch (error) {
    throw new UsageError(`--out ${folder}: the folder cannot be made: ${(error as Error).message}`);
  }
}

/** Folder by folder: where one cannot be made within a folder that is there, as in /proc, Node's own `recursive` tries for ever. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`there is no ${folder}`);
  makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else, as another run that begins, may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(folder)) throw error;
  }
}

/** Whether a folder is there; throws where anything else is. */
function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new Error(`${path} is no folder`);
  return found !== undefined;
}

/** Writes `SCENARIO-VARIANT-SEED.brownout.gz` into the folder and returns its size. */
export async function saveRecording(folder: string, recording: Recording): Promise<number> {
  // Columns of numbers barely shrink more at higher levels, and take several times as long.
  const bytes = await compress(encodeRecording(recording), { level: constants.Z_BEST_SPEED });
  return writeWhole(folder, recording, SUFFIX, bytes);
}

/** Writes `SCENARIO-VARIANT-SEED.SUFFIX` into the folder and returns its size. */
export function writeWhole(folder: string, recording: Recording, suffix: string, bytes: Uint8Array): number {
  const path = join(folder, `${runFileName(recording)}.${suffix}`);
  const unfinished = `${path}.${process.pid}.part`;
  try {
    writeFileSync(unfinished, bytes);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new UsageError(`--out ${folder}: ${path} cannot be written: ${(error as Error).message}`);
  }
  return bytes.length;
}

/** Reads a recording, compressed or not; throws `UsageError`. */
export function loadRecording(path: string): Recording {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(code === 'ENOENT' ? `there is no file ${path}` : `${path}: it cannot be read: ${message}`);
  }
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return decodeRecording(isCompressed ? gunzipSync(bytes) : bytes);
  } catch (error) {
    if (error instanceof RecordingFileError) throw new UsageError(`${path}: ${error.message}`);
    throw new UsageError(`${path}: its compression is damaged: ${(error as Error).message}`);
  }
}
