/**
 * The header `tracestate`: what several tracing systems note for themselves beside a `traceparent`, a list of `key=value`
 * of which the latest is leftmost.
 *
 * W3C Trace Context, level 2: https://www.w3.org/TR/trace-context-2/#tracestate-header. A list that is not valid is given up as a whole. A
 * key may be there once; of doubles, which the recommendation leaves to who reads them, the leftmost is kept.
 */
import { trimmed } from './traceparent.ts';

const MEMBERS_MAX = 32;
const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;
/** Printable ASCII without comma and equals sign, of which the last is no space. */
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** Key and value of each member, from the left. */
type Members = readonly (readonly [key: string, value: string])[];

/**
 * The list in its plain form: no spaces around members, none that is empty. Empty where the header is not valid, and with it
 * all that it said.
 */
export function normaliseTraceState(header: string): string {
  return written(parsed(header) ?? []);
}

/** The list with a member of its own leftmost, be it new or changed; the rightmost goes where there is no room. */
export function withTraceStateMember(traceState: string, key: string, value: string): string {
  if (!KEY.test(key))
    throw new RangeError(`tracestate: key is '${key}'; it must be lower case and begin with a-z or 0-9`);
  if (!VALUE.test(value)) {
    throw new RangeError(
      `tracestate: the value of ${key} is '${value}'; it must be 1 to 256 printable characters, no , or =`,
    );
  }
  const others = (parsed(traceState) ?? []).filter(([other]) => other !== key);
  return written([[key, value] as const, ...others].slice(0, MEMBERS_MAX));
}

/** The value of a member, if it is there. */
export function traceStateMember(traceState: string, key: string): string | undefined {
  return parsed(traceState)?.find(([other]) => other === key)?.[1];
}

function written(members: Members): string {
  return members.map(([key, value]) => `${key}=${value}`).join(',');
}

function parsed(header: string): Members | undefined {
  const members = new Map<string, string>();
  let count = 0;
  for (const text of header.split(',').map(trimmed)) {
    if (text === '') continue;
    const equals = text.indexOf('=');
    const [key, value] = [text.slice(0, Math.max(0, equals)), text.slice(equals + 1)];
    if (++count > MEMBERS_MAX || !KEY.test(key) || !VALUE.test(value)) return undefined;
    if (!members.has(key)) members.set(key, value);
  }
  return [...members];
}
