/**
 * UTF-8 (RFC 3629) to and from strings: `sim-core` knows neither the DOM nor Node, who have coders of their own. Half of a
 * surrogate pair is written as U+FFFD, as the Encoding Standard has it; what is not UTF-8 is not read.
 */

const REPLACEMENT = 0xfffd;

export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x80) {
      length++;
      continue;
    }
    const code = pointAt(text, i);
    if (code > 0xffff) i++;
    length += code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** Writes a text's bytes from a place on; there has to be room. */
export function utf8Of(text: string, bytes: Uint8Array, from: number): void {
  let at = from;
  for (let i = 0; i < text.length; i++) {
    const code = pointAt(text, i);
    if (code > 0xffff) i++;
    if (code < 0x80) {
      bytes[at++] = code;
    } else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else if (code < 0x10000) {
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else {
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    }
  }
}

/** The text of bytes between two places; undefined if they are no UTF-8. */
export function utf8Read(bytes: Uint8Array, from: number, to: number): string | undefined {
  let text = '';
  let at = from;
  while (at < to) {
    const first = bytes[at++];
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || at + more > to) return undefined;
    let code = first & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      const next = bytes[at++];
      if ((next & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (next & 0x3f);
    }
    const isOverlong = (more === 2 && code < 0x800) || (more === 3 && code < 0x10000);
    if (isOverlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
    text += String.fromCodePoint(code);
  }
  return text;
}

function pointAt(text: string, index: number): number {
  const code = text.codePointAt(index)!;
  return code >= 0xd800 && code < 0xe000 ? REPLACEMENT : code;
}
