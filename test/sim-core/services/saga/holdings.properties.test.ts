/**
 * Holdings against a list of all that ever happened: what is there follows from who has taken and not given back, what others saw
 * from what lies between the two.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Saga } from '../../../../sim-core/services/saga/definition.ts';
import { Holdings } from '../../../../sim-core/services/saga/holdings.ts';

const KEYS = 2;
const INITIAL = 5;
const sagas: Saga[] = Array.from({ length: 6 }, (_, id) => ({
  id,
  key: id % KEYS,
  request: new RequestContext(id, 0),
}));
const amountOf = ({ id }: Saga): number => 1 + (id % 3);

interface Happened {
  readonly what: 'took' | 'refused' | 'confirmed' | 'gave back' | 'read';
  readonly saga: number;
  readonly key: number;
}

/** The history since a saga took its part. */
const since = (history: readonly Happened[], saga: number): readonly Happened[] =>
  history.slice(history.findLastIndex((one) => one.what === 'took' && one.saga === saga) + 1);

const holders = (history: readonly Happened[], key: number): Saga[] =>
  sagas.filter(({ id, key: its }) => {
    const last = history.findLast((one) => one.saga === id && (one.what === 'took' || one.what === 'gave back'));
    return its === key && last?.what === 'took';
  });

const steps = fc.array(
  fc.record({ what: fc.constantFrom('take', 'confirm', 'give back', 'read'), id: fc.nat(sagas.length - 1) }),
  { maxLength: 60 },
);

it('are what was taken and not given back, and what comes back tells what others saw', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (script, isLocked) => {
      const holdings = new Holdings({ initial: () => INITIAL, keyOf: ({ key }) => key, amountOf, isLocked });
      const history: Happened[] = [];
      const isPending = ({ id }: Saga): boolean =>
        isLocked && !since(history, id).some((one) => one.what === 'confirmed' && one.saga === id);
      for (const { what, id } of script) {
        const saga = sagas[id];
        const { key } = saga;
        const holding = holders(history, key);
        const sum = (of: readonly Saga[]): number => of.reduce((total, one) => total + amountOf(one), 0);
        const isHolder = holding.includes(saga);
        const tell = (happened: Happened['what']): void => void history.push({ what: happened, saga: id, key });
        if (what === 'take' && !isHolder) {
          const isThere = sum(holding) + amountOf(saga) <= INITIAL;
          expect(holdings.offers(saga)).toBe(isThere);
          if (isThere) holdings.take(saga);
          tell(isThere ? 'took' : 'refused');
        } else if (what === 'confirm' && isHolder) {
          holdings.confirm(saga);
          tell('confirmed');
        } else if (what === 'give back' && isHolder) {
          const between = since(history, id).filter((one) => one.key === key);
          expect(holdings.giveBack(saga)).toEqual({
            reads: isPending(saga) ? 0 : between.filter((one) => one.what === 'read').length,
            deprivedOthers: between.some((one) => one.what === 'refused'),
          });
          tell('gave back');
        } else if (what === 'read') {
          const pending = sum(holding.filter(isPending));
          const expected = { available: INITIAL - sum(holding), settled: sum(holding) - pending, pending };
          expect(holdings.read(key)).toEqual(expected);
          tell('read');
        }
        expect(holdings.violations('holdings')).toEqual([]);
      }
    }),
  );
});
