/**
 * What spans are called, by the handbook's table: `HTTP {METHOD} {route}`, `DB {operation} {table}`, `CALL {service}.{endpoint}`,
 * `domain.action`; and with the order's number in them, as those do who put the path in place of the route.
 */
import type { RequestContext } from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

export const NAMES = {
  checkout: 'HTTP POST /checkout',
  call: 'CALL orders.create',
  create: 'HTTP POST /orders',
  insert: 'DB INSERT orders',
  publish: 'order.publish',
  fulfil: 'order.fulfil',
  update: 'DB UPDATE stock',
} as const;

export type Naming = (name: keyof typeof NAMES, request: RequestContext) => string;

export function namingOf({ idsInNames }: Values): Naming {
  return idsInNames ? (name, { id }) => `${NAMES[name]} ${id}` : (name) => NAMES[name];
}
