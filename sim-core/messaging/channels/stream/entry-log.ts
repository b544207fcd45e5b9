/**
 * The entries of a stream, by id. As in Redis they lie in nodes of up to 100, in the order in which they were added; a
 * deleted entry leaves a gap in its node, which goes with its last entry. What `~` trims is whole nodes from the front,
 * so that it costs next to nothing: `XTRIM s MAXLEN ~ 120` of 250 entries leaves 150.
 * Redis 7.0 also begins a node when the present one has 4,096 bytes (`stream-node-max-bytes`): sizes are not modelled.
 */
import { compareIds, LAST_ID, placeOf, ZERO_ID, type EntryId } from './entry-id.ts';

/** `stream-node-max-entries` of Redis. */
export const NODE_ENTRIES = 100;

export interface StreamEntry<Value> {
  readonly id: EntryId;
  readonly value: Value;
}

interface Node<Value> {
  /** Entries that are there, and how many were ever added to it. */
  entries: StreamEntry<Value>[];
  added: number;
  readonly first: EntryId;
  /** The last id that was added to it, deleted or not. */
  last: EntryId;
}

/** How far a stream is cut from its oldest end, and whether only by whole nodes (`~`). */
export interface Trim {
  /** The most entries that stay, or the least id that stays. */
  readonly keep: { readonly maxLength: number } | { readonly minId: EntryId };
  readonly approximate?: boolean;
  /** Entries that an approximate trim removes at most; none if 0. 100 nodes unless given. */
  readonly limit?: number;
}

const firstOf = (node: Node<unknown>): EntryId => node.first;
const idOf = (entry: StreamEntry<unknown>): EntryId => entry.id;

export class EntryLog<Value> {
  private readonly nodes: Node<Value>[] = [];
  private held = 0;

  /** Entries that are there. */
  get length(): number {
    return this.held;
  }

  /** The oldest and the newest entry that are there. */
  get first(): StreamEntry<Value> | undefined {
    return this.nodes[0]?.entries[0];
  }
  get last(): StreamEntry<Value> | undefined {
    return this.nodes.at(-1)?.entries.at(-1);
  }

  /** Adds an entry whose id is above all that were added before. */
  append(entry: StreamEntry<Value>): void {
    this.held++;
    const node = this.nodes.at(-1);
    if (node === undefined || node.added >= NODE_ENTRIES) {
      this.nodes.push({ entries: [entry], added: 1, first: entry.id, last: entry.id });
      return;
    }
    node.entries.push(entry);
    node.added++;
    node.last = entry.id;
  }

  get(id: EntryId): StreamEntry<Value> | undefined {
    const node = this.nodes[this.nodeOf(id)];
    const entry = node?.entries[placeOf(node.entries, id, idOf)];
    return entry !== undefined && compareIds(entry.id, id) === 0 ? entry : undefined;
  }

  /** Entries from one id to another, both included, oldest first, `count` at most. */
  range(from: EntryId = ZERO_ID, to: EntryId = LAST_ID, count = Infinity): StreamEntry<Value>[] {
    const found: StreamEntry<Value>[] = [];
    for (let n = this.nodeOf(from); n < this.nodes.length; n++) {
      const { entries } = this.nodes[n];
      for (let i = placeOf(entries, from, idOf); i < entries.length; i++) {
        if (found.length >= count || compareIds(entries[i].id, to) > 0) return found;
        found.push(entries[i]);
      }
    }
    return found;
  }

  /** As `range`, newest first. */
  reverseRange(from: EntryId, to: EntryId, count = Infinity): StreamEntry<Value>[] {
    const found: StreamEntry<Value>[] = [];
    for (let n = Math.min(this.nodeOf(to), this.nodes.length - 1); n >= 0; n--) {
      const { entries } = this.nodes[n];
      for (let i = entries.length - 1; i >= 0; i--) {
        if (compareIds(entries[i].id, to) > 0) continue;
        if (found.length >= count || compareIds(entries[i].id, from) < 0) return found;
        found.push(entries[i]);
      }
    }
    return found;
  }

  /** Takes an entry out; undefined if it is not there. */
  delete(id: EntryId): StreamEntry<Value> | undefined {
    const n = this.nodeOf(id);
    const node = this.nodes[n];
    if (node === undefined) return undefined;
    const i = placeOf(node.entries, id, idOf);
    const entry = node.entries[i];
    if (entry === undefined || compareIds(entry.id, id) !== 0) return undefined;
    node.entries.splice(i, 1);
    this.held--;
    if (node.entries.length === 0) this.nodes.splice(n, 1);
    return entry;
  }

  /** Removes the oldest entries, and gives them. */
  trim({ keep, approximate = false, limit = 100 * NODE_ENTRIES }: Trim): StreamEntry<Value>[] {
    const removed: StreamEntry<Value>[] = [];
    const most = approximate && limit > 0 ? limit : Infinity;
    const goes = (node: Node<Value>): boolean =>
      'minId' in keep ? compareIds(node.last, keep.minId) < 0 : this.held - node.entries.length >= keep.maxLength;
    while (this.nodes.length > 0) {
      const [node] = this.nodes;
      if (removed.length + node.entries.length > most) return removed;
      if (!goes(node)) break;
      removed.push(...node.entries);
      this.held -= node.entries.length;
      this.nodes.shift();
    }
    if (!approximate && this.nodes.length > 0) this.trimFirstNode(keep, removed);
    return removed;
  }

  private trimFirstNode(keep: Trim['keep'], removed: StreamEntry<Value>[]): void {
    const [node] = this.nodes;
    const count = 'minId' in keep ? placeOf(node.entries, keep.minId, idOf) : Math.max(0, this.held - keep.maxLength);
    removed.push(...node.entries.splice(0, count));
    this.held -= count;
    if (node.entries.length === 0) this.nodes.shift();
  }

  /** The node that would hold an id: the last one that begins at it or before; 0 if there is none. */
  private nodeOf(id: EntryId): number {
    const n = placeOf(this.nodes, id, firstOf);
    const node = this.nodes[n];
    return node !== undefined && compareIds(node.first, id) === 0 ? n : Math.max(0, n - 1);
  }
}
