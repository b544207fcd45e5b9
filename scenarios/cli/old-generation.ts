/**
 * Has V8 collect the part of the heap in which the long-lived are whenever it has grown by half, or by 8 MB if that is more.
 *
 * By itself V8 lets it grow by a factor that it works out of how fast its collector was beside the program, and that is 4 at most: the
 * busier the machine, the more is kept of what caches have evicted. The factor can be set, and is read at every collection
 * (`MemoryController::GrowingFactor`, V8 11.3, `src/heap/heap-controller.cc`); the 8 MB are V8's own.
 */
import { setFlagsFromString } from 'node:v8';

/** To be called early: it holds from the next collection on. */
export function boundOldGeneration(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
