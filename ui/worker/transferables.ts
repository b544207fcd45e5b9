/** What of a plain value can be moved to another thread instead of being copied, and copies to be moved while it stays. */

/** The buffers of all typed arrays in a plain value, each once. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if (ArrayBuffer.isView(part)) {
      if (part.buffer instanceof ArrayBuffer) buffers.add(part.buffer);
      return;
    }
    for (const inner of Array.isArray(part) ? part : Object.values(part)) visit(inner);
  };
  visit(value);
  return [...buffers];
}

/**
 * The same plain value with every typed array copied, and no longer than it is: a clone by `postMessage` would hold all
 * of the memory that an array is a view of.
 */
export function compactCopy<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return (value as unknown as Float64Array).slice() as unknown as Value;
  if (Array.isArray(value)) return value.map(compactCopy) as Value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, compactCopy(part)])) as Value;
}
