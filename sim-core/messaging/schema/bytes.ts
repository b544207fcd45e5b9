/**
 * Bytes that are written and read one after another, in the encodings that Avro, Protobuf and Thrift share: base-128
 * varints of 32 and 64 bits (least significant group first), zigzag, IEEE 754 of either order, and UTF-8. A 64-bit integer is a
 * bigint everywhere.
 * Sources: https://protobuf.dev/programming-guides/encoding/ and https://avro.apache.org/docs/1.12.0/specification/.
 */
import { OutcomeError } from '../../kernel/outcome-error.ts';
import { utf8Length, utf8Of, utf8Read } from './utf8.ts';

/** Bytes that are no record of this schema. */
export class DecodeFailed extends OutcomeError {
  readonly name = 'DecodeFailed';
}

/** A value that does not fit its schema: it cannot be written. */
export class EncodeFailed extends OutcomeError {
  readonly name = 'EncodeFailed';
}

const LONGEST_VARINT = 10;
/** What is written of any NaN, whose sign and payload are the engine's own: the one that Java's `doubleToLongBits` gives. */
const FLOAT_NAN = 0x7fc0_0000;
const DOUBLE_NAN = 0x7ff8_0000_0000_0000n;

export class ByteWriter {
  private bytes = new Uint8Array(64);
  /** Made for numbers of a fixed width alone, which few records have. */
  private wide: DataView | undefined = undefined;
  private length = 0;

  byte(value: number): void {
    this.grow(1);
    this.bytes[this.length++] = value;
  }

  raw(bytes: Uint8Array): void {
    this.grow(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Of 32 bits, taken as unsigned. */
  varint(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Of 64 bits, taken as unsigned. */
  varint64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  zigzag(value: number): void {
    this.varint((value << 1) ^ (value >> 31));
  }

  zigzag64(value: bigint): void {
    this.varint64((value << 1n) ^ (value >> 63n));
  }

  int16(value: number): void {
    this.grow(2);
    this.view.setInt16(this.length, value);
    this.length += 2;
  }

  int32(value: number, isLittleEndian: boolean): void {
    this.grow(4);
    this.view.setInt32(this.length, value, isLittleEndian);
    this.length += 4;
  }

  int64(value: bigint, isLittleEndian: boolean): void {
    this.grow(8);
    this.view.setBigInt64(this.length, BigInt.asIntN(64, value), isLittleEndian);
    this.length += 8;
  }

  float(value: number): void {
    this.grow(4);
    if (Number.isNaN(value)) this.view.setUint32(this.length, FLOAT_NAN, true);
    else this.view.setFloat32(this.length, value, true);
    this.length += 4;
  }

  double(value: number, isLittleEndian: boolean): void {
    this.grow(8);
    if (Number.isNaN(value)) this.view.setBigUint64(this.length, DOUBLE_NAN, isLittleEndian);
    else this.view.setFloat64(this.length, value, isLittleEndian);
    this.length += 8;
  }

  /** UTF-8, without its length. */
  text(value: string): void {
    const size = utf8Length(value);
    this.grow(size);
    utf8Of(value, this.bytes, this.length);
    this.length += size;
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private grow(by: number): void {
    if (this.length + by <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.length + by, 2 * this.bytes.length));
    larger.set(this.bytes);
    this.bytes = larger;
    this.wide = undefined;
  }

  private get view(): DataView {
    return (this.wide ??= new DataView(this.bytes.buffer));
  }
}

export class ByteReader {
  private readonly bytes: Uint8Array;
  private wide: DataView | undefined = undefined;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.advance(1)];
  }

  /** The next so many bytes, a copy. */
  raw(length: number): Uint8Array {
    const at = this.advance(length);
    return this.bytes.slice(at, at + length);
  }

  /** What was read since a position, a copy. */
  since(position: number): Uint8Array {
    return this.bytes.slice(position, this.position);
  }

  /** The low 32 bits of a varint, unsigned. */
  varint(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    this.position--;
    return Number(this.varint64() & 0xffff_ffffn);
  }

  varint64(): bigint {
    let value = 0n;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new DecodeFailed(`a varint of more than ${LONGEST_VARINT} bytes`);
  }

  zigzag(): number {
    const value = this.varint();
    return (value >>> 1) ^ -(value & 1);
  }

  zigzag64(): bigint {
    const value = this.varint64();
    return (value >> 1n) ^ -(value & 1n);
  }

  int16(): number {
    return this.view.getInt16(this.advance(2));
  }

  int32(isLittleEndian: boolean): number {
    return this.view.getInt32(this.advance(4), isLittleEndian);
  }

  int64(isLittleEndian: boolean): bigint {
    return this.view.getBigInt64(this.advance(8), isLittleEndian);
  }

  float(): number {
    return this.view.getFloat32(this.advance(4), true);
  }

  double(isLittleEndian: boolean): number {
    return this.view.getFloat64(this.advance(8), isLittleEndian);
  }

  /** So many bytes of UTF-8. */
  text(length: number): string {
    const at = this.advance(length);
    const text = utf8Read(this.bytes, at, at + length);
    if (text === undefined) throw new DecodeFailed('a string is not UTF-8');
    return text;
  }

  private get view(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes;
    return (this.wide ??= new DataView(buffer, byteOffset, byteLength));
  }

  private advance(by: number): number {
    const at = this.position;
    if (by < 0 || at + by > this.bytes.length) {
      throw new DecodeFailed(`${by} bytes wanted, ${this.bytes.length - at} left`);
    }
    this.position = at + by;
    return at;
  }
}
