/**
 * Headers exchange: a binding's arguments are compared with the message's headers, `x-match` says how many have to agree
 * (AMQP 0-9-1, 3.1.3.4; the two modes with-x are RabbitMQ's, from 3.10 on). A binding's value that is void asks for the
 * header's presence only, and values of different types never agree.
 */
import type { Headers, HeaderValue, Message } from '../message.ts';
import { BindingRefused, type Binding, type Destination, type ExchangeType, type Router } from './exchange-type.ts';

const MODES = ['all', 'any', 'all-with-x', 'any-with-x'] as const;
export type HeadersMode = (typeof MODES)[number];

/** Whether a binding's arguments match the headers of a message. */
export function headersMatch(binding: Headers, headers: Headers): boolean {
  const mode = modeOf(binding);
  const ignoresX = mode === 'all' || mode === 'any';
  const wantsAll = mode === 'all' || mode === 'all-with-x';
  for (const name of Object.keys(binding)) {
    if (name === 'x-match' || (ignoresX && name.startsWith('x-'))) continue;
    const agrees = Object.hasOwn(headers, name) && (binding[name] === null || isSame(binding[name], headers[name]));
    if (agrees !== wantsAll) return !wantsAll;
  }
  return wantsAll;
}

function modeOf(binding: Headers): HeadersMode {
  const { 'x-match': mode = 'all' } = binding;
  const known = MODES.find((each) => each === mode);
  if (known === undefined)
    throw new BindingRefused(`Invalid x-match field value ${JSON.stringify(mode)}; expected ${MODES.join(', ')}`);
  return known;
}

function isSame(left: HeaderValue, right: HeaderValue): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [a, b] = [left as Headers, right as Headers];
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}

class HeadersExchange implements Router {
  private readonly bindings: Binding[] = [];

  bind(binding: Binding): void {
    modeOf(binding.arguments);
    this.bindings.push(binding);
  }

  unbind(binding: Binding): void {
    this.bindings.splice(this.bindings.indexOf(binding), 1);
  }

  route({ headers }: Message, _: string, found: Set<Destination>): void {
    for (const binding of this.bindings) {
      if (headersMatch(binding.arguments, headers)) found.add(binding.destination);
    }
  }
}

export const headers: ExchangeType = {
  help: 'where the headers are as the binding says',
  create: () => new HeadersExchange(),
};
