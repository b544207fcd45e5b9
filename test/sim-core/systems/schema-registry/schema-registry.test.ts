/** A registry over the network: what its clients ask once, what it refuses, and what happens while it is down. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { parseAvro } from '../../../../sim-core/messaging/schema/avro/avro-schema.ts';
import type { Schema } from '../../../../sim-core/messaging/schema/registry/levels.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { RegistryClient } from '../../../../sim-core/systems/schema-registry/registry-client.ts';
import { registryAnswered, SchemaRegistry } from '../../../../sim-core/systems/schema-registry/schema-registry.ts';

const record = (...fields: object[]): Schema => ({
  format: 'avro',
  schema: parseAvro({ type: 'record', name: 'R', fields }),
});

function system(): {
  registry: SchemaRegistry;
  client: (name: string) => RegistryClient;
  play: (behaviour: Behaviour) => void;
  asked: string[];
  now: () => number;
} {
  const sim = new Simulation({ seed: 1 });
  const registry = new SchemaRegistry(sim, { name: 'registry', level: 'BACKWARD', requestTime: constant(ms(2)) });
  const asked: string[] = [];
  sim.facts.channel(registryAnswered).listen(({ command, outcome }) => asked.push(`${command}: ${outcome}`));
  return {
    registry,
    client: (name) => new RegistryClient(sim, registry, name, constant(ms(1))),
    play: (behaviour) => {
      spawn(sim, 'test', behaviour);
      sim.runUntil(sim.now + s(60));
    },
    asked,
    now: () => sim.now,
  };
}
const request = new RequestContext(1, 0);

it('is asked for a schema once by each client', () => {
  const { client, play, asked, now } = system();
  const [producer, consumer] = [client('producer'), client('consumer')];
  play(
    (function* () {
      expect(yield* producer.register('orders', record(), request)).toEqual({
        outcome: 'registered',
        id: 1,
        version: 1,
      });
      expect(now()).toBe(ms(4));
      expect(producer.cached(1)).toEqual(record());
      expect(consumer.cached(1)).toBeUndefined();
      for (let i = 0; i < 3; i++) expect(yield* consumer.schemaOf(1, request)).toEqual(record());
      expect(now()).toBe(ms(8));
    })(),
  );
  expect(asked).toEqual(['register: registered', 'schema: found']);
});

it('refuses what its level does not take, and goes on with what it has', () => {
  const { registry, client, play, asked } = system();
  const producer = client('producer');
  play(
    (function* () {
      yield* producer.register('orders', record(), request);
      const refused = yield* producer.register('orders', record({ name: 'x', type: 'int' }), request);
      expect(refused.outcome).toBe('refused');
    })(),
  );
  expect(asked).toEqual(['register: registered', 'register: refused']);
  expect(registry.state()).toEqual({ schemas: 1, refused: 1 });
});

it('that is down, or has no such schema, fails who does not know it yet', () => {
  const { registry, client, play } = system();
  const [producer, consumer] = [client('producer'), client('consumer')];
  play(
    (function* () {
      yield* producer.register('orders', record(), request);
      yield* consumer.schemaOf(1, request);
      registry.interventions['crash'].apply([10]);
      expect(registry.state()).toMatchObject({ down: 'yes' });
      expect(yield* consumer.schemaOf(1, request)).toEqual(record());
      let failure = '';
      try {
        yield* client('another').schemaOf(1, request);
      } catch (error) {
        failure = (error as Error).message;
      }
      expect(failure).toBe('registry: unavailable');
    })(),
  );
  play(
    (function* () {
      try {
        yield* consumer.schemaOf(7, request);
        expect.unreachable();
      } catch (error) {
        expect((error as Error).name).toBe('CallFailed');
      }
    })(),
  );
});
