/** Log records for tests. */
import type { LogRecord } from '../../../../sim-core/observability/signals/telemetry.ts';

export const ORDERS = { 'service.name': 'orders', 'service.instance.id': 'orders-1' };

/** One of the orders service, at the start, of no trace, with what is given in place. */
export const recordOf = (given: Partial<LogRecord> = {}): LogRecord => ({
  resource: ORDERS,
  time: 0,
  severity: 'INFO',
  body: 'order.created',
  attributes: {},
  traceId: '',
  spanId: '',
  ...given,
});
