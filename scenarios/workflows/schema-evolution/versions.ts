/**
 * Orders, the versions of their schema, and the changes from one to the next. A version says of each field which attribute of
 * the order it carries: two versions may call it by other names, numbers, types or units, or leave it out. That is what the
 * developers mean; the wire does not know it.
 */
export interface Order {
  readonly id: number;
  readonly cents: number;
  readonly status: string;
  readonly note: string;
  readonly email: string;
  readonly priority: number;
  readonly coupon: string;
}

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly attribute: keyof Order;
  readonly type: 'int' | 'long' | 'text' | 'status';
  /** A field without one is required, where the format has that. */
  readonly default?: number | string | undefined;
  /** Of a status: the symbols, in the order of their numbers. */
  readonly symbols?: readonly string[];
  /** How many of the attribute's units are one of the field's. */
  readonly unit?: number;
}

export type Version = readonly Field[];
/** A record's fields by name, whatever the format; undefined is a symbol that the reader has no name for. */
export type FieldValues = Readonly<Record<string, number | string | undefined>>;

export const FIRST_VERSION: Version = [
  { name: 'id', number: 1, attribute: 'id', type: 'int' },
  { name: 'amount', number: 2, attribute: 'cents', type: 'int' },
  { name: 'status', number: 3, attribute: 'status', type: 'status', symbols: ['PLACED', 'PAID', 'SHIPPED'] },
  { name: 'note', number: 4, attribute: 'note', type: 'text', default: '' },
  { name: 'email', number: 5, attribute: 'email', type: 'text' },
];

const without = (version: Version, attribute: keyof Order): Version =>
  version.filter((field) => field.attribute !== attribute);
const changed = (version: Version, attribute: keyof Order, change: Partial<Field>): Version =>
  version.map((field) => (field.attribute === attribute ? { ...field, ...change } : field));
const PRIORITY: Field = { name: 'priority', number: 6, attribute: 'priority', type: 'int' };

export const CHANGES = {
  'add-with-default': (version: Version): Version => [...without(version, 'priority'), { ...PRIORITY, default: 0 }],
  'add-required': (version: Version): Version => [...without(version, 'priority'), PRIORITY],
  'remove-optional': (version: Version): Version => without(version, 'note'),
  'remove-required': (version: Version): Version => without(version, 'email'),
  rename: (version: Version): Version => changed(version, 'email', { name: 'mail' }),
  'rename-with-default': (version: Version): Version => changed(version, 'note', { name: 'remark' }),
  widen: (version: Version): Version => changed(version, 'cents', { type: 'long' }),
  'change-type': (version: Version): Version => changed(version, 'cents', { type: 'text' }),
  'reuse-number': (version: Version): Version => [
    ...without(without(version, 'note'), 'coupon'),
    { name: 'coupon', number: 4, attribute: 'coupon', type: 'text', default: '' },
  ],
  'add-symbol': (version: Version): Version =>
    changed(version, 'status', { symbols: ['PLACED', 'PAID', 'SHIPPED', 'REFUNDED'] }),
  'change-unit': (version: Version): Version => changed(version, 'cents', { unit: 100 }),
  'drop-defaults': (version: Version): Version => version.map((field) => ({ ...field, default: undefined })),
} as const;
export type Change = keyof typeof CHANGES;
export const CHANGE_NAMES = Object.keys(CHANGES) as Change[];

/** What a version writes of an order. */
export function valuesOf(version: Version, order: Order): FieldValues {
  const values: Record<string, number | string> = {};
  for (const field of version) values[field.name] = valueOf(field, order);
  return values;
}

function valueOf({ attribute, unit = 1, type }: Field, order: Order): number | string {
  const value = order[attribute];
  const inUnits = typeof value === 'number' ? value / unit : value;
  return type === 'text' ? String(inUnits) : inUnits;
}

/** The first field whose value is not what the order's writer meant; undefined if all are. */
export function misreadField(reader: Version, writer: Version, order: Order, read: FieldValues): string | undefined {
  const wrong = reader.find((field) => {
    const isWritten = writer.some(({ attribute }) => attribute === field.attribute);
    const meant = isWritten ? valueOf(field, order) : field.default;
    return (read[field.name] ?? field.default) !== meant;
  });
  return wrong?.name;
}
