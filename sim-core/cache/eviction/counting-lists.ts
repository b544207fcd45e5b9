/** Lists that tell what is done to them, for who wants to know what a policy's bookkeeping costs. */
import type { Bookkeeping } from './bookkeeping.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions } from './eviction-policy.ts';
import { IdLists } from './id-lists.ts';

const LINKS_BYTES = 8;

class CountingLists extends IdLists {
  private readonly bookkeeping: Bookkeeping;

  constructor(lists: number, room: number, bookkeeping: Bookkeeping) {
    super(lists, room);
    this.bookkeeping = bookkeeping;
  }

  override next(id: number): number {
    this.bookkeeping.steps++;
    return super.next(id);
  }

  override previous(id: number): number {
    this.bookkeeping.steps++;
    return super.previous(id);
  }

  override insertBefore(place: number, id: number): void {
    this.bookkeeping.steps++;
    this.bookkeeping.bytes += LINKS_BYTES;
    super.insertBefore(place, id);
  }

  override unlink(id: number): void {
    this.bookkeeping.steps++;
    this.bookkeeping.bytes -= LINKS_BYTES;
    super.unlink(id);
  }
}

/** So many lists for a policy, counting where somebody wants to know. */
export function listsFor(options: EvictionOptions, lists: number): IdLists {
  const room = initialRoom(options);
  return options.bookkeeping === undefined
    ? new IdLists(lists, room)
    : new CountingLists(lists, room, options.bookkeeping);
}
