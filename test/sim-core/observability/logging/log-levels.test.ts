/** Levels that are lowered for a while, for all or for one user. */
import { expect, it } from 'vitest';
import { s } from '../../../../sim-core/kernel/time.ts';
import { LogLevels } from '../../../../sim-core/observability/logging/log-levels.ts';

it('is the base, and nothing below it', () => {
  const levels = new LogLevels('INFO');
  expect(['DEBUG', 'INFO', 'WARN'].map((severity) => levels.isEnabled(severity as 'INFO', 0))).toEqual([
    false,
    true,
    true,
  ]);
});

it('is lower from the call until its end', () => {
  const levels = new LogLevels('INFO');
  levels.raise('DEBUG', s(10));
  expect([levels.isEnabled('TRACE', 0), levels.isEnabled('DEBUG', 0), levels.isEnabled('DEBUG', s(10) - 1)]).toEqual([
    false,
    true,
    true,
  ]);
  expect(levels.isEnabled('DEBUG', s(10))).toBe(false);
});

it('is lower for one user alone', () => {
  const levels = new LogLevels('WARN');
  levels.raise('DEBUG', s(10), 'u-7');
  levels.raise('INFO', s(5));
  expect(levels.isEnabled('DEBUG', 0, 'u-7')).toBe(true);
  expect(levels.isEnabled('DEBUG', 0, 'u-8')).toBe(false);
  expect(levels.isEnabled('DEBUG', 0)).toBe(false);
  expect(levels.isEnabled('INFO', s(4), 'u-8')).toBe(true);
  expect(levels.isEnabled('INFO', s(5), 'u-8')).toBe(false);
});
