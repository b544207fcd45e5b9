/**
 * Files of tests that need no browser share a worker, and with it the modules of the engine: what one has replaced there by vitest's
 * means, a planted fault say, is as it was before the next begins. What it has assigned by itself is its own affair.
 */
import { afterAll, vi } from 'vitest';

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
