/**
 * A trail: what a run left in its signals, in a few characters for each of 24 stretches of its time. A digest only says
 * that two runs differ; where the other run's recording is not at hand, as with a link, its trail says from when on.
 *
 * Each stretch is hashed to 16 bits (FNV-1a over the bits of every column's rows, folded), so a stretch that differs goes
 * unnoticed once in 65,536. It is a help to find the place and proves nothing: the digest does.
 */
import type { Time } from '../kernel/time.ts';
import type { Recording } from './recording.ts';

const STRETCHES = 24;
const DIGITS = 4;

/** The trail of a whole recording: 96 hexadecimal digits. */
export function trailOf(recording: Recording): string {
  return Array.from({ length: STRETCHES }, (_, i) => stretchHash(recording, i)).join('');
}

/** Whether a text has the form of a trail. */
export function isTrail(text: unknown): text is string {
  return typeof text === 'string' && new RegExp(`^[0-9a-f]{${STRETCHES * DIGITS}}$`).test(text);
}

/** The first stretch in which a recording left something else than the trail tells; undefined if it follows it to its end. */
export function leavesTrail(
  trail: string,
  recording: Recording,
): { readonly from: Time; readonly to: Time } | undefined {
  const own = trailOf(recording);
  for (let i = 0; i < STRETCHES; i++) {
    const part = i * DIGITS;
    if (own.slice(part, part + DIGITS) === trail.slice(part, part + DIGITS)) continue;
    const { duration, interval } = recording.header;
    const [from, to] = rowsOf(recording, i);
    return { from: from * interval, to: Math.min(duration, to * interval) };
  }
  return undefined;
}

function rowsOf({ header }: Recording, stretch: number): [from: number, to: number] {
  const rows = Math.ceil(header.duration / header.interval);
  return [Math.floor((rows * stretch) / STRETCHES), Math.floor((rows * (stretch + 1)) / STRETCHES)];
}

function stretchHash(recording: Recording, stretch: number): string {
  const [from, to] = rowsOf(recording, stretch);
  const word = new DataView(new ArrayBuffer(8));
  let hash = 0x811c9dc5;
  for (const { columns } of recording.signals) {
    for (const column of Object.values(columns)) {
      for (let row = from; row < to; row++) {
        const value = column[row];
        // Engines disagree on the bits of a NaN.
        word.setFloat64(0, Number.isNaN(value) ? 0 : value);
        hash = Math.imul(hash ^ (Number.isNaN(value) ? 0x7ff80000 : word.getInt32(0)), 0x01000193);
        hash = Math.imul(hash ^ word.getInt32(4), 0x01000193);
      }
    }
  }
  const folded = ((hash >>> 16) ^ hash) & 0xffff;
  return folded.toString(16).padStart(DIGITS, '0');
}
