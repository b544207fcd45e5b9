/**
 * Doubly linked lists over dense ids, an id in at most one list at a time: the order in which a policy will give its
 * entries up. The links of an id lie side by side in one Int32Array, so that moving an entry touches three cache
 * lines and allocates nothing.
 *
 * Each list is a circle through its head, and the heads are negative ids: list k's is -1 - k. An empty list's head is
 * its own neighbour; no operation has a special case for the ends. Whether an id is in a list is its owner's to know.
 */
import { grownInts } from './growing-array.ts';

/** The head of list `list`: before its first id, after its last. */
export const headOf = (list: number): number => -1 - list;

export class IdLists {
  /** At 2 x (id + offset) the next id, and after it the previous one. */
  private links: Int32Array;
  private readonly offset: number;

  constructor(lists: number, room: number) {
    this.offset = lists;
    this.links = new Int32Array(2 * (room + lists));
    for (let list = 0; list < lists; list++) {
      const head = headOf(list);
      this.links[2 * (head + lists)] = head;
      this.links[2 * (head + lists) + 1] = head;
    }
  }

  /** The id after this one, or the head after the last. After a head: the first. */
  next(id: number): number {
    return this.links[2 * (id + this.offset)];
  }

  /** The id before this one, or the head before the first. Before a head: the last. */
  previous(id: number): number {
    return this.links[2 * (id + this.offset) + 1];
  }

  /** Puts an id that is in no list before `place`, an id or a head: before a head is at the list's end. */
  insertBefore(place: number, id: number): void {
    const links = this.links;
    const offset = this.offset;
    const previous = links[2 * (place + offset) + 1];
    links[2 * (id + offset)] = place;
    links[2 * (id + offset) + 1] = previous;
    links[2 * (previous + offset)] = id;
    links[2 * (place + offset) + 1] = id;
  }

  /** Takes an id out of the list that it is in. */
  unlink(id: number): void {
    const links = this.links;
    const offset = this.offset;
    const next = links[2 * (id + offset)];
    const previous = links[2 * (id + offset) + 1];
    links[2 * (previous + offset)] = next;
    links[2 * (next + offset) + 1] = previous;
  }

  /** Makes room for ids below `room`. */
  grow(room: number): void {
    this.links = grownInts(this.links, 2 * (room + this.offset));
  }
}
