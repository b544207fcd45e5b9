/**
 * What a connector makes of its data for a topic, and back: Avro, with the id of its schema before it (AvroConverter of
 * https://github.com/confluentinc/schema-registry). Who writes registers its schema with the registry; who reads asks the registry
 * for a schema when it meets its id for the first time.
 */
import type { Distribution } from '../../../kernel/distributions/distribution.ts';
import type { Behaviour } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { avroDecoder } from '../../../messaging/schema/avro/avro-decoder.ts';
import { encodeAvro } from '../../../messaging/schema/avro/avro-encoder.ts';
import { parseAvro, type AvroType, type AvroValue } from '../../../messaging/schema/avro/avro-schema.ts';
import type { Registration } from '../../../messaging/schema/registry/schema-store.ts';
import { framed, unframed } from '../../../messaging/schema/registry/wire-format.ts';
import type { RecordFields } from '../../../messaging/streams/stream-record.ts';
import type { RequestContext } from '../../../network/request-context.ts';
import { RegistryClient } from '../../schema-registry/registry-client.ts';
import type { SchemaRegistry } from '../../schema-registry/schema-registry.ts';

export class AvroConverter {
  private readonly registry: RegistryClient;
  private readonly decoders = new Map<number, (bytes: Uint8Array) => AvroValue>();

  /** `owner`: the connector's name, `delay`: of its way to the registry. */
  constructor(sim: Simulation, registry: SchemaRegistry, owner: string, delay: Distribution) {
    this.registry = new RegistryClient(sim, registry, owner, delay);
  }

  /** Registers a schema in JSON under a subject. */
  *register(subject: string, schema: unknown, request: RequestContext): Behaviour<Registration> {
    return yield* this.registry.register(subject, { format: 'avro', schema: parseAvro(schema) }, request);
  }

  /** A record's bytes, by a schema that is registered under this id. */
  fromData(id: number, data: RecordFields): Uint8Array {
    return framed(id, encodeAvro(this.registry.cached(id)!.schema as AvroType, data as AvroValue));
  }

  /** What the bytes say; the call fails if the registry does not answer, and a `DecodeFailed` is thrown if they are none. */
  *toData(bytes: Uint8Array, request: RequestContext): Behaviour<RecordFields> {
    const { id, body } = unframed(bytes, false);
    let decode = this.decoders.get(id);
    if (decode === undefined) {
      const { schema } = yield* this.registry.schemaOf(id, request);
      decode = avroDecoder(schema as AvroType);
      this.decoders.set(id, decode);
    }
    return decode(body) as RecordFields;
  }
}
