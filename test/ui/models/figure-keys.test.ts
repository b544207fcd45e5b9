/** Keys in a figure: where they move the cursor, what they pick, and which of them are none of the figure's. */
import { expect, it } from 'vitest';
import { figureAction, pickedAfter } from '../../../ui/models/figure-keys.ts';

const rows = { count: 4, interval: 10, duration: 38 };
const pressed = (key: string, time = 15, held: Partial<Record<'shiftKey' | 'altKey' | 'ctrlKey', boolean>> = {}) =>
  figureAction({ key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...held }, rows, time);

it('move the cursor to the middle of a row, and not out of the run', () => {
  expect(['ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageDown'].map((key) => pressed(key))).toEqual(
    [5, 25, 5, 35, 35].map((seek) => ({ seek })),
  );
  expect(pressed('ArrowLeft', 2)).toEqual({ seek: 5 });
  expect(pressed('ArrowRight', 15, { shiftKey: true })).toEqual({ seek: 35 });
});

it('pick one thing after another, and none between the last and the first', () => {
  expect([pressed('ArrowDown'), pressed('ArrowUp')]).toEqual([{ pick: 1 }, { pick: -1 }]);
  expect([-1, 0, 1].map((picked) => pickedAfter(picked, 1, 2))).toEqual([0, 1, -1]);
  expect([-1, 0, 1].map((picked) => pickedAfter(picked, -1, 2))).toEqual([1, -1, 0]);
});

it('open the table, and leave to the browser what is held with another key', () => {
  expect([pressed('t'), pressed('T')]).toEqual(['table', 'table']);
  expect([pressed('t', 0, { ctrlKey: true }), pressed('ArrowLeft', 0, { altKey: true }), pressed('x')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
