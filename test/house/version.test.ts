/** A recording names the engine by its version; the package's own must be the same, or replays blame the wrong one. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ENGINE_VERSION } from '../../sim-core/lab/version.ts';

it('the package and its engine have one version', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(ENGINE_VERSION).toBe(version);
});
