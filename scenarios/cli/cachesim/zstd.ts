/**
 * Zstandard (RFC 8878), which Node 20 does not read: `fzstd` decodes the blocks, and what it leaves out is done here.
 * The frames are walked, so that an archive cut between two blocks is told from one that ends; each frame's checksum
 * is compared, so that a flipped bit does not silently become another key; several frames and skippable ones are read.
 *
 * The memory taken is the frame's window (8 MiB for `zstd -19`, at most 2 GiB) and a block. Dictionaries are not read.
 */
import { Buffer } from 'node:buffer';
import { Decompress } from 'fzstd';
import { TraceFileError } from './trace-file-error.ts';
import { Xxh64 } from './xxh64.ts';

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a5;
const MAX_BLOCK_BYTES = 1 << 17;
const RLE_BLOCK = 1;

/** What the frames hold, a block at a time. Throws `TraceFileError` behind the last sound block. */
export async function* unzstd(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new ByteQueue(pieces);
  while (!(await input.isAtEnd())) {
    const magic = await input.take(4);
    const number = littleEndian(magic);
    if (number === FRAME_MAGIC) yield* frame(input, magic);
    else if (number >>> 4 === SKIPPABLE_MAGIC) await input.skip(littleEndian(await input.take(4)));
    else throw corrupt('no frame where one should start');
  }
}

async function* frame(input: ByteQueue, magic: Uint8Array): AsyncGenerator<Uint8Array> {
  const descriptor = await input.take(1);
  const [flags] = descriptor;
  const isSingleSegment = (flags & 0x20) !== 0;
  const hasChecksum = (flags & 4) !== 0;
  const contentSizeBytes = flags >> 6 === 0 ? Number(isSingleSegment) : 1 << (flags >> 6);
  const dictionaryBytes = [0, 1, 2, 4][flags & 3];
  const rest = await input.take((isSingleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes);
  const dictionary = rest.subarray(isSingleSegment ? 0 : 1).subarray(0, dictionaryBytes);
  if (dictionary.some((byte) => byte !== 0)) throw new TraceFileError('the zstd archive needs a dictionary');

  const checksum = new Xxh64();
  let output: Uint8Array[] = [];
  const decoder = new Decompress((data) => output.push(data));
  let header = Buffer.concat([magic, descriptor, rest]);
  let isLast = false;
  while (!isLast) {
    const block = await input.take(3);
    const word = littleEndian(block);
    isLast = (word & 1) !== 0;
    const type = (word >> 1) & 3;
    const size = word >> 3;
    if (size > MAX_BLOCK_BYTES) throw corrupt('a block is too long');
    const body = await input.take(type === RLE_BLOCK ? 1 : size);
    // The decoder skips the checksum without a look, but it wants to see its four bytes behind the last block.
    const trailer = new Uint8Array(isLast && hasChecksum ? 4 : 0);
    try {
      decoder.push(Buffer.concat([header, block, body, trailer]), isLast);
    } catch (error) {
      throw corrupt((error as Error).message);
    }
    header = Buffer.alloc(0);
    for (const data of output) {
      if (hasChecksum) checksum.update(data);
      yield data;
    }
    output = [];
  }
  if (hasChecksum && littleEndian(await input.take(4)) !== checksum.lowHalf()) throw corrupt('wrong checksum');
}

/** Bytes that arrive in pieces, taken in any other lengths. */
class ByteQueue {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done === true) return true;
      this.#piece = value;
    }
    return false;
  }

  async take(count: number): Promise<Uint8Array> {
    const taken = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const part = await this.#part(count - filled);
      taken.set(part, filled);
      filled += part.length;
    }
    return taken;
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) left -= (await this.#part(left)).length;
  }

  async #part(atMost: number): Promise<Uint8Array> {
    if (await this.isAtEnd()) throw new TraceFileError('the zstd archive is cut short');
    const part = this.#piece.subarray(0, atMost);
    this.#piece = this.#piece.subarray(part.length);
    return part;
  }
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

function corrupt(how: string): TraceFileError {
  return new TraceFileError(`the zstd archive is corrupt (${how})`);
}
