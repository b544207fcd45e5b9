/**
 * A recording as bytes, and back, exactly. The file:
 *
 * | bytes | hold |
 * |---|---|
 * | 0 to 7 | `BROWNOUT` in ASCII |
 * | 8 to 11 | format of the recording |
 * | 12 to 15 | checksum over all that follows |
 * | 16 to 19 | length of the text |
 * | 20 to 23 | length of the columns |
 * | from 24 | the recording as JSON in ASCII, then the bytes of its columns, one after the other |
 *
 * Whole numbers and columns are little-endian. In the text, an object whose only name starts with a single `$` stands
 * for what JSON cannot say: `{"$f64":[offset,length]}` for a column, `{"$number":"NaN"}` for a number; a name of the
 * recording's own that starts with `$` has it doubled. Names keep their order, so the same recording gives the same
 * bytes. Compression is left to the caller, who has the platform's own: `node:zlib`, `CompressionStream`.
 */
import { FORMAT, type Recording } from './recording.ts';

const MAGIC = 'BROWNOUT';
const PREFIX_BYTES = 24;
const CHECKSUM_FROM = 16;

type Column = Float64Array | Uint32Array | Uint16Array;

const COLUMN_TYPES = { $f64: Float64Array, $u32: Uint32Array, $u16: Uint16Array } as const;

/** Bytes that are no recording, or one that this version cannot read. */
export class RecordingFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RecordingFileError';
  }
}

export function encodeRecording(recording: Recording): Uint8Array<ArrayBuffer> {
  const columns: Column[] = [];
  let columnBytes = 0;
  const text = asciiJson(
    pack(recording, (column) => {
      const offset = columnBytes;
      columns.push(column);
      columnBytes += column.byteLength;
      return { [typeName(column)]: [offset, column.length] };
    }),
  );
  const bytes = new Uint8Array(PREFIX_BYTES + text.length + columnBytes);
  const view = new DataView(bytes.buffer);
  writeAscii(bytes, 0, MAGIC);
  view.setUint32(8, FORMAT, true);
  view.setUint32(16, text.length, true);
  view.setUint32(20, columnBytes, true);
  writeAscii(bytes, PREFIX_BYTES, text);
  let place = PREFIX_BYTES + text.length;
  for (const column of columns) {
    const raw = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
    bytes.set(inFileOrder(raw, column.BYTES_PER_ELEMENT), place);
    place += column.byteLength;
  }
  view.setUint32(12, checksum(bytes), true);
  return bytes;
}

/** The recording in these bytes; throws `RecordingFileError`, which says what is wrong with them. */
export function decodeRecording(bytes: Uint8Array): Recording {
  if (bytes.length < PREFIX_BYTES || readAscii(bytes, 0, MAGIC.length) !== MAGIC) {
    throw new RecordingFileError('this is not a recording of Brownout');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = view.getUint32(8, true);
  if (format !== FORMAT) {
    const age = format > FORMAT ? 'newer' : 'older';
    throw new RecordingFileError(`the recording has format ${format}, of a ${age} version; this one reads ${FORMAT}`);
  }
  const textBytes = view.getUint32(16, true);
  const columnBytes = view.getUint32(20, true);
  const whole = PREFIX_BYTES + textBytes + columnBytes;
  if (bytes.length < whole) {
    throw new RecordingFileError(`the recording is cut short: ${bytes.length} bytes are left of ${whole}`);
  }
  if (bytes.length > whole) {
    throw new RecordingFileError(`${bytes.length - whole} bytes follow the recording's end`);
  }
  if (checksum(bytes) !== view.getUint32(12, true)) {
    throw new RecordingFileError('the recording is damaged: its checksum does not fit');
  }
  const columnsFrom = PREFIX_BYTES + textBytes;
  const tree: unknown = JSON.parse(readAscii(bytes, PREFIX_BYTES, textBytes));
  return unpack(tree, (type, offset, length) => {
    // A copy, which a subclass's `slice` (Node's Buffer) would not be: the column starts at an aligned place of its own.
    const raw = new Uint8Array(
      bytes.subarray(columnsFrom + offset, columnsFrom + offset + length * type.BYTES_PER_ELEMENT),
    );
    return new type(inFileOrder(raw, type.BYTES_PER_ELEMENT).buffer);
  }) as Recording;
}

/** The value with columns given out, and with stand-ins for them and for the numbers that JSON has no word for. */
function pack(value: unknown, store: (column: Column) => unknown): unknown {
  if (typeof value === 'number') {
    const hasWord = Number.isFinite(value) && !Object.is(value, -0);
    return hasWord ? value : { $number: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => pack(item, store));
  if (ArrayBuffer.isView(value)) return store(value as Column);
  return mapEntries(value, (name, item) => [name.startsWith('$') ? `$${name}` : name, pack(item, store)]);
}

type ColumnType = (typeof COLUMN_TYPES)[keyof typeof COLUMN_TYPES];

function unpack(value: unknown, load: (type: ColumnType, offset: number, length: number) => Column): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => unpack(item, load));
  const [name = '', content] = Object.entries(value)[0] ?? [];
  if (name === '$number') return Number(content);
  if (Object.hasOwn(COLUMN_TYPES, name)) {
    const [offset, length] = content as [number, number];
    return load(COLUMN_TYPES[name as keyof typeof COLUMN_TYPES], offset, length);
  }
  return mapEntries(value, (name, item) => [name.startsWith('$$') ? name.slice(1) : name, unpack(item, load)]);
}

function mapEntries(value: object, change: (name: string, item: unknown) => [string, unknown]): object {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => change(name, item)));
}

function typeName(column: Column): string {
  const found = Object.entries(COLUMN_TYPES).find(([, type]) => column instanceof type);
  if (found !== undefined) return found[0];
  throw new RecordingFileError(`a recording has no column of type ${(column as object).constructor.name}`);
}

/** Text outside of ASCII is escaped, so that a character is a byte and no text codec is needed. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function writeAscii(bytes: Uint8Array, from: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[from + i] = text.charCodeAt(i);
}

function readAscii(bytes: Uint8Array, from: number, length: number): string {
  const PIECE = 8192;
  let text = '';
  for (let done = 0; done < length; done += PIECE) {
    text += String.fromCharCode(...bytes.subarray(from + done, from + Math.min(done + PIECE, length)));
  }
  return text;
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Turns elements from the machine's order of bytes to the file's, or back. */
function inFileOrder<Buffer extends ArrayBufferLike>(
  bytes: Uint8Array<Buffer>,
  elementBytes: number,
): Uint8Array<Buffer | ArrayBuffer> {
  if (isLittleEndian) return bytes;
  const turned = new Uint8Array(bytes);
  for (let from = 0; from < turned.length; from += elementBytes) {
    turned.subarray(from, from + elementBytes).reverse();
  }
  return turned;
}

/** Finds every single changed byte: each step is a bijection of the state. Not cryptographic; that is the digest. */
function checksum(bytes: Uint8Array): number {
  let state = 0x811c9dc5;
  for (let i = CHECKSUM_FROM; i < bytes.length; i++) state = Math.imul(state ^ bytes[i], 0x01000193);
  return state >>> 0;
}
