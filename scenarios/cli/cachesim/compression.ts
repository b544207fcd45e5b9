/**
 * Compressed traces: which compression a file's first bytes tell of (its name is not asked), and its reading, piece by
 * piece. Everything that a cut or damaged archive still yields is handed on before the error.
 */
import { Buffer } from 'node:buffer';
import { createGunzip } from 'node:zlib';
import { TraceFileError } from './trace-file-error.ts';
import { unzstd } from './zstd.ts';

/** So many first bytes tell every compression known here. */
const MAGIC_BYTES = 10;

const MAGIC: readonly { readonly name: string; readonly isAtHeadOf: (head: Uint8Array) => boolean }[] = [
  { name: 'gzip', isAtHeadOf: (head) => startsWith(head, [0x1f, 0x8b, 0x08]) },
  {
    name: 'zstd',
    isAtHeadOf: (head) =>
      startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) ||
      (startsWith(head.subarray(1), [0x2a, 0x4d, 0x18]) && head[0] >> 4 === 5),
  },
  { name: 'xz', isAtHeadOf: (head) => startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  {
    name: 'bzip2',
    isAtHeadOf: (head) =>
      startsWith(head, [0x42, 0x5a, 0x68]) && startsWith(head.subarray(4), [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
  },
  { name: 'zip', isAtHeadOf: (head) => startsWith(head, [0x50, 0x4b, 0x03, 0x04]) },
];

/**
 * What the pieces hold; pieces that are not compressed are handed on as they are. However it ends (whole, damaged, or
 * no more wanted), the pieces are told, so that a file behind them is closed.
 */
export async function* decompressed(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    yield* decoded(iterator);
  } finally {
    await iterator.return?.();
  }
}

async function* decoded(iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < MAGIC_BYTES) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  const whole = concatenated(head, iterator);
  const compression = MAGIC.find(({ isAtHeadOf }) => isAtHeadOf(head))?.name;
  if (compression === undefined) yield* whole;
  else if (compression === 'gzip') yield* gunzip(whole);
  else if (compression === 'zstd') yield* unzstd(whole);
  else throw new TraceFileError(`is compressed with ${compression}; expected gzip, zstd or no compression`);
}

async function* concatenated(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** A small piece of a very repetitive archive makes a thousand times its length. */
const GUNZIP_PIECE_BYTES = 16_384;

async function* gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: 16 * GUNZIP_PIECE_BYTES });
  let output: Uint8Array[] = [];
  let failure: NodeJS.ErrnoException | undefined;
  let goOn = (): void => {};
  stream.on('data', (data: Uint8Array) => output.push(data));
  stream.on('error', (error) => {
    failure = error;
    // A write that fails is never called back.
    goOn();
  });
  const outputOf = async function* (start: (done: () => void) => void): AsyncGenerator<Uint8Array> {
    await new Promise<void>((resolve) => {
      goOn = resolve;
      start(resolve);
    });
    yield* output;
    output = [];
    if (failure !== undefined) throw gzipError(failure);
  };
  try {
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; at += GUNZIP_PIECE_BYTES) {
        const part = piece.subarray(at, at + GUNZIP_PIECE_BYTES);
        yield* outputOf((done) => stream.write(part, done));
      }
    }
    yield* outputOf((done) => stream.once('end', done).end());
  } finally {
    stream.destroy();
  }
}

function gzipError({ code, message }: NodeJS.ErrnoException): TraceFileError {
  const problem = code === 'Z_BUF_ERROR' ? 'is cut short' : `is corrupt (${message})`;
  return new TraceFileError(`the gzip archive ${problem}`);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
