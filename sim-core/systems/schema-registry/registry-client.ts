/**
 * A client of the schema registry, in a producer or a consumer: asks for the schema of an id once and keeps it for ever, since an
 * id never means another one. Two who ask for one id at once both ask the registry.
 * Source: `CachedSchemaRegistryClient` of https://github.com/confluentinc/schema-registry.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Schema } from '../../messaging/schema/registry/levels.ts';
import type { Registration } from '../../messaging/schema/registry/schema-store.ts';
import { CallFailed } from '../../network/call.ts';
import { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { RegistryCommand, RegistryReply, SchemaRegistry } from './schema-registry.ts';

export class RegistryClient {
  private readonly link: Link<RegistryCommand, RegistryReply>;
  private readonly registry: SchemaRegistry;
  private readonly known = new Map<number, Schema>();

  constructor(sim: Simulation, registry: SchemaRegistry, from: string, delay: Distribution) {
    this.registry = registry;
    this.link = new Link(sim, registry, { from, delay });
  }

  /** The schema of an id if it is known here. */
  cached(id: number): Schema | undefined {
    return this.known.get(id);
  }

  /** The schema of an id; the call fails if the registry does not answer or has none of that id. */
  *schemaOf(id: number, request: RequestContext): Behaviour<Schema> {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const reply = yield* this.link.call({ command: 'schema', id }, request);
    if (reply.outcome !== 'found') throw new CallFailed(this.registry.name, 'error');
    this.known.set(id, reply.schema);
    return reply.schema;
  }

  *register(subject: string, schema: Schema, request: RequestContext): Behaviour<Registration> {
    const reply = yield* this.link.call({ command: 'register', subject, schema }, request);
    if (reply.outcome === 'registered') this.known.set(reply.id, schema);
    return reply as Registration;
  }
}
