/**
 * Many keys sent through an exchange that spreads them, and what can be told of where they went whatever the hash is: how many
 * came, whether a key's messages stay together, which queues have some, which have a large part, and to which a key moved
 * that went elsewhere the last time.
 */
import { makeMessage, RequestContext } from '../../../../../sim-core/index.ts';
import { QUEUES } from '../steps.ts';
import type { Operation, StepOf } from './operation.ts';

/** So many that chance gives no queue of a tenth of the buckets a large part, and none to a queue of a third less. */
const KEYS = 300;
const SENT_TWICE = 30;
const LARGE_PART = 0.2;

const KEYS_SENT: readonly string[] = Array.from(
  { length: KEYS + SENT_TWICE },
  (_, i) => `key-${(i % KEYS).toString().padStart(3, '0')}`,
);

type Contents = readonly (readonly [queue: string, keys: readonly string[]])[];

/** What is the same of any hash, and where each key is now. */
function seen(contents: Contents, places: Map<string, string>): object {
  const moved = new Set<string>();
  let isTogether = true;
  for (const key of new Set(KEYS_SENT)) {
    const found = contents.filter(([, keys]) => keys.includes(key)).map(([queue]) => queue);
    isTogether &&= found.length <= 1;
    if (found.length === 0) continue;
    const before = places.get(key);
    if (before !== undefined && before !== found[0]) moved.add(found[0]);
    places.set(key, found[0]);
  }
  const those = (isThat: (count: number) => boolean): string[] =>
    contents.filter(([, keys]) => isThat(keys.length)).map(([queue]) => queue);
  return {
    came: contents.reduce((sum, [, keys]) => sum + keys.length, 0),
    isTogether,
    reached: those((count) => count > 0),
    large: those((count) => count > LARGE_PART * KEYS_SENT.length),
    moved: [...moved].toSorted(),
  };
}

export const spreadOperation: Operation<StepOf<'spread'>> = {
  words: ({ op }) => [op],
  model({ actor, exchange }, { client, broker, places }, index) {
    const { channel } = client(actor);
    let returned = false;
    for (const key of KEYS_SENT) {
      const message = makeMessage({
        request: new RequestContext(index, broker.sim.now),
        content: key,
        sent: broker.sim.now,
        bytes: key.length,
        exchange,
        routingKey: key,
      });
      returned = channel.publish(message, true).returned || returned;
    }
    const contents = QUEUES.filter((name) => broker.peek(name) !== undefined).map((name) => {
      const keys: string[] = [];
      for (let next = channel.get(name, true); next !== undefined; next = channel.get(name, true))
        keys.push(next.message.content as string);
      return [name, keys] as const;
    });
    return { returned, ...seen(contents, places) };
  },
  async server({ actor, exchange }, { client, names, queues, places }) {
    const publisher = client(actor);
    publisher.returned = false;
    const send = async (key: string): Promise<void> =>
      new Promise((resolve) => {
        publisher.channel.publish(names.long(exchange), key, Buffer.from(key), { mandatory: true }, () => resolve());
      });
    await Promise.all(KEYS_SENT.map(send));
    const contents: (readonly [string, string[]])[] = [];
    for (const name of QUEUES.filter((each) => queues.ownerOf(each) !== undefined)) {
      const keys: string[] = [];
      for (;;) {
        const next = await publisher.channel.get(names.long(name), { noAck: true });
        if (next === false) break;
        keys.push(next.content.toString());
      }
      contents.push([name, keys]);
    }
    return { returned: publisher.returned, ...seen(contents, places) };
  },
};
