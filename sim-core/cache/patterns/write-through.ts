/**
 * Write-through as a facade does it: reads are those of read-through, and a write's two steps (`../consistency/write-through.ts`) wait
 * for the loads and writes of their key that this instance has under way. Another instance's put may still overtake.
 */
import { writeThrough } from '../consistency/write-through.ts';
import type { CachePattern } from './cache-pattern.ts';
import { ReadThrough } from './read-through.ts';

export class WriteThrough extends ReadThrough {
  protected override writing(): Pick<CachePattern, 'write'> {
    return writeThrough(this.app);
  }
}
