/**
 * Values as formats carry them: integers of 64 bits as bigints, and symbols of a status as numbers where a format sends those.
 * What is read is numbers again: no amount is as large as 2^53.
 */
import type { FieldValues, Version } from '../versions.ts';

type WireValues = Record<string, number | string | bigint>;

/** With bigints for fields of 64 bits. */
export function widening(version: Version): (values: FieldValues) => WireValues {
  const longs = version.filter(({ type }) => type === 'long').map(({ name }) => name);
  return (values) => {
    const written: WireValues = { ...(values as Readonly<Record<string, number | string>>) };
    for (const name of longs) written[name] = BigInt(values[name] as number);
    return written;
  };
}

/** With numbers for bigints. */
export function narrowed(values: Readonly<Record<string, unknown>>): Record<string, number | string | undefined> {
  const numbers: Record<string, number | string> = {};
  for (const name in values) {
    const value = values[name];
    numbers[name] = typeof value === 'bigint' ? Number(value) : (value as number | string);
  }
  return numbers;
}

/** Both ways for a format whose symbols are numbers. */
export function symbolsAsNumbers(version: Version): {
  toWire: (values: FieldValues) => WireValues;
  fromWire: (values: Readonly<Record<string, unknown>>) => FieldValues;
} {
  const symbols = version.flatMap(({ name, symbols: known }) => (known === undefined ? [] : [[name, known] as const]));
  const widened = widening(version);
  return {
    toWire(values) {
      const written = widened(values);
      for (const [name, known] of symbols) written[name] = known.indexOf(values[name] as string);
      return written;
    },
    fromWire(values) {
      const read = narrowed(values);
      for (const [name, known] of symbols) read[name] = known[read[name] as number];
      return read;
    },
  };
}
