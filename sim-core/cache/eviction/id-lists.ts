/**
 * Doubly linked lists over dense ids, an id in at most one list at a time: the order in which a policy will give its
 * entries up. The links of an id lie side by side in one Int32Array, so that moving an entry touches three cache
 * lines and allocates nothing.
 *
 * Each list is a circle through its head, and the heads are negative ids: list k's is -1 - k. An empty list's head is
 * its own neighbour; no operation has a special case for the ends.
 *
 * Where a policy's loop over many requests works on the array itself, it speaks of places: of an id or a head the index
 * of its links. They hold places, too, and where an id is in no list the first of them is `NOWHERE`.
 */
import { grownInts } from './growing-array.ts';

/** The head of list `list`: before its first id, after its last. */
export const headOf = (list: number): number => -1 - list;

/** No place: what new links hold. */
export const NOWHERE = 0;

/** Puts a place that is in no list before `next`. */
export function linkBefore(links: Int32Array, next: number, place: number): void {
  const previous = links[next + 1];
  links[place] = next;
  links[place + 1] = previous;
  links[previous] = place;
  links[next + 1] = place;
}

/** Takes a place out of its list. */
export function unlink(links: Int32Array, place: number): void {
  const next = links[place];
  const previous = links[place + 1];
  links[previous] = next;
  links[next + 1] = previous;
  links[place] = NOWHERE;
}

export class IdLists {
  /** At a place the next one in the list, and after it the previous one. */
  links: Int32Array;
  /** Places begin before the heads, and the first one is nowhere. */
  readonly offset: number;

  constructor(lists: number, room: number) {
    this.offset = lists + 1;
    this.links = new Int32Array(2 * (room + this.offset));
    for (let list = 0; list < lists; list++) {
      const head = this.placeOf(headOf(list));
      this.links[head] = head;
      this.links[head + 1] = head;
    }
  }

  /** Where the links of an id or a head are; beyond the array's end there is no room for them yet. */
  placeOf(id: number): number {
    return (id + this.offset) << 1;
  }

  /** Is the id, for which there is room, in a list? */
  includes(id: number): boolean {
    return this.links[(id + this.offset) << 1] !== NOWHERE;
  }

  /** The id after this one, or the head after the last. After a head: the first. */
  next(id: number): number {
    return (this.links[(id + this.offset) << 1] >> 1) - this.offset;
  }

  /** The id before this one, or the head before the first. Before a head: the last. */
  previous(id: number): number {
    return (this.links[((id + this.offset) << 1) + 1] >> 1) - this.offset;
  }

  /** Puts an id that is in no list before `before`, an id or a head: before a head is at the list's end. */
  insertBefore(before: number, id: number): void {
    linkBefore(this.links, (before + this.offset) << 1, (id + this.offset) << 1);
  }

  /** Takes an id out of the list that it is in. */
  unlink(id: number): void {
    unlink(this.links, (id + this.offset) << 1);
  }

  /** Ids below this have links. */
  get room(): number {
    return (this.links.length >> 1) - this.offset;
  }

  /** Makes room for ids below `room`. */
  grow(room: number): void {
    this.links = grownInts(this.links, 2 * (room + this.offset));
  }
}
