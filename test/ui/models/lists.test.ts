/** Keys, addresses and the parts that variants play. */
import { describe, expect, it } from 'vitest';
import { actionOf, KEY_TABLE, strokeTexts } from '../../../ui/models/key-table.ts';
import { CALIBRATION, labHash, parseRoute, SPECIMENS } from '../../../ui/models/route.ts';
import { rolesText } from '../../../ui/models/variant-roles.ts';

describe('keys', () => {
  const press = (key: string, held: Partial<Record<'shiftKey' | 'altKey' | 'ctrlKey', boolean>> = {}) =>
    actionOf({ key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...held });

  it('act by the table', () => {
    expect([
      press(' '),
      press('ArrowRight'),
      press('ArrowRight', { shiftKey: true }),
      press('ArrowLeft', { altKey: true }),
    ]).toEqual(['toggle', 'forward', 'forward-second', 'previous-interesting']);
    expect(press('?', { shiftKey: true })).toBe('help');
    expect(press('ArrowRight', { ctrlKey: true })).toBeUndefined();
  });

  it('are never bare letters, and each stroke does one thing', () => {
    const strokes = KEY_TABLE.flatMap(strokeTexts);
    expect(new Set(strokes).size).toBe(strokes.length);
    for (const stroke of strokes) expect(stroke).not.toMatch(/^[a-z]$/i);
  });
});

it('addresses lead to pages and back', () => {
  for (const home of ['', '#', '#/']) expect(parseRoute(home)).toEqual({ page: 'home' });
  expect(parseRoute(CALIBRATION)).toEqual({ page: 'notebook', notebook: 'calibration' });
  expect(parseRoute(SPECIMENS)).toEqual({ page: 'specimens' });
  expect(parseRoute(`${SPECIMENS}/hot-keys`)).toEqual({ page: 'specimens', specimen: 'hot-keys' });
  expect(parseRoute(labHash('cache-flush'))).toEqual({ page: 'lab', scenario: 'cache-flush' });
  expect(parseRoute('#/lab/Not%20One')).toEqual({ page: 'unknown', hash: '#/lab/Not%20One' });
});

it('counts the parts that variants play', () => {
  expect(rolesText({ a: 'pitfall', b: 'remedy', c: 'remedy' })).toBe('1 pitfall, 2 remedies');
});
