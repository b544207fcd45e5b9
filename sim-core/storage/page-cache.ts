/**
 * What the kernel does with files that nobody syncs: Linux looks every 5 s for pages that were written 30 s ago or before, and
 * writes them to disk (`vm.dirty_writeback_centisecs` and `vm.dirty_expire_centisecs`, kernel documentation,
 * admin-guide/sysctl/vm). A process that dies loses nothing of what it had written; a machine that loses its power does.
 *
 * Does not model that a page is written back with what came to it later, that writes beyond `vm.dirty_background_ratio` are
 * written back at once, or how long that takes.
 */
import { s, type Time } from '../kernel/time.ts';

/** Who died: a process, or the machine that it ran on. */
export type Death = 'process' | 'machine';

const WRITEBACK_EVERY = s(5);
const WRITEBACK_AGE = s(30);

/** All that was written before this time is on disk. */
export const writtenBackBy = (now: Time): Time => Math.floor(now / WRITEBACK_EVERY) * WRITEBACK_EVERY - WRITEBACK_AGE;
