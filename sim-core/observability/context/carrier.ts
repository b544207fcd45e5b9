/**
 * What context travels in: the headers of an HTTP call, of a message or of a record. Names are compared without regard to
 * case, as HTTP's are; a name may be there more than once, as a list or in several spellings.
 */

export type Carrier = Readonly<Record<string, unknown>>;

/** All values that are text of the header with this name, in order; `name` is in lower case. */
export function valuesOf(carrier: Carrier, name: string): readonly string[] {
  const values: string[] = [];
  for (const key of Object.keys(carrier)) {
    if (key !== name && key.toLowerCase() !== name) continue;
    const value = carrier[key];
    for (const each of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (typeof each === 'string') values.push(each);
    }
  }
  return values;
}

/** The header's only value; undefined where it is missing or there more than once. */
export function onlyValueOf(carrier: Carrier, name: string): string | undefined {
  const values = valuesOf(carrier, name);
  return values.length === 1 ? values[0] : undefined;
}
