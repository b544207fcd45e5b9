/**
 * The trace's requests as dense ids in a temporary file, for the replays that need a first pass: sizes in percent of
 * the objects, and policies that know the future. So memory grows with the objects and not with the requests, the
 * trace is parsed once, and it may come from standard input. A request takes four bytes on the disk, four more with its
 * next use, and eight more with its object's size.
 *
 * The files are unlinked as soon as they are open: whatever ends the process, nothing is left behind.
 */
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NEVER } from '../../../sim-core/index.ts';

/** Requests that are written and read at a time. */
const BLOCK = 65_536;
const BYTES = 4;
const SIZE_BYTES = 8;
/** In the file the next use of a request whose object is not requested again. */
const STORED_NEVER = 0xffff_ffff;

/** A stretch of the trace. */
export interface Block {
  readonly ids: Int32Array;
  /** At each of these requests the position of the next one for the same object; `NEVER` where there is none. */
  readonly nextUses?: Float64Array;
  /** Of each of these requests the size of its object, where sizes are read. */
  readonly sizes?: Float64Array;
}

export class Spool {
  #requests = 0;
  readonly #ids: FileHandle;
  readonly #nextUses: FileHandle;
  readonly #sizes: FileHandle;
  readonly #directory: string;
  #hasSizes = false;

  private constructor([ids, nextUses, sizes]: readonly FileHandle[], directory: string) {
    this.#ids = ids;
    this.#nextUses = nextUses;
    this.#sizes = sizes;
    this.#directory = directory;
  }

  static async create(): Promise<Spool> {
    const directory = await mkdtemp(join(tmpdir(), 'brownout-cachesim-'));
    try {
      const files: FileHandle[] = [];
      try {
        for (const name of ['ids', 'next-uses', 'sizes']) files.push(await open(join(directory, name), 'w+'));
        return new Spool(files, directory);
      } catch (error) {
        for (const file of files) await file.close();
        throw error;
      }
    } finally {
      await rm(directory, { recursive: true, force: true }).catch(notYet);
    }
  }

  async append({ ids, sizes }: Block): Promise<void> {
    await writeAll(this.#ids, ids, this.#requests * BYTES);
    if (sizes !== undefined) {
      this.#hasSizes = true;
      await writeAll(this.#sizes, sizes, this.#requests * SIZE_BYTES);
    }
    this.#requests += ids.length;
  }

  /**
   * Works out every request's next use, from the trace's end to its beginning. `objects` is how many ids there are;
   * `pause` is awaited between blocks.
   */
  async findNextUses(objects: number, pause: (requestsDone: number) => Promise<void>): Promise<void> {
    if (this.#requests >= STORED_NEVER)
      throw new RangeError(`a trace of more than ${STORED_NEVER - 1} requests is too long for OPT`);
    const nextOf = new Uint32Array(objects).fill(STORED_NEVER);
    const ids = new Int32Array(BLOCK);
    const uses = new Uint32Array(BLOCK);
    for (let end = this.#requests; end > 0;) {
      const start = Math.max(0, end - BLOCK);
      const count = end - start;
      await readAll(this.#ids, ids.subarray(0, count), start * BYTES);
      for (let i = count - 1; i >= 0; i--) {
        uses[i] = nextOf[ids[i]];
        nextOf[ids[i]] = start + i;
      }
      await writeAll(this.#nextUses, uses.subarray(0, count), start * BYTES);
      end = start;
      await pause(this.#requests - start);
    }
  }

  /** The trace from its beginning. A block holds until the next one is asked for. */
  async *blocks(withNextUses: boolean): AsyncGenerator<Block> {
    const ids = new Int32Array(BLOCK);
    const stored = new Uint32Array(withNextUses ? BLOCK : 0);
    const nextUses = new Float64Array(withNextUses ? BLOCK : 0);
    const sizes = new Float64Array(this.#hasSizes ? BLOCK : 0);
    for (let start = 0; start < this.#requests; start += BLOCK) {
      const count = Math.min(BLOCK, this.#requests - start);
      await readAll(this.#ids, ids.subarray(0, count), start * BYTES);
      if (withNextUses) {
        await readAll(this.#nextUses, stored.subarray(0, count), start * BYTES);
        for (let i = 0; i < count; i++) nextUses[i] = stored[i] === STORED_NEVER ? NEVER : stored[i];
      }
      if (this.#hasSizes) await readAll(this.#sizes, sizes.subarray(0, count), start * SIZE_BYTES);
      yield { ids: ids.subarray(0, count), ...(withNextUses && { nextUses }), ...(this.#hasSizes && { sizes }) };
    }
  }

  async close(): Promise<void> {
    await this.#ids.close();
    await this.#nextUses.close();
    await this.#sizes.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Where open files cannot be unlinked (Windows), `close` does it. */
function notYet(): void {}

type Words = Int32Array | Uint32Array | Float64Array;

async function writeAll(file: FileHandle, words: Words, position: number): Promise<void> {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function readAll(file: FileHandle, words: Words, position: number): Promise<void> {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new Error('the temporary file of the trace has become shorter');
    done += bytesRead;
  }
}
