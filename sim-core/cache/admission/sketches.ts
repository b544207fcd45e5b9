/** The frequency sketches by name: the values that W-TinyLFU's option `sketch` takes. */
import { BlockSketch } from './block-sketch.ts';
import type { FrequencySketch, SketchOptions } from './frequency-sketch.ts';
import { UniformSketch } from './uniform-sketch.ts';

export const frequencySketches = {
  uniform: (options) => new UniformSketch(options),
  block: (options) => new BlockSketch(options),
} as const satisfies Readonly<Record<string, (options: SketchOptions) => FrequencySketch>>;

export type FrequencySketchName = keyof typeof frequencySketches;
