/**
 * What a policy's bookkeeping costs, counted where it is done, so that it follows from the mechanism. A step is a link of
 * a list followed or changed, a place of a ring looked at or written, an entry moved within a heap or a table, a counter of a
 * sketch or a bit of a filter touched, or a draw. Bytes are those of links (two of four bytes wherever an object is in a list,
 * held or only remembered), of a ring's places, of heaps and tables, and of sketches and filters. A flag or two of an
 * object, which every policy has, are left out, and so is the table from keys to entries.
 *
 * Only who asks for it pays: lists that count are a class of their own (`counting-lists.ts`).
 */
export class Bookkeeping {
  /** Steps so far, */
  steps = 0;
  /** and bytes now. */
  bytes = 0;
}
