/** Symbols of a status as numbers, where a format sends those, and integers of 64 bits as bigints. */
import type { FieldValues, Version } from '../versions.ts';

export function symbolsAsNumbers(version: Version): {
  toNumbers: (values: FieldValues) => Record<string, number | string | bigint>;
  toSymbols: (values: FieldValues) => FieldValues;
} {
  const symbols = new Map(version.flatMap(({ name, symbols: known }) => (known === undefined ? [] : [[name, known]])));
  const longs = new Set(version.filter(({ type }) => type === 'long').map(({ name }) => name));
  return {
    toNumbers(values) {
      const numbers: Record<string, number | string | bigint> = {};
      for (const [name, value] of Object.entries(values)) {
        const known = symbols.get(name);
        if (known !== undefined) numbers[name] = known.indexOf(value as string);
        else numbers[name] = longs.has(name) ? BigInt(value as number) : value!;
      }
      return numbers;
    },
    toSymbols(values) {
      const read: Record<string, number | string | undefined> = { ...values };
      for (const [name, known] of symbols) read[name] = known[read[name] as number];
      return read;
    },
  };
}
