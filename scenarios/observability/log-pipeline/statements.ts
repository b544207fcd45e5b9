/** What the code of the shop logs, as it is meant: the severity that each statement should have. */
import { isAtLeast, type LogStatement } from '../../../sim-core/index.ts';

const statement = (severity: LogStatement['severity'], event: string, text: string): LogStatement => ({
  severity,
  event,
  text,
});

export const GATEWAY = {
  received: statement('INFO', 'request.received', '{method} {path} from {client.address}'),
  detail: statement('DEBUG', 'request.headers', '{path} Authorization: Bearer {authorization}'),
  completed: statement('INFO', 'request.completed', '{method} {path} answered in {duration_ms} ms'),
  failed: statement('ERROR', 'request.failed', '{method} {path} failed: {error.type}'),
};

export const ORDERS = {
  received: statement('INFO', 'order.received', 'Order {order_number} received, note: {note}'),
  detail: statement('DEBUG', 'order.sql', 'Order {order_number}: {statement}'),
  created: statement('INFO', 'order.created', 'Order {order_number} over {amount} created for {user.email}'),
  failed: statement('ERROR', 'order.failed', 'Order {order_number} failed: {error.type}'),
};

export const PAYMENTS = {
  requested: statement('INFO', 'payment.requested', 'Charging {amount} to card {card} for order {order_number}'),
  detail: statement('DEBUG', 'payment.exchange', 'Order {order_number}: {bank} is asked by way of {route}'),
  retried: statement('WARN', 'payment.retried', 'Order {order_number}: {bank} refused, asked again'),
  authorized: statement('INFO', 'payment.authorized', 'Order {order_number} paid, receipt to {user.phone}'),
  failed: statement('ERROR', 'payment.failed', 'Order {order_number}: {bank} refused again: {error.type}'),
};

const MEANT = new Map(
  [GATEWAY, ORDERS, PAYMENTS].flatMap((of) => Object.values(of)).map((one): [string, LogStatement] => [one.event, one]),
);

/** How severe a statement is meant to be, at whatever severity it is logged. */
export const meantSeverity = ({ event }: LogStatement): LogStatement['severity'] => MEANT.get(event)!.severity;
export const isSevere = (one: LogStatement): boolean => isAtLeast(meantSeverity(one), 'WARN');
export const isDetail = (one: LogStatement): boolean => meantSeverity(one) === 'DEBUG';

/** What a failure leaves in the log of a service. */
export const stackOf = (service: string): string =>
  `java.io.IOException: refused\n\tat shop.${service}.call(Client.java:42)\n\tat shop.${service}.handle(Handler.java:17)`;
/** Lines of it. */
export const STACK_LINES = 3;
