/**
 * A client of the schema registry, in a producer or a consumer: asks for the schema of an id once and keeps it for ever, since an
 * id never means another one. Who does not find one asks alone: others who miss one meanwhile, that or another, wait for him, look
 * again, and ask in their turn if it is still not there, as after a failure.
 * Source: `CachedSchemaRegistryClient.getSchemaBySubjectAndId` of https://github.com/confluentinc/schema-registry, which looks, and
 * then looks again and asks in a block that is synchronized on the client.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Behaviour } from '../../kernel/process.ts';
import { Resource } from '../../kernel/resource.ts';
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
  private readonly lock: Resource;

  constructor(sim: Simulation, registry: SchemaRegistry, from: string, delay: Distribution) {
    this.registry = registry;
    this.link = new Link(sim, registry, { from, delay });
    this.lock = new Resource(sim, { name: `${from} asks ${registry.name}`, capacity: 1, queueMax: Infinity });
  }

  /** The schema of an id if it is known here. */
  cached(id: number): Schema | undefined {
    return this.known.get(id);
  }

  /** The schema of an id; the call fails if the registry does not answer or has none of that id. */
  *schemaOf(id: number, request: RequestContext): Behaviour<Schema> {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    if (!this.lock.tryAcquire()) yield* this.lock.acquire();
    try {
      return this.known.get(id) ?? (yield* this.ask(id, request));
    } finally {
      this.lock.release();
    }
  }

  private *ask(id: number, request: RequestContext): Behaviour<Schema> {
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
