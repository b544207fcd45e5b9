/** The membership filters by name: the values that a scenario's parameter may take. */
import { BloomFilter } from './bloom-filter.ts';
import { CuckooFilter } from './cuckoo-filter.ts';
import type { FilterOptions, MembershipFilter } from './membership-filter.ts';

export interface MembershipFilterEntry {
  readonly help: string;
  readonly create: (options: FilterOptions) => MembershipFilter;
}

export const membershipFilters = {
  bloom: {
    help: 'a row of bits, a few of them set by each key; grows wrong rather than full',
    create: (options) => new BloomFilter(options),
  },
  cuckoo: {
    help: 'a fingerprint of each key in one of two buckets; can forget, and can be full',
    create: (options) => new CuckooFilter(options),
  },
} as const satisfies Readonly<Record<string, MembershipFilterEntry>>;

export type MembershipFilterName = keyof typeof membershipFilters;
