/**
 * The handbook's two budgets, hop by hop, in milliseconds of the 99th percentile: the one of section 3.2, and the template of
 * the quick tables, whose cache and database are one hop. What is left of the target is slack: the network, and what is nobody's.
 */
export const HOPS = ['edge', 'gateway', 'auth', 'app', 'cache', 'database'] as const;
export type Hop = (typeof HOPS)[number];

export interface Budget {
  readonly target: number;
  readonly hops: Partial<Readonly<Record<Hop, number>>>;
  /** Whom each asks, one after the other; the first hop is asked by users. */
  readonly asks: Partial<Readonly<Record<Hop, readonly Hop[]>>>;
  readonly first: Hop;
}

export const budgets = {
  printed: {
    target: 300,
    hops: { gateway: 30, auth: 20, app: 120, database: 100, cache: 10 },
    asks: { gateway: ['auth', 'app'], app: ['cache', 'database'] },
    first: 'gateway',
  },
  template: {
    target: 380,
    hops: { edge: 20, gateway: 30, auth: 25, app: 120, database: 150 },
    asks: { edge: ['gateway'], gateway: ['auth', 'app'], app: ['database'] },
    first: 'edge',
  },
} satisfies Readonly<Record<string, Budget>>;

export const budgetNames = Object.keys(budgets) as (keyof typeof budgets)[];
export const budgetOf = (name: string): Budget => budgets[name as keyof typeof budgets];

/** The hops of a budget with what each has, in the order of the way. */
export const hopsOf = ({ hops }: Budget): readonly (readonly [Hop, number])[] =>
  HOPS.flatMap((hop) => (hops[hop] === undefined ? [] : [[hop, hops[hop]] as const]));
