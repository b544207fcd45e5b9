/** Sizes of protobuf's parts in bytes: https://protobuf.dev/programming-guides/encoding/ */
import { utf8Length } from '../../messaging/schema/utf8.ts';

const ASCII = /^[\0-\x7f]*$/;

/** An integer from 0 on; a negative one takes ten bytes. */
export function varintSize(value: number): number {
  if (value < 0) return 10;
  let size = 1;
  for (let rest = value; rest >= 128; rest /= 128) size++;
  return size;
}

/** A signed integer, folded so that small ones of either sign are short. */
export const zigzagSize = (value: number): number => varintSize(value < 0 ? -2 * value - 1 : 2 * value);

/** Something with its length before it, in a field below 16. */
export const lengthField = (content: number): number => 1 + varintSize(content) + content;

export const textField = (text: string): number => lengthField(ASCII.test(text) ? text.length : utf8Length(text));

/** A field below 16 with a number of 8 bytes in it. */
export const FIXED64_FIELD = 9;
