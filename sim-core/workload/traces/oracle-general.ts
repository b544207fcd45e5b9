/**
 * libCacheSim's oracleGeneral binary format (traceReader/customizedReader/oracle/oracleGeneralBin.h): records of 24
 * bytes, little endian and unpadded,
 *
 *     uint32 clock_time · uint64 obj_id · uint32 obj_size · int64 next_access_vtime
 *
 * Only obj_id is read, and obj_size where sizes are wanted; the time of the next access is worked out anew where a policy
 * asks for it, so that a trace cut from a longer one is right too. Records of size zero are requests like any other,
 * as in Caffeine's simulator; libCacheSim drops them by default.
 */
import { KeyBatch, TraceError, type ReaderChoices, type TraceReader } from './trace-reader.ts';

export const oracleGeneralReader = ({ withSizes }: ReaderChoices = {}): TraceReader =>
  new OracleGeneralReader(withSizes);

const RECORD_BYTES = 24;
const OBJECT_ID_OFFSET = 4;
const SIZE_OFFSET = 12;

class OracleGeneralReader implements TraceReader {
  readonly #batch: KeyBatch;
  readonly #rest = new Uint8Array(RECORD_BYTES);
  #restBytes = 0;

  constructor(withSizes?: boolean) {
    this.#batch = new KeyBatch(withSizes);
  }

  get requests(): number {
    return this.#batch.total;
  }

  *read(piece: Uint8Array): Iterable<KeyBatch> {
    const batch = this.#batch;
    let at = 0;
    if (this.#restBytes > 0) {
      at = Math.min(RECORD_BYTES - this.#restBytes, piece.length);
      this.#rest.set(piece.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < RECORD_BYTES) return;
      putRecords(batch, this.#rest, 0);
      yield batch;
      batch.clear();
      this.#restBytes = 0;
    }
    while (piece.length - at >= RECORD_BYTES) {
      at = putRecords(batch, piece, at);
      yield batch;
      batch.clear();
    }
    this.#rest.set(piece.subarray(at));
    this.#restBytes = piece.length - at;
  }

  *end(): Iterable<KeyBatch> {
    if (this.#restBytes === 0) return;
    const problem = `is cut after ${this.#restBytes} of its ${RECORD_BYTES} bytes`;
    throw new TraceError(`record ${this.requests + 1}`, problem, this.requests);
  }
}

/** Adds the whole records of `piece` from `start` on until the batch is full; returns where the next one starts. */
function putRecords(batch: KeyBatch, piece: Uint8Array, start: number): number {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  let at = start;
  for (; piece.length - at >= RECORD_BYTES && !batch.isFull; at += RECORD_BYTES) {
    if (batch.sizes !== undefined) batch.sizes[batch.count] = view.getUint32(at + SIZE_OFFSET, true);
    batch.putHalves(view.getInt32(at + OBJECT_ID_OFFSET, true), view.getInt32(at + OBJECT_ID_OFFSET + 4, true));
  }
  return at;
}
