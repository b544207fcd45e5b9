/**
 * Text packed for an address: UTF-8, deflated without a header (RFC 1951), in the base64url alphabet without padding
 * (RFC 4648, section 5). By the platform's own CompressionStream. What is unpacked comes from strangers, so its size is
 * bounded while it grows: a few characters can stand for gigabytes.
 */

/** The most that a text may unpack to, in bytes. */
export const UNPACKED_MAX = 256 * 1024;

/** The text is not packed at all, damaged, or too large when unpacked. */
export class PackingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PackingError';
  }
}

export async function pack(text: string): Promise<string> {
  const deflated = await piped(new TextEncoder().encode(text), new CompressionStream('deflate-raw'), Infinity);
  let binary = '';
  for (const byte of deflated) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The text that `pack` was given; throws `PackingError`. */
export async function unpack(packed: string, bytesMax = UNPACKED_MAX): Promise<string> {
  const stranger = /[^A-Za-z0-9_-]/.exec(packed);
  if (stranger) throw new PackingError(`'${stranger[0]}' does not belong in it; expected letters, digits, - and _`);
  if (packed.length % 4 === 1) throw new PackingError('its last character is missing or one too many');
  const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const text = await piped(bytes, new DecompressionStream('deflate-raw'), bytesMax);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    throw new PackingError('it is damaged: what it unpacks to is no text');
  }
}

async function piped(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
  bytesMax: number,
): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new PackingError('it is cut short or damaged');
    });
    if (done) break;
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel().catch(() => {});
      throw new PackingError(`it unpacks to more than ${bytesMax / 1024} kB`);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}
