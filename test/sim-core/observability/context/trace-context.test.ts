/** W3C Trace Context, against its own tests' rows as they were observed, and the rules of changing a `tracestate`. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatTraceparent, parseTraceparent } from '../../../../sim-core/observability/context/traceparent.ts';
import {
  normaliseTraceState,
  traceStateMember,
  withTraceStateMember,
} from '../../../../sim-core/observability/context/tracestate.ts';
import { w3c } from '../../../../sim-core/observability/context/w3c.ts';
import { sharedVectors } from '../../../shared-vectors.ts';
import { contexts } from './contexts.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('traceparent', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(contexts, fc.boolean(), ({ traceId, spanId, isSampled, traceState }, isRandom) => {
        const header = formatTraceparent({ traceId, spanId, isSampled, isRandom, traceState });
        expect(parseTraceparent(header)).toEqual({ traceId, spanId, isSampled, ...(isRandom && { isRandom }) });
      }),
    );
  });

  it.each([
    ['00', '00', false, false],
    ['01', '01', true, false],
    ['02', '02', false, true],
    ['03', '03', true, true],
    // Whoever does not know a flag does not set it.
    ['ff', '03', true, true],
    ['fc', '00', false, false],
  ])('flags %s are passed on as %s', (came, passedOn, isSampled, isRandom) => {
    const context = w3c.extract({ traceparent: TRACEPARENT.replace(/01$/, came) })!;
    expect([context.isSampled, context.isRandom === true]).toEqual([isSampled, isRandom]);
    expect(w3c.inject(context, {})).toEqual({ traceparent: TRACEPARENT.replace(/01$/, passedOn) });
  });

  it.each([
    ['all is well', TRACEPARENT, true],
    ['version 00 is nothing but its fields', `${TRACEPARENT}-more`, false],
    ['a later version may say more', `01${TRACEPARENT.slice(2)}-more`, true],
    ['version ff is forbidden', `ff${TRACEPARENT.slice(2)}`, false],
    ['digits are in lower case', TRACEPARENT.toUpperCase(), false],
    ['a trace has an id', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, false],
    ['a span has an id', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`, false],
    ['spaces and tabs around it do not count', ` \t${TRACEPARENT}\t `, true],
  ])('%s', (_, header, isValid) => {
    expect(parseTraceparent(header) !== undefined).toBe(isValid);
  });

  it('that is there twice, or in two spellings, is none', () => {
    expect(w3c.extract({ TraceParent: TRACEPARENT })).toBeDefined();
    expect(w3c.extract({ traceparent: [TRACEPARENT, TRACEPARENT] })).toBeUndefined();
    expect(w3c.extract({ traceparent: TRACEPARENT, Traceparent: TRACEPARENT })).toBeUndefined();
    expect(w3c.extract({ traceparent: 1 })).toBeUndefined();
  });
});

describe('tracestate', () => {
  const key = fc.stringMatching(/^[a-z0-9][a-z0-9_\-*/@]{0,20}$/);
  const value = fc.stringMatching(/^[ -+\--<>-~]{0,20}[!-+\--<>-~]$/);
  const members = fc.uniqueArray(fc.tuple(key, value), { maxLength: 32, selector: ([name]) => name });
  const textOf = (list: readonly (readonly string[])[]): string => list.map(([k, v]) => `${k}=${v}`).join(',');

  it('has what is new or changed on the left, the others in order, 32 at most, and nothing twice', () => {
    fc.assert(
      fc.property(members, key, value, (list, name, what) => {
        const expected = [[name, what], ...list.filter(([other]) => other !== name)].slice(0, 32);
        const changed = withTraceStateMember(textOf(list), name, what);
        expect(changed).toBe(textOf(expected));
        expect(normaliseTraceState(changed)).toBe(changed);
        expect(traceStateMember(changed, name)).toBe(what);
      }),
    );
  });

  it('of several headers is one list in their order; without a traceparent it is nothing', () => {
    const headers = { TraceState: ['a=1', 'b=2'], traceparent: TRACEPARENT, tracestate: ' c=3 ,' };
    expect(w3c.extract(headers)?.traceState).toBe('a=1,b=2,c=3');
    expect(w3c.extract({ tracestate: 'a=1' })).toBeUndefined();
  });

  it('that is not valid is given up, the traceparent kept', () => {
    const context = w3c.extract({ traceparent: TRACEPARENT, tracestate: 'A=1,b=2' });
    expect(context).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', traceState: '' });
  });

  it.each([
    ['Key', 'a', /key is 'Key'; it must be lower case/],
    ['key', 'a,b', /value of key is 'a,b'; it must be 1 to 256 printable/],
  ])('takes no member that is not valid: %s=%s', (name, what, message) => {
    expect(() => withTraceStateMember('', name, what)).toThrow(message);
  });
});

const vectors = sharedVectors<{
  readonly traceparent: readonly { traceparent: string; valid: boolean; sampled: boolean | null; note: string }[];
  readonly tracestate: readonly { input_full: string; expected_after: string | null }[];
}>('w3c_traceparent.json');

describe.skipIf(vectors.isLeftOut)('as the W3C tests it', () => {
  const { traceparent, tracestate } = vectors.isLeftOut ? { traceparent: [], tracestate: [] } : vectors.read();

  test('every row of traceparent', () => {
    expect(traceparent).toHaveLength(51);
    for (const { traceparent: header, valid, sampled } of traceparent) {
      const found = parseTraceparent(header);
      expect(found !== undefined, header).toBe(valid);
      if (found !== undefined) expect(found.isSampled, header).toBe(sampled);
    }
  });

  /** What a row says in words: the choice that was made here. */
  const inWords = (row: { input_full: string; expected_after: string | null }): string => {
    switch (row.expected_after) {
      case null:
      case 'discard or truncate':
        return '';
      case 'same':
        return row.input_full;
      case 'either kept or one dropped':
        return 'foo=1';
      default:
        return row.expected_after.replace(' (OWS trimmed)', '');
    }
  };

  test('every row of tracestate', () => {
    expect(tracestate).toHaveLength(28);
    for (const row of tracestate) expect(normaliseTraceState(row.input_full), row.input_full).toBe(inWords(row));
  });
});
