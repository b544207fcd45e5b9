/** QR codes: the path covers the encoder's dark modules and nothing else, inside a quiet zone of four. */
import fc from 'fast-check';
import { encode } from 'uqr';
import { expect, it } from 'vitest';
import { qrCode } from '../../../ui/models/qr-code.ts';

it('draws every dark module once', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (text) => {
      const { size, path } = qrCode(text);
      const modules = encode(text, { ecc: 'L', border: 0 });
      expect(size).toBe(modules.size + 8);
      const drawn = Array.from({ length: size }, () => new Uint8Array(size));
      for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3Z/g)) {
        for (let i = 0; i < Number(length); i++) drawn[Number(y)][Number(x) + i] += 1;
      }
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) expect(drawn[y][x]).toBe(Number(modules.data[y - 4]?.[x - 4] ?? false));
      }
    }),
    { numRuns: 30 },
  );
});
