/** Values as the command line writes them. */
import { expect, it } from 'vitest';
import { quantity } from '../../../sim-core/statistics/quantity.ts';

it.each([
  [0.9994, 's', '999 ms'],
  [0.9996, 's', '1 s'],
  [-0.9996, 's', '-1 s'],
  [9.996e-4, 's', '1 ms'],
  [1e-6, 's', '1 µs'],
  [12.34, 's', '12.3 s'],
  [0, 's', '0'],
  [999.6, 'By', '1 kB'],
  [1500, 'By', '1.5 kB'],
  [NaN, 's', '–'],
  [1234.5, '{request}/s', '1,235/s'],
])('%d %s is written %s', (value, unit, text) => {
  expect(quantity(value, unit)).toBe(text);
});
