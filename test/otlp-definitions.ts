/**
 * OTLP's published protobuf definitions, as OpenTelemetry's own package ships them, compiled by protobufjs: a text that they
 * take and give back unchanged is OTLP/JSON. Ids are hexadecimal there and base64 in protobuf's mapping, which is all that is
 * translated.
 */
import root from '@opentelemetry/otlp-definitions/build/src/generated/root.js';

interface Message {
  readonly fields?: unknown;
}
interface MessageType {
  fromObject(object: object): Message;
  toObject(message: Message, options: object): object;
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
  verify(object: object): string | null;
}

const { opentelemetry } = root as unknown as {
  opentelemetry: { proto: Record<string, { v1: Record<string, MessageType> }> };
};

const { trace, metrics, logs } = opentelemetry.proto;
export const TracesData = trace.v1.TracesData;
export const MetricsData = metrics.v1.MetricsData;
export const LogsData = logs.v1.LogsData;

const AS_JSON = { longs: String, bytes: String, json: true };

/** The text as the definitions understand it, as bytes, and back as an object of OTLP/JSON. */
export function throughProtobuf(type: MessageType, text: string): object {
  const message = type.fromObject(withIds(JSON.parse(text), hexToBase64) as object);
  const bytes = type.encode(message).finish();
  return withIds(type.toObject(type.decode(bytes), AS_JSON), base64ToHex) as object;
}

const hexToBase64 = (id: string): string => Buffer.from(id, 'hex').toString('base64');
const base64ToHex = (id: string): string => Buffer.from(id, 'base64').toString('hex');

const IDS = new Set(['traceId', 'spanId', 'parentSpanId']);

function withIds(value: unknown, translate: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withIds(item, translate));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      IDS.has(name) ? translate(item as string) : withIds(item, translate),
    ]),
  );
}
