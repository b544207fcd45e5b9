/** Numbers of a fixed width: a NaN has many patterns of bits, of which one is written, whichever the engine has. */
import { expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../../sim-core/messaging/schema/bytes.ts';

/** NaNs as computations and foreign bytes leave them: quiet, of either sign, with a payload. */
const NANS = [0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff8000000000001n, 0xffffffffffffffffn].map(
  (bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0],
);

const written = (write: (writer: ByteWriter) => void): string => {
  const writer = new ByteWriter();
  write(writer);
  return Buffer.from(writer.done()).toString('hex');
};

it('write every NaN with the same bits, in either order', () => {
  for (const nan of NANS) {
    expect(written((writer) => writer.double(nan, true))).toBe('000000000000f87f');
    expect(written((writer) => writer.double(nan, false))).toBe('7ff8000000000000');
    expect(written((writer) => writer.float(nan))).toBe('0000c07f');
  }
});

it('are what they were when they are read again', () => {
  const writer = new ByteWriter();
  const doubles = [NaN, -0, 0.1, -Infinity, Number.MIN_VALUE];
  for (const value of doubles) writer.double(value, true);
  const floats = [NaN, -0, 0.5, Infinity];
  for (const value of floats) writer.float(value);
  const reader = new ByteReader(writer.done());
  expect(doubles.map(() => reader.double(true))).toEqual(doubles);
  expect(floats.map(() => reader.float())).toEqual(floats);
});
