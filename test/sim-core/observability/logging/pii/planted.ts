/** Personal data that is drawn, of each class that the patterns claim to find. */
import fc from 'fast-check';
import { passesLuhn } from '../../../../../sim-core/observability/logging/pii/luhn.ts';

const text = (unit: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...unit.split('')), minLength, maxLength });

const LETTERS = 'abcdefgxyz';
const DIGITS = '0123456789';

export const emails = fc
  .tuple(
    text(`${LETTERS}${DIGITS}`, 1, 10),
    text(`${LETTERS}._+-`, 0, 8),
    text(LETTERS, 1, 8),
    fc.constantFrom('com', 'org', 'co.uk'),
  )
  .map(([first, rest, domain, top]) => `${first}${rest}@${domain}.${top}`);

/** 13 to 19 digits of which the last is the check digit. */
export const cards = text(DIGITS, 12, 18).map(
  (digits) => digits + [...DIGITS].find((check) => passesLuhn(digits + check))!,
);

export const phones = fc
  .tuple(fc.integer({ min: 1, max: 9 }), text(DIGITS, 7, 14))
  .map(([country, number]) => `+${country}${number}`);

const octet = fc.nat({ max: 255 });
export const ipAddresses = fc.oneof(
  fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.')),
  fc.array(text('0123456789abcdef', 1, 4), { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
  fc
    .tuple(text('0123456789abcdef', 1, 4), fc.array(text('0123456789abcdef', 1, 4), { minLength: 1, maxLength: 5 }))
    .map(([first, groups]) => `${first}::${groups.join(':')}`),
);

export const tokens = fc
  .tuple(text('ABcd12_-', 4, 12), text('ABcd12_-', 4, 12), text('ABcd12_-', 4, 12))
  .map(([head, payload, signature]) => `eyJ${head}.${payload}.${signature}`);
