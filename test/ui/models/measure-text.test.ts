/** How values are written. */
import { expect, it } from 'vitest';
import {
  axisText,
  countText,
  axisUnit,
  instantText,
  measureText,
  numberText,
  secondsText,
  unitText,
} from '../../../ui/models/measure-text.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

it.each([
  [{ kind: 'ratio', unit: '1' }, 0.932, '93.2 %'],
  [{ kind: 'ratio', unit: '1' }, NaN, '–'],
  [{ kind: 'gauge', unit: '1' }, 0.545, '54.5 %'],
  [{ kind: 'rate', unit: '1/s' }, 1012.4, '1,012/s'],
  [{ kind: 'rate', unit: 'By/s' }, 1_500_000, '1.43 MiB/s'],
  [{ kind: 'rate', unit: '{span}/s' }, 12.34, '12.3/s'],
  [{ kind: 'histogram', unit: 's' }, 0.0124, '12.4 ms'],
  [{ kind: 'gauge', unit: '{connection}' }, 20, '20'],
  [{ kind: 'gauge', unit: 'By' }, 1536, '1.5 KiB'],
] as const)('%j of %d', (signal, value, text) => {
  expect(plain(measureText(signal, value))).toBe(text);
});

it.each([
  [{ kind: 'rate', unit: '1/s' }, 1012.4, '1,012'],
  [{ kind: 'rate', unit: '1/s' }, 2.5e6, '2.5 M'],
  [{ kind: 'gauge', unit: '{thing}' }, -3e12, '-3 T'],
  [{ kind: 'gauge', unit: '{thing}' }, 999_999, '999,999'],
  [{ kind: 'histogram', unit: 's' }, 0.5, '500 ms'],
] as const)('beside an axis, %j of %d', (signal, value, text) => {
  expect(plain(axisText(signal, value))).toBe(text);
});

it.each([
  [0, '0 s'],
  [0.00084, '840 µs'],
  [0.0009999, '1 ms'],
  [0.9999, '1 s'],
  [2.4567, '2.46 s'],
  [123.4, '123 s'],
])('%d seconds', (seconds, text) => {
  expect(plain(secondsText(seconds))).toBe(text);
});

it('numbers keep three digits and thousands are apart', () => {
  expect([0, 0.5, 9.876, 99.94, 99.96, 12345.6, 0.00012].map(numberText)).toEqual([
    '0',
    '0.5',
    '9.88',
    '99.9',
    '100',
    '12,346',
    '1.2e-4',
  ]);
  expect(countText(191614)).toBe('191,614');
});

it('instants have as many digits as their resolution tells apart', () => {
  expect([1e9, 1e8, 1e6].map((resolution) => plain(instantText(10.3e9, resolution)))).toEqual([
    '10 s',
    '10.3 s',
    '10.300 s',
  ]);
});

it('instants and durations of hours are told by the clock', () => {
  const instants = [7199e9, 7200e9, 536_400e9, 536_460.25e9, 30 * 86_400e9];
  expect(instants.map((time) => plain(instantText(time, 1e7)))).toEqual([
    '7199.00 s',
    '2 h',
    '6 d 5 h',
    '6 d 5 h 1 min 0.25 s',
    '30 d',
  ]);
  expect([7199, 9120, 48_100, 2_592_000].map((seconds) => plain(secondsText(seconds)))).toEqual([
    '7,199 s',
    '2.53 h',
    '13.4 h',
    '30 d',
  ]);
  expect([60, 7200, 200_000].map((seconds) => axisUnit(seconds).unit)).toEqual(['s', 'h', 'd']);
});

it('bytes beside an axis have two digits and no second', () => {
  const bytes = [0, 1_500_000, 500_000].map((value) => axisText({ kind: 'rate', unit: 'By/s' }, value));
  expect(bytes.map(plain)).toEqual(['0 B', '1.4 MiB', '488 KiB']);
});

it('units are words', () => {
  expect(unitText({ kind: 'rate', unit: 'By/s' })).toBe('bytes per second');
  expect(unitText({ kind: 'rate', unit: '{span}/s' })).toBe('spans per second');
  expect(unitText({ kind: 'gauge', unit: '{connection}' })).toBe('connections');
  expect(unitText({ kind: 'gauge', unit: '{query}' })).toBe('queries');
  expect(unitText({ kind: 'gauge', unit: '{key}' })).toBe('keys');
  expect(unitText({ kind: 'gauge', unit: '{series}' })).toBe('series');
  expect(unitText({ kind: 'gauge', unit: '{batch}' })).toBe('batches');
  expect(unitText({ kind: 'gauge', unit: '1' })).toBe('per cent');
  expect(unitText({ kind: 'counter', unit: '1' })).toBe('count an interval');
});
