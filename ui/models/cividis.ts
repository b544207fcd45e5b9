/**
 * Cividis, the colour map that people with and without red-green colour blindness read alike (Nuñez, Anderton and
 * Renslow, "Optimizing colormaps with consideration for color vision deficiency", PLoS ONE 2018). Ten of its samples,
 * in between linear in sRGB.
 */

/** A coloured rectangle of a chart, in pixels from its upper left corner. */
export interface HeatCell {
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
  /** 0 to 1: its colour. */
  readonly weight: number;
}

const SAMPLES = [
  [0x00, 0x22, 0x4e],
  [0x12, 0x35, 0x70],
  [0x3b, 0x49, 0x6c],
  [0x57, 0x5d, 0x6d],
  [0x70, 0x71, 0x73],
  [0x8a, 0x86, 0x78],
  [0xa5, 0x9c, 0x74],
  [0xc3, 0xb3, 0x69],
  [0xe1, 0xcc, 0x55],
  [0xfe, 0xe8, 0x38],
] as const;

/** Red, green and blue, 0 to 255, at a place from 0 (dark blue) to 1 (yellow). */
export function cividis(place: number): readonly [red: number, green: number, blue: number] {
  const at = Math.min(1, Math.max(0, place)) * (SAMPLES.length - 1);
  const below = Math.min(SAMPLES.length - 2, Math.floor(at));
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(SAMPLES[below][channel] + (at - below) * (SAMPLES[below + 1][channel] - SAMPLES[below][channel]));
  return [mix(0), mix(1), mix(2)];
}
