/** A QR code (ISO/IEC 18004) as one path over a square of modules, with the quiet zone of four that readers ask for. */
import { encode } from 'uqr';

export interface QrCode {
  /** Modules along a side, the quiet zone included: the path's coordinates. */
  readonly size: number;
  /** The dark modules, row by row. */
  readonly path: string;
}

const QUIET = 4;

/** Throws what the encoder throws if the text is longer than the largest code holds, some 2,900 bytes. */
export function qrCode(text: string): QrCode {
  const { size, data } = encode(text, { ecc: 'L', border: QUIET });
  let path = '';
  for (const [y, row] of data.entries()) {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      path += `M${from} ${y}h${x + 1 - from}v1h-${x + 1 - from}Z`;
    }
  }
  return { size, path };
}
