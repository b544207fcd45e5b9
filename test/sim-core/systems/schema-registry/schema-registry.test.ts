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
  start: (behaviour: Behaviour) => void;
  play: (behaviour: Behaviour) => void;
  asked: string[];
  now: () => number;
  at: (time: number, deed: () => void) => void;
} {
  const sim = new Simulation({ seed: 1 });
  const registry = new SchemaRegistry(sim, { name: 'registry', level: 'BACKWARD', requestTime: constant(ms(2)) });
  const asked: string[] = [];
  sim.facts.channel(registryAnswered).listen(({ command, outcome }) => asked.push(`${command}: ${outcome}`));
  return {
    registry,
    client: (name) => new RegistryClient(sim, registry, name, constant(ms(1))),
    start: (behaviour) => void spawn(sim, 'test', behaviour),
    play: (behaviour) => {
      spawn(sim, 'test', behaviour);
      sim.runUntil(sim.now + s(60));
    },
    asked,
    now: () => sim.now,
    at: (time, deed) => void sim.scheduleAt(time, deed, undefined, sim.eventKind('deed')),
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

it('is asked once by a client in which several miss a schema at once, and again by the next where that failed', () => {
  const { registry, client, start, play, asked } = system();
  const consumer = client('consumer');
  play(
    (function* () {
      yield* client('producer').register('orders', record(), request);
    })(),
  );
  const found: (Schema | string)[] = [];
  function* look(): Behaviour {
    try {
      found.push(yield* consumer.schemaOf(1, request));
    } catch (error) {
      found.push((error as Error).message);
    }
  }
  asked.length = 0;
  // The first one's question comes while it is down, that of the second does not.
  registry.interventions['crash'].apply([0.002]);
  start(look());
  start(look());
  play(look());
  expect(found).toEqual(['registry: unavailable', record(), record()]);
  expect(asked.filter((one) => one.startsWith('schema: found'))).toHaveLength(1);
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

/** A registration is at the registry from 1 ms on and would have been answered at 3 ms: crashes, and what became of it at what time. */
function registeredInSpiteOf(...crashes: readonly (readonly [at: number, seconds: number])[]) {
  const { registry, client, play, asked, now, at } = system();
  const producer = client('producer');
  for (const [time, seconds] of crashes) at(time, () => registry.interventions['crash'].apply([seconds]));
  let outcome = '';
  let ended = 0;
  play(
    (function* () {
      try {
        ({ outcome } = yield* producer.register('orders', record(), request));
      } catch (error) {
        outcome = (error as Error).message;
      }
      ended = now();
    })(),
  );
  return { outcome, ended, asked, schemas: registry.state()['schemas'] };
}

it('that crashes fails at once what it works at, and has done nothing of it', () => {
  expect(registeredInSpiteOf([ms(2), 10])).toEqual({
    outcome: 'registry: unavailable',
    ended: ms(3),
    asked: [],
    schemas: 0,
  });
  const answered = { outcome: 'registered', ended: ms(4), asked: ['register: registered'], schemas: 1 };
  expect(registeredInSpiteOf([ms(3.5), 10])).toEqual(answered);
});

it('is down until the last of its crashes is over, and no shorter for another', () => {
  const { registry, play, at } = system();
  const isDown: boolean[] = [];
  at(s(1), () => registry.interventions['crash'].apply([10]));
  at(s(2), () => registry.interventions['crash'].apply([1]));
  for (const time of [4, 10.9, 11.1]) at(s(time), () => isDown.push(registry.state()['down'] === 'yes'));
  play((function* () {})());
  expect(isDown).toEqual([true, true, false]);
});
