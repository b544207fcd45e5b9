/** Typed arrays indexed by dense ids: copied into twice the room when an id beyond their end appears. */

/** Room for `id`, at least twice the room there was, so that growth costs O(1) an id on average. */
export const roomFor = (id: number, room: number): number => Math.max(id + 1, room * 2);

/** Are all the ids below this? A difference with the sign of one that is not has it, too, when all are joined by their bits. */
export function areBelow(ids: Int32Array, room: number): boolean {
  let joined = 0;
  for (let i = 0; i < ids.length; i++) joined |= room - 1 - ids[i];
  return joined >= 0;
}

/** The highest of ids, -1 of none. */
export function highestOf(ids: Int32Array): number {
  let highest = -1;
  for (let i = 0; i < ids.length; i++) highest = Math.max(highest, ids[i]);
  return highest;
}

/** The bytes in an array of `room`, the new ones zero. */
export function grownBytes(bytes: Uint8Array, room: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(room);
  grown.set(bytes);
  return grown;
}

/** The integers in an array of `room`, the new ones zero. */
export function grownInts(ints: Int32Array, room: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(room);
  grown.set(ints);
  return grown;
}
