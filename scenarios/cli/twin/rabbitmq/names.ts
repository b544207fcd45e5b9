/**
 * What a script calls things, and what the real server is told: names have a prefix for each play, so that many can be played
 * at once, and times are as much longer as waits are.
 */
import type { ConsumeMessage, GetMessage } from 'amqplib';
import type { Headers, HeaderValue } from '../../../../sim-core/index.ts';
import { LONG_MS, QUEUES, SHORT_MS, type Told } from './steps.ts';

export class Names {
  private readonly prefix: string;
  private readonly slowness: number;

  constructor(prefix: string, slowness: number) {
    this.prefix = prefix;
    this.slowness = slowness;
  }

  long(name: string): string {
    return this.prefix + name;
  }

  /** Keys that name a queue lead to it by the default exchange. */
  longKey(key: string): string {
    return (QUEUES as readonly string[]).includes(key) ? this.long(key) : key;
  }

  longArguments(given: Headers): Headers {
    const { 'x-dead-letter-exchange': office, 'x-dead-letter-routing-key': key } = given;
    const times = ['x-message-ttl', 'x-expires'].filter((name) => given[name] !== undefined);
    return {
      ...given,
      ...Object.fromEntries(times.map((name) => [name, this.slowed(given[name] as number)])),
      ...(typeof office === 'string' && office !== '' ? { 'x-dead-letter-exchange': this.long(office) } : {}),
      ...(typeof key === 'string' ? { 'x-dead-letter-routing-key': this.longKey(key) } : {}),
    };
  }

  /** A time as the server is told it. */
  slowed(milliseconds: number): number {
    return [SHORT_MS, LONG_MS].includes(milliseconds) ? milliseconds * this.slowness : milliseconds;
  }

  /** A message as the script would tell of it. */
  told({ content, fields, properties }: ConsumeMessage | GetMessage): Told {
    return {
      body: content.toString(),
      redelivered: fields.redelivered,
      exchange: this.short(fields.exchange),
      key: this.short(fields.routingKey),
      headers: this.shortHeaders((properties.headers ?? {}) as Headers) as Headers,
    };
  }

  private short(text: string): string {
    return text.startsWith(this.prefix) ? text.slice(this.prefix.length) : text;
  }

  private shortHeaders(value: HeaderValue): HeaderValue {
    if (typeof value === 'string') return this.short(value);
    if (Array.isArray(value)) return value.map((each) => this.shortHeaders(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, this.headerTold(name, each as HeaderValue)]),
    );
  }

  /** The moment of a death is the machine's, and a time to live is as the script has it. */
  private headerTold(name: string, value: HeaderValue): HeaderValue {
    if (name === 'time') return 0;
    if (name === 'original-expiration') {
      const known = [SHORT_MS, LONG_MS].find((each) => value === String(this.slowed(each)));
      if (known !== undefined) return String(known);
    }
    return this.shortHeaders(value);
  }
}
