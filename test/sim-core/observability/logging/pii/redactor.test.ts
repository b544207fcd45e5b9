/** Redaction of records: fields by name, then patterns; twice is once; pseudonyms join. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PII_CLASSES } from '../../../../../sim-core/observability/logging/pii/detectors.ts';
import {
  Redactor,
  textLength,
  type RedactionRules,
  type Treatment,
} from '../../../../../sim-core/observability/logging/pii/redactor.ts';
import { Pseudonyms } from '../../../../../sim-core/observability/logging/pii/pseudonym.ts';
import type { Attributes } from '../../../../../sim-core/observability/signals/telemetry.ts';
import { recordOf } from '../records.ts';
import { cards, emails, phones } from './planted.ts';

const rules: RedactionRules = {
  fields: { 'user.email': 'hash', card: 'mask', note: 'drop', order: 'keep' },
  others: 'keep',
  patterns: PII_CLASSES,
  found: 'mask',
  key: 'k',
};
const redacted = (attributes: Attributes, changed: Partial<RedactionRules> = {}): Attributes =>
  new Redactor({ ...rules, ...changed }).redact(recordOf({ attributes })).attributes;

describe('fields', () => {
  it('are treated by name, whatever is in them', () => {
    const attributes = { 'user.email': 'Erika Mustermann', card: 'none', note: 'ring twice', order: 'o-7', amount: 12 };
    const pseudonym = `[user.email:${new Pseudonyms('k').of('Erika Mustermann')}]`;
    expect(redacted(attributes)).toEqual({ 'user.email': pseudonym, card: '[card]', order: 'o-7', amount: 12 });
  });

  it('that nobody has classified stay by a list of what is denied, and go by one of what is allowed', () => {
    const attributes = { order: 'o-7', birthday: '2001-02-03' };
    expect(redacted(attributes)).toEqual(attributes);
    expect(redacted(attributes, { others: 'drop' })).toEqual({ order: 'o-7' });
  });

  it('that are trusted are not looked through: a number of an order that passes Luhn stays', () => {
    const attributes = { order: '2025010100004718' };
    expect(redacted(attributes)).toEqual({ order: '[card]' });
    expect(redacted(attributes, { fields: { order: 'trust' } })).toEqual(attributes);
  });

  it('that are kept are looked through, and so is the text', () => {
    expect(redacted({ order: 'o-7 of a@example.com' })).toEqual({ order: 'o-7 of [email]' });
    const { body } = new Redactor(rules).redact(recordOf({ body: 'created for a@example.com' }));
    expect(body).toBe('created for [email]');
  });
});

it('twice does what once does, and no planted value is left in a field or a text that is looked through', () => {
  const value = fc.oneof(emails, cards, phones, fc.string());
  const treatments = fc.constantFrom<Treatment>('keep', 'drop', 'mask', 'hash');
  const field = fc.constantFrom('user.email', 'card', 'note', 'order', 'other');
  fc.assert(
    fc.property(
      fc.dictionary(field, treatments),
      fc.constantFrom<RedactionRules['others']>('keep', 'drop'),
      fc.constantFrom<RedactionRules['found']>('mask', 'hash'),
      fc.dictionary(field, value),
      fc.oneof(emails, cards, phones),
      (fields, others, found, attributes, planted) => {
        const redactor = new Redactor({ ...rules, fields, others, found });
        const once = redactor.redact(recordOf({ attributes: { ...attributes, planted }, body: `of ${planted}` }));
        expect(redactor.redact(once)).toEqual(once);
        expect(JSON.stringify([once.attributes, once.body])).not.toContain(planted);
      },
    ),
  );
});

it('counts the characters that it has to look through', () => {
  expect(textLength(recordOf({ body: 'abc', attributes: { order: 'o-7', amount: 12 } }))).toBe(6);
});

describe('pseudonyms', () => {
  it('join: one value has one, two values have two, another key gives another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const [one, other] = [new Pseudonyms('k'), new Pseudonyms('l')];
        expect(one.of(a)).toMatch(/^[a-p]{16}$/);
        expect(one.of(a) === one.of(b)).toBe(a === b);
        expect(one.of(a)).not.toBe(other.of(a));
      }),
    );
  });

  it('are HMAC-SHA-256: the second case of RFC 4231', () => {
    // 5bdcc146bf60754e, in letters from a.
    expect(new Pseudonyms('Jefe').of('what do ya want for nothing?')).toBe('flnmmbeglpgahfeo');
  });

  it('are the same after more values than are kept at hand', () => {
    const pseudonyms = new Pseudonyms('k');
    const before = pseudonyms.of('a');
    for (let i = 0; i < 5000; i++) pseudonyms.of(`value ${i}`);
    expect(pseudonyms.of('a')).toBe(before);
  });

  it('need a key', () => {
    expect(() => new Pseudonyms('')).toThrow('the key is empty');
  });
});
