/**
 * The orders that people place. What of them goes beyond the first version of the schema comes only once the version that their
 * producer writes by has a place for it: amounts that need more than 32 bits, refunds.
 */
import type { KeyedStream, Simulation } from '../../../sim-core/index.ts';
import type { Order, Version } from './versions.ts';

/** Of all orders, those with a note, with a coupon, of a large amount and refunded. */
export const SHARES = { note: 0.5, coupon: 0.25, large: 0.05, refunded: 0.1 };
const CENTS = 100;
/** In whole euros: up to 500, and beyond 2^31 cents. */
const STATUSES = ['PLACED', 'PAID', 'SHIPPED'];
const [USUAL, LARGE] = [500, 30_000_000];

export class DrawnOrders {
  private readonly draws: KeyedStream;
  private readonly known = new Map<Version, { readonly isWide: boolean; readonly hasRefunds: boolean }>();

  constructor(sim: Simulation) {
    this.draws = sim.keyedRandom('what is ordered');
  }

  /** The order of a request, by a customer. */
  of(request: number, customer: number, version: Version): Order {
    const draws = this.draws.of(request);
    const { isWide, hasRefunds } = this.possible(version);
    const has = (share: number): boolean => draws.next() < share;
    const euros = 1 + Math.floor(draws.next() * USUAL);
    const isLarge = has(SHARES.large) && isWide;
    const isRefunded = has(SHARES.refunded) && hasRefunds;
    return {
      id: request % 2_147_483_648,
      cents: CENTS * (isLarge ? LARGE + euros : euros),
      status: isRefunded ? 'REFUNDED' : STATUSES[Math.floor(draws.next() * STATUSES.length)],
      note: has(SHARES.note) ? 'Ring twice' : '',
      coupon: has(SHARES.coupon) ? 'WELCOME10' : '',
      email: `customer-${customer}@example.com`,
      priority: 1 + Math.floor(draws.next() * 3),
    };
  }

  /** What a version has a place for. */
  private possible(version: Version): { readonly isWide: boolean; readonly hasRefunds: boolean } {
    let possible = this.known.get(version);
    if (possible === undefined) {
      const isWide = version.some(({ attribute, type }) => attribute === 'cents' && type === 'long');
      const hasRefunds = version.some(({ symbols = [] }) => symbols.includes('REFUNDED'));
      possible = { isWide, hasRefunds };
      this.known.set(version, possible);
    }
    return possible;
  }
}
