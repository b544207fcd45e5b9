/** The handbook's order saga, and what is right of its effects at any moment and at the end. */
import fc from 'fast-check';
import type { SagaDefinition } from '../../../../sim-core/services/saga/definition.ts';

export const ORDER_SAGA: SagaDefinition = [
  { participant: 'orders', action: 'CreateOrder', compensation: 'CancelOrder', confirmation: 'ApproveOrder' },
  { participant: 'inventory', action: 'ReserveInventory', compensation: 'ReleaseInventory' },
  { participant: 'payments', action: 'ProcessPayment', compensation: 'RefundPayment', confirmation: 'CapturePayment' },
  { participant: 'shipping', action: 'ShipOrder', compensation: 'RecallOrder' },
];

/** What is wrong with how often each step's effect stands: never twice, at the end all of them or none. */
export function problemOf(standing: readonly number[], isEnd: boolean, definition: SagaDefinition): string | undefined {
  const off = standing.findIndex((times) => times < 0 || times > 1);
  if (off >= 0) return `the effect of ${definition[off].action} stands ${standing[off]} times`;
  if (!isEnd || standing.every((times) => times === standing[0])) return undefined;
  const done = definition.filter((_, i) => standing[i] === 1).map(({ action }) => action);
  return `at the end there stand ${done.join(', ')}`;
}

/** Sagas of other lengths, with locks at some steps. */
export const definitions: fc.Arbitrary<SagaDefinition> = fc
  .array(fc.boolean(), { minLength: 1, maxLength: 6 })
  .map((locks) =>
    locks.map((isLocked, i) => ({
      participant: `service-${i}`,
      action: `do-${i}`,
      compensation: `undo-${i}`,
      ...(isLocked ? { confirmation: `confirm-${i}` } : {}),
    })),
  );
