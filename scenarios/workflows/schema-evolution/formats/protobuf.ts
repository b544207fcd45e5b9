/** Orders in proto3: plain fields, found by number. There is no required field, and a default is zero or nothing. */
import { decodeProto, encodeProto, type ProtoDatum, type ProtoFile } from '../../../../sim-core/index.ts';
import type { Field } from '../versions.ts';
import type { Format } from './format.ts';
import { symbolsAsNumbers } from './wire-values.ts';

const TYPES = { int: 'int32', long: 'int64', text: 'string', status: 'Status' } as const;

export const protobuf: Format = (version) => {
  const fields = version.map(({ name, number, type }: Field) => ({ name, number, type: TYPES[type] }));
  const enums = version
    .filter(({ type }) => type === 'status')
    .map(({ symbols = [] }) => ({
      name: 'Status',
      values: Object.fromEntries(symbols.map((symbol, index) => [symbol, index])),
    }));
  const file: ProtoFile = { messages: [{ name: 'Order', fields }], enums };
  const { toWire, fromWire } = symbolsAsNumbers(version);
  return {
    schema: { format: 'protobuf', schema: file },
    encode: (values) => encodeProto(file, 'Order', toWire(values) as ProtoDatum),
    decode: (bytes) => fromWire(decodeProto(file, 'Order', bytes)),
  };
};
