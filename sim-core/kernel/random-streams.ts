/**
 * All randomness of a run, handed out by name. A stream's seed is a SHA-256 hash of the run's seed and the stream's
 * name, never of the order in which streams are asked for: a component added or removed moves nobody else's draws.
 *
 * Sequential streams are seedrandom's Alea (Baagøe's multiply-with-carry generator in exact double arithmetic; it
 * passes PractRand alone and interleaved, where seedrandom's default gives equal streams for the seeds '1', '11' and
 * '111'). Keyed streams are hashes of a counter, see `HashedStream`.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { PRNG } from 'seedrandom';
// @ts-expect-error: the types of seedrandom leave its single generators out.
import untypedAlea from 'seedrandom/lib/alea.js';
import type { KeyedStream, RandomStream } from './random-stream.ts';
import { HashedStream } from './random/hashed-stream.ts';
import { UniformSource } from './random/uniform-source.ts';

const alea: (seed: string) => PRNG = untypedAlea;

/** All the streams of one run. */
export class RandomStreams {
  readonly #seed: string;
  readonly #streams = new Map<string, RandomStream>();

  /** The seed 1 and the seed '1' are the same, so that a seed survives a command line or a link. */
  constructor(seed: number | string) {
    const valid = typeof seed === 'number' ? Number.isFinite(seed) : typeof seed === 'string' && seed !== '';
    if (!valid) {
      throw new RangeError(`RandomStreams: seed must be a finite number or a string that is not empty, got '${seed}'`);
    }
    this.#seed = String(seed);
  }

  /** The sequential stream of this name. Asking again gives the same object, wherever it has got to. */
  stream(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new SequentialStream(bytesToHex(this.#digest('sequential', name)));
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /**
   * The keyed stream of this name. Every call gives an object of its own over the same draws, so that two holders
   * cannot move each other's position.
   */
  keyed(name: string): KeyedStream {
    const bytes = this.#digest('keyed', name);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new HashedStream(Int32Array.of(view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)));
  }

  #digest(kind: 'sequential' | 'keyed', name: string): Uint8Array {
    if (name === '') throw new RangeError("RandomStreams: a stream's name must not be empty");
    return sha256(utf16(JSON.stringify([this.#seed, kind, name])));
  }
}

/**
 * Alea with 53 bits a draw. A single step of Alea has 32 bits, which would end an exponential's tail at 22 means and
 * leave gaps in a fat one; `double` joins two steps.
 */
class SequentialStream extends UniformSource {
  readonly #double: () => number;

  constructor(seed: string) {
    super();
    this.#double = alea(seed).double;
  }

  next(): number {
    return this.#double();
  }
}

/** The text's code units, upper byte first. TextEncoder is no part of ECMAScript, and not every host has it. */
function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit >>> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return bytes;
}
