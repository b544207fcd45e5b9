/** No guard: every miss loads. The handbook's cache-aside (section 1.1) as printed, and the way to a stampede. */
import type { LoadGuardFactory } from './load-guard.ts';

export const noGuard: LoadGuardFactory = ({ loadAndStore }) => ({ load: loadAndStore, loading: () => false });
