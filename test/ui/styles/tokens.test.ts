/**
 * The palette keeps its promises: text at 4.5:1 and marks at 3:1 on every ground, and any two roles apart for eyes that
 * see all colours and for those that lack one cone (Machado, Oliveira and Fernandes, "A Physiologically-based Model for
 * Simulation of Color Vision Deficiency", 2009, severity 1), as distances in OKLab (bottosson.github.io/posts/oklab).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Triple = readonly [number, number, number];

const css = readFileSync(new URL('../../../ui/styles/tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);
const ROLES = ['ok', 'miss', 'stale', 'failed', 'retry', 'waiting'];
const GROUNDS = ['ground', 'surface'];
/** Of any two roles, under any vision, in hundredths of OKLab's unit. */
const DISTANCE_MIN = { light: 12.1, dark: 15.6 };
const TEXTS = ['ink', 'ink-soft', 'link'];
const CONTROLS = ['outline', 'focus', 'accent'];

const VISIONS: Readonly<Record<string, readonly Triple[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const linear = (hex: string): Triple => {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
};
const times = (matrix: readonly Triple[], [a, b, c]: Triple): Triple =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Triple;

function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const [r, g, b] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function oklab(rgb: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb.map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple,
  ).map(Math.cbrt) as unknown as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

describe.each(['light', 'dark'] as const)('the %s palette', (theme) => {
  const colour = (name: string): string => {
    const token = tokens.get(name);
    if (!token) throw new Error(`tokens.css has no colour --${name}`);
    return token[theme];
  };

  it.each(GROUNDS)('is readable on the %s', (ground) => {
    for (const name of TEXTS) expect.soft(contrast(colour(name), colour(ground)), name).toBeGreaterThanOrEqual(4.5);
    for (const name of [...ROLES, ...CONTROLS]) {
      expect.soft(contrast(colour(name), colour(ground)), name).toBeGreaterThanOrEqual(3);
    }
  });

  it('is readable where it is set into the page, and on what is chosen', () => {
    for (const name of TEXTS) {
      for (const ground of ['sunken', 'hover']) {
        expect.soft(contrast(colour(name), colour(ground)), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(colour('on-accent'), colour('accent'))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.entries(VISIONS))('keeps roles apart for %s vision', (_, matrix) => {
    for (const [i, one] of ROLES.entries()) {
      for (const other of ROLES.slice(0, i)) {
        const [a, b] = [one, other].map((name) => oklab(times(matrix, linear(colour(name)))));
        const distance = 100 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        expect.soft(distance, `${one} and ${other}`).toBeGreaterThanOrEqual(DISTANCE_MIN[theme]);
      }
    }
  });
});
