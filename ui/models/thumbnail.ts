/**
 * A scenario in one small picture: the signal that its author charts first after its ratios, over the whole run. Only
 * what is drawn is kept, so that a catalogue of many runs stays small.
 */
import { mainColumn, type Recording } from '../../sim-core/index.ts';
import { decimate } from './decimation.ts';
import { measureText } from './measure-text.ts';
import { roleOf, type Role } from './signal-style.ts';

export interface Thumbnail {
  readonly signal: string;
  /** What the signal is, in words. */
  readonly help: string;
  readonly role: Role;
  /** The highest value drawn, as a number and in words. */
  readonly high: number;
  readonly peak: string;
  /** A polygon's points in a square of 1 by 1, x to the right, y upwards from the foot. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Two runs of a scenario in one picture, on one axis. */
export interface PairedThumbnail {
  readonly a: Thumbnail;
  readonly b: Thumbnail;
  /** How long the first of them lasted. */
  readonly seconds: number;
}

/** How many pixel columns it is made for. */
const COLUMNS = 240;

/** The picture of a run; its upper edge is the highest value, or `top` if that is higher. */
export function thumbnailOf(recording: Recording, charts: readonly string[], top = 0): Thumbnail | undefined {
  const charted = charts.flatMap((name) => recording.signals.find((signal) => signal.name === name) ?? []);
  const signal = charted.find(({ kind }) => kind !== 'ratio') ?? charted[0];
  if (!signal) return undefined;
  const values = signal.kind === 'gauge' ? signal.columns.max : mainColumn(signal);
  const high = values.reduce((most, value) => (value > most ? value : most), 0);
  const edge = Math.max(high, top) || 1;
  const points = decimate(values, COLUMNS).map((row): [number, number] => [
    row / Math.max(1, values.length - 1),
    (values[row] || 0) / edge,
  ]);
  return {
    signal: signal.name,
    help: signal.help,
    role: roleOf(signal.name),
    high,
    peak: measureText(signal, high),
    points,
  };
}

/** Both runs under the higher one's peak. */
export function pairOf(a: Recording, b: Recording, charts: readonly string[]): PairedThumbnail | undefined {
  const top = Math.max(...[a, b].map((recording) => thumbnailOf(recording, charts)?.high ?? 0));
  const [first, second] = [a, b].map((recording) => thumbnailOf(recording, charts, top));
  return first && second && { a: first, b: second, seconds: a.header.duration / 1e9 };
}

/** The line through a picture's points in a box of this size, for the `d` of a path. */
export function thumbnailLine({ points }: Thumbnail, width: number, height: number): string {
  const at = ([x, y]: readonly [number, number]): string =>
    `${(x * width).toFixed(1)},${(height - 2 - y * (height - 6)).toFixed(1)}`;
  return points.length > 0 ? `M${points.map(at).join('L')}` : '';
}

/** The surface below that line. */
export function thumbnailArea(picture: Thumbnail, width: number, height: number): string {
  const line = thumbnailLine(picture, width, height);
  return line && `M0,${height}L${line.slice(1)}L${width},${height}Z`;
}
