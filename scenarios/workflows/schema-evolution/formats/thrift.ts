/** Orders in Thrift's binary protocol: fields found by id, required where they have no default. */
import { decodeThrift, encodeThrift, type ThriftStruct } from '../../../../sim-core/index.ts';
import type { Format } from './format.ts';
import { symbolsAsNumbers } from './wire-values.ts';

const TYPES = { int: 'i32', long: 'i64', text: 'string', status: 'i32' } as const;

export const thrift: Format = (version) => {
  const struct: ThriftStruct = {
    name: 'Order',
    fields: version.map(({ name, number, type, default: fallback }) => ({
      id: number,
      name,
      type: TYPES[type],
      ...(fallback === undefined ? { requiredness: 'required' as const } : { default: fallback }),
    })),
  };
  const { toWire, fromWire } = symbolsAsNumbers(version);
  return {
    schema: { format: 'thrift', schema: struct },
    encode: (values) => encodeThrift(struct, toWire(values)),
    decode: (bytes) => fromWire(decodeThrift(struct, bytes)),
  };
};
