/**
 * Keeps the part of the heap in which objects are born at two halves of 8 MB. What a simulation throws away dies young:
 * with 8 MB a half a run of stampede takes as much CPU time as with V8's own bound of 16 MB, and 16 MB less memory; with
 * 4 MB a half it takes a tenth more time.
 *
 * V8 doubles the halves whenever as much as one holds has survived since the last time, which a run of any size comes to
 * sooner or later. Its bound on them is read at start, before a program has a say, but the factor by which they grow is
 * read each time (`SemiSpaceNewSpace::Grow`, V8 11.3, `src/heap/new-spaces.cc`). A V8 that knows no factor of 1 goes on
 * doubling, and nothing is lost but the memory.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Both halves, in bytes. */
const YOUNG_GENERATION_MAX = 16 * 1024 * 1024;

/** To be called now and then: once the young generation has come to its bound it does not grow further. */
export function boundYoungGeneration(): void {
  if (youngGenerationSize() >= YOUNG_GENERATION_MAX) setFlagsFromString('--semi-space-growth-factor=1');
}

/** What both halves take, in bytes. */
export function youngGenerationSize(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')!.space_size;
}
