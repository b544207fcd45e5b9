/**
 * What each format does with each change, by its rules and not by a run: what a reader by the new version makes of records of the
 * old one (consumers first), and a reader by the old one of the new (producers first). `r` reads, `e` fails, `w` reads another
 * value without an error. The test of the matrix runs every cell.
 */
import { SHARES } from './drawn-orders.ts';
import type { FormatName } from './formats/formats.ts';
import type { Change } from './versions.ts';

type Outcome = 'r' | 'e' | 'w';
type Cell = `${Outcome}${Outcome}`;

const FORMAT_ORDER: readonly FormatName[] = ['avro', 'protobuf', 'json-open', 'json-closed', 'thrift'];

/** By format, in the order above. */
const OUTCOMES: Readonly<Record<Change, readonly Cell[]>> = {
  // A closed content model takes no property that it does not name.
  'add-with-default': ['rr', 'rr', 'rr', 're', 'rr'],
  // Protobuf has nothing that is required: the reader takes a zero that nobody wrote.
  'add-required': ['er', 'wr', 'er', 'ee', 'er'],
  'remove-optional': ['rr', 'rr', 'rr', 'er', 'rr'],
  'remove-required': ['re', 'rw', 're', 'ee', 're'],
  // Where fields are found by number a name is for people.
  rename: ['ee', 'rr', 'ee', 'ee', 'rr'],
  'rename-with-default': ['ww', 'rr', 'ww', 'ee', 'rr'],
  // 64 bits are read as their lowest 32 (Protobuf), or skipped as another type and then missed (Thrift).
  widen: ['re', 'rw', 'rr', 'rr', 'ee'],
  'change-type': ['ee', 'ww', 'ee', 'ee', 'ee'],
  'reuse-number': ['rr', 'ww', 'rr', 'ee', 'ww'],
  'add-symbol': ['re', 'rw', 're', 're', 'rw'],
  'change-unit': ['ww', 'ww', 'ww', 'ww', 'ww'],
  // Every writer of the version before has the fields: who meets older ones still is another matter.
  'drop-defaults': ['rr', 'rr', 'rr', 'rr', 'rr'],
};

/** Of the orders between the two upgrades, those that a change that is not harmless meets. */
function shareOf(change: Change, format: FormatName, order: UpgradeOrder): number {
  const isByName = format === 'avro' || format === 'json-open';
  if (change === 'widen') return format === 'thrift' || format === 'avro' ? 1 : SHARES.large;
  if (change === 'add-symbol') return SHARES.refunded;
  if (change === 'rename-with-default' && isByName) return SHARES.note;
  // The reader takes for one what is the other: notes for coupons, coupons for notes. An empty text is either.
  if (change === 'reuse-number' && format !== 'json-closed') {
    return order === 'consumers-first' ? SHARES.note : SHARES.coupon;
  }
  return 1;
}

export type UpgradeOrder = 'consumers-first' | 'producers-first';

export interface Expected {
  readonly outcome: Outcome;
  /** Of the orders between the upgrades that it befalls. */
  readonly share: number;
}

export function expectedOutcome(format: FormatName, change: Change, order: UpgradeOrder): Expected {
  const cell = OUTCOMES[change][FORMAT_ORDER.indexOf(format)];
  const outcome = cell[order === 'consumers-first' ? 0 : 1] as Outcome;
  return { outcome, share: outcome === 'r' ? 0 : shareOf(change, format, order) };
}
