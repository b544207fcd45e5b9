/**
 * The bytes of a trace: a file, or standard input for `-`, decompressed. It counts the bytes read of the file as it
 * lies there, for the progress display.
 */
import { open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { decompressed } from './compression.ts';
import { TraceFileError } from './trace-file-error.ts';

const PIECE_BYTES = 1 << 18;

export class TraceFile {
  /** The length of the file, where it has one. */
  readonly size: number | undefined;
  #bytesRead = 0;
  readonly #raw: Readable;

  private constructor(size: number | undefined, raw: Readable) {
    this.size = size;
    this.#raw = raw;
  }

  /** Reading ends with an `AbortError` when `interrupted` says so. Throws `TraceFileError` where there is no such file. */
  static async open(path: string, standardInput: Readable, interrupted: AbortSignal): Promise<TraceFile> {
    if (path === '-') return new TraceFile(undefined, addAbortSignal(interrupted, standardInput));
    const file = await open(path).catch(unreadable);
    const facts = await file.stat();
    if (facts.isDirectory()) {
      await file.close();
      throw new TraceFileError('is a directory; expected a file');
    }
    const stream = file.createReadStream({ highWaterMark: PIECE_BYTES });
    return new TraceFile(facts.isFile() ? facts.size : undefined, addAbortSignal(interrupted, stream));
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** What the trace holds, once. Throws `TraceFileError`. */
  pieces(): AsyncGenerator<Uint8Array> {
    return decompressed(this.#counted());
  }

  /** Closes the file, should nobody have read it to its end. */
  async close(): Promise<void> {
    if (this.#raw.closed) return;
    const closed = new Promise((resolve) => this.#raw.once('close', resolve));
    this.#raw.destroy();
    await closed;
  }

  async *#counted(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.#raw) {
        this.#bytesRead += piece.length;
        yield piece;
      }
    } catch (error) {
      unreadable(error as NodeJS.ErrnoException);
    } finally {
      await this.close();
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'may not be read (permission denied)',
};

function unreadable(error: NodeJS.ErrnoException): never {
  if (error.name === 'AbortError') throw error;
  throw new TraceFileError(REASONS[error.code ?? ''] ?? `cannot be read (${error.message})`, { cause: error });
}
