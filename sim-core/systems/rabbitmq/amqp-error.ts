/**
 * An error as AMQP 0-9-1 tells it: a code and a text that begins with the code's name. All of those here close the channel
 * that they happen on. The texts are RabbitMQ 3.10's, shortened to what identifies the matter.
 */
const NAMES = {
  403: 'ACCESS_REFUSED',
  404: 'NOT_FOUND',
  405: 'RESOURCE_LOCKED',
  406: 'PRECONDITION_FAILED',
} as const;

export type AmqpCode = keyof typeof NAMES;

export class AmqpError extends Error {
  override readonly name = 'AmqpError';
  readonly code: AmqpCode;

  constructor(code: AmqpCode, what: string) {
    super(`${NAMES[code]} - ${what}`);
    this.code = code;
  }
}
