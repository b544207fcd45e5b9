/** The model beside a real nats-server: 500 scripts without a difference, and faults in the model that are found. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { styleFor } from '../../../../../scenarios/cli/reporters/style.ts';
import {
  agrees,
  compare,
  countWords,
  OCCURRENCES_MIN,
  scriptsOf,
} from '../../../../../scenarios/cli/twin/comparison.ts';
import { natsTwin } from '../../../../../scenarios/cli/twin/nats/nats-twin.ts';
import type { NatsStep } from '../../../../../scenarios/cli/twin/nats/steps.ts';
import { asText } from '../../../../../scenarios/cli/twin/report.ts';
import { Connection } from '../../../../../sim-core/systems/nats/core.ts';
import { JetStream } from '../../../../../sim-core/systems/nats/jetstream/jet-stream.ts';
import { JetStreamConsumer } from '../../../../../sim-core/systems/nats/jetstream/consumer.ts';
import { DeliverGroup } from '../../../../../sim-core/systems/nats/jetstream/deliver-group.ts';
import { MessageStore } from '../../../../../sim-core/systems/nats/jetstream/message-store.ts';
import { StateFile } from '../../../../../sim-core/systems/nats/jetstream/state-file.ts';
import { UnacknowledgedMessages } from '../../../../../sim-core/systems/nats/jetstream/unacknowledged.ts';
import { RecordedPlays } from '../recorded-plays.ts';

const program = natsTwin.findProgram();
const isLeftOut = program === undefined && process.env.CI === undefined;
const options = { scripts: 500, seed: 1, interrupted: new AbortController().signal, progress: () => {} };

/** Faults of the model, each of which the server's answers have to show. */
const FAULTS: Record<string, () => void> = {
  'takes a nak for an acknowledgement': () => {
    vi.spyOn(JetStreamConsumer.prototype, 'reject').mockImplementation(function (
      this: JetStreamConsumer<unknown>,
      delivery,
    ) {
      this.acknowledge(delivery);
    });
  },
  'has no limit of what may be pending': () => {
    vi.spyOn(UnacknowledgedMessages.prototype, 'count', 'get').mockReturnValue(0);
  },
  'gives every member of a queue group a copy': () => {
    const { subscribe } = Connection.prototype;
    vi.spyOn(Connection.prototype, 'subscribe').mockImplementation(function (this: Connection<unknown>, pattern) {
      return subscribe.call(this, pattern);
    });
  },
  'gives every member of a deliver group a copy': () => {
    const { join } = DeliverGroup.prototype;
    vi.spyOn(DeliverGroup.prototype, 'join').mockImplementation(function (
      this: DeliverGroup<unknown>,
      consumer,
      member,
    ) {
      join.call(this, consumer, member);
      consumer.listen((delivery) => this['members'].forEach((each) => each(delivery)));
    });
  },
  'delivers to a group that has no members': () => {
    vi.spyOn(DeliverGroup.prototype, 'leave').mockImplementation(() => {});
  },
  'does not raise the floor of what is acknowledged': () => {
    vi.spyOn(UnacknowledgedMessages.prototype, 'raiseFloor').mockImplementation(() => {});
  },
  'counts no delivery but the first': () => {
    vi.spyOn(UnacknowledgedMessages.prototype, 'countDelivery').mockReturnValue(1);
  },
  'stores a second message of an id': () => {
    const { publish } = JetStream.prototype;
    vi.spyOn(JetStream.prototype, 'publish').mockImplementation(function (this: JetStream<unknown>, message) {
      const { subject, payload, bytes } = message;
      return publish.call(this, { subject, payload, bytes });
    });
  },
  'loses the last message that it has acknowledged when it is killed': () => {
    const { crash } = JetStream.prototype;
    vi.spyOn(JetStream.prototype, 'crash').mockImplementation(function (this: JetStream<unknown>) {
      crash.call(this);
      this.deleteMessage(this.store.lastSequence);
    });
  },
  'knows what a consumer has acknowledged no more when it is killed': () => {
    vi.spyOn(StateFile.prototype, 'write').mockImplementation(() => {});
  },
  'begins anew with its numbers after a purge': () => {
    const { purge } = MessageStore.prototype;
    vi.spyOn(MessageStore.prototype, 'purge').mockImplementation(function (this: MessageStore<unknown>) {
      const count = purge.call(this);
      Object.assign(this, { first: 0, last: 0 });
      return count;
    });
  },
};

it('uses every operation and option in at least 20 of 500 scripts', () => {
  const counts = countWords(natsTwin, scriptsOf(natsTwin, options.scripts, options.seed));
  expect([...counts].filter(([, count]) => count < OCCURRENCES_MIN)).toEqual([]);
});

describe.skipIf(isLeftOut)(`beside ${program ?? 'a nats-server, which is not on this machine'}`, () => {
  let server: RecordedPlays<NatsStep>;
  beforeAll(async () => {
    server = new RecordedPlays(await natsTwin.start(program!));
  });
  afterAll(() => server.stop());

  it('answers 500 scripts as the server does', async () => {
    const started = performance.now();
    const comparison = await compare(natsTwin, server, options);
    const seconds = (performance.now() - started) / 1000;
    console.log(asText(natsTwin, { ...comparison, version: server.version, seed: 1, seconds }, styleFor(false)));
    expect(comparison.differences).toEqual([]);
    expect(agrees(comparison), JSON.stringify(comparison.unstable)).toBe(true);
    expect(comparison.scripts).toBe(options.scripts);
  }, 240_000);

  it.each(Object.entries(FAULTS))('does not answer as a model that %s', (_, plant) => {
    expect(server.found(natsTwin, plant)).toBeGreaterThan(0);
  });
});
