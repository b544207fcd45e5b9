/**
 * Files of tests that need no browser share a worker, and with it the modules of the engine: what one has replaced there
 * for a while, a planted fault say, is as it was before the next begins.
 */
import { afterAll, vi } from 'vitest';

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
