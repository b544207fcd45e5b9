/** What a headers exchange matches, against the answers of a real server. */
import { expect, it } from 'vitest';
import { headersMatch } from '../../../../../sim-core/messaging/channels/exchanges/headers.ts';
import type { Headers } from '../../../../../sim-core/messaging/channels/message.ts';
import vectors from '../../../../vectors/rabbitmq_headers_match.json' with { type: 'json' };

interface Row {
  readonly binding: Headers | null;
  readonly message_headers: Headers | null;
  readonly label: string;
  readonly matched: boolean;
}

it('matches what RabbitMQ matches, and nothing else', () => {
  const wrong = (vectors.rows as unknown as Row[]).filter(
    ({ binding, message_headers: headers, matched }) => headersMatch(binding ?? {}, headers ?? {}) !== matched,
  );
  expect(wrong).toEqual([]);
});

it('refuses a mode that does not exist', () => {
  expect(() => headersMatch({ 'x-match': 'some' }, {})).toThrow(
    'Invalid x-match field value "some"; expected all, any',
  );
});

it('compares tables and lists by what is in them', () => {
  expect(headersMatch({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true);
  expect(headersMatch({ a: [1, { b: 2 }] }, { a: [1, { b: '2' }] })).toBe(false);
  expect(headersMatch({ a: {} }, { a: [] })).toBe(false);
});
