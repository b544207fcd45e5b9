/**
 * A store for traces in the way of Grafana Tempo, by volume: blocks by time on a disk, each kept for so long and then deleted (TTL). A
 * search reads the blocks of the time that it asks about, whole. A disk that is full takes nothing more, and whoever
 * writes is asked to try again: with no TTL it never will have room.
 *
 * Tempo keeps blocks for 14 days by default: https://grafana.com/docs/tempo/latest/configuration/#compactor. It has object storage
 * in place of a disk, where a bill takes the place of an end.
 */
import type { Duration, Time } from '../../../kernel/time.ts';
import { keepsFor } from '../../signals/retention.ts';
import type { ExportRequest } from '../export-request.ts';
import type { Keeper, StoreQuery, Written } from './keeper.ts';
import { TimePartitions } from './time-partitions.ts';

export interface TraceBlocksOptions {
  /** How long a block is kept after its end; Infinity for ever. */
  readonly ttl: Duration;
  /** Of time that one block is of. */
  readonly blockSpan: Duration;
  /** Bytes that there is room for. */
  readonly diskMax: number;
}

export class TraceBlocks implements Keeper {
  private readonly options: TraceBlocksOptions;
  private readonly blocks: TimePartitions;
  private deleted = 0;

  constructor(options: TraceBlocksOptions) {
    this.options = options;
    this.blocks = new TimePartitions(options.blockSpan);
  }

  get bytes(): number {
    return this.blocks.total;
  }

  write({ items, bundles = [], bytes }: ExportRequest, now: Time): Written {
    const { ttl, diskMax } = this.options;
    if (ttl < Infinity) this.deleted += this.blocks.deleteBefore(now - ttl);
    if (this.blocks.total + bytes > diskMax) return 'overloaded';
    let rejected = 0;
    let single = bytes;
    // What is older than what is kept is rejected.
    for (const bundle of bundles) {
      single -= bundle.bytes;
      if (!this.blocks.add(bundle.time, bundle.bytes)) rejected += bundle.count;
    }
    // Single spans have just ended, as far as a block's width can tell.
    if (items.length > 0) this.blocks.add(now, single);
    return { rejected };
  }

  amountToRead({ from, to }: StoreQuery): number {
    return this.blocks.within(from, to);
  }

  state(): Readonly<Record<string, number | string>> {
    return { 'bytes kept': this.blocks.total, 'bytes deleted': this.deleted, ...keepsFor(this.options.ttl) };
  }

  violations(): readonly string[] {
    const { diskMax } = this.options;
    return this.blocks.total > diskMax ? [`trace blocks: ${this.blocks.total} bytes on a disk of ${diskMax}`] : [];
  }
}
