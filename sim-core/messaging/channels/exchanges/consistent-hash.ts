/**
 * Consistent-hash exchange (the RabbitMQ plugin of that name, as of 3.10): a binding's key is a weight, which gives its
 * destination so many buckets at the end of the row; a message goes to one bucket, by the jump consistent hash of its
 * routing key (Lamping & Veach, "A fast, minimal memory, consistent hash algorithm", 2014). A bucket added at the end takes
 * its share from all others and moves nothing between them; one that goes moves up all those behind it.
 *
 * Keys are hashed by FNV-1a, not by Erlang's hash: shares and moves are the plugin's, which key goes where is not.
 */
import { HashedStream } from '../../../kernel/random/hashed-stream.ts';
import { BindingRefused, type Binding, type Destination, type ExchangeType, type Router } from './exchange-type.ts';

const WORDS = Int32Array.of(0x51ed270b, 0x2b5f1a87, 0x6c8e9cf5, 0x1f83d9ab);

class ConsistentHash implements Router {
  private buckets: Destination[] = [];
  private readonly draws = new HashedStream(WORDS);

  /** A destination that has buckets gets no more by a second binding, whatever its weight. */
  bind({ key, destination }: Binding): void {
    const weight = Number(key);
    if (!/^\d+$/.test(key)) throw new BindingRefused(`The binding key must be an integer: ${key}`);
    if (weight < 1) throw new BindingRefused(`The binding key must be greater than 0: ${key}`);
    if (this.buckets.includes(destination)) return;
    for (let i = 0; i < weight; i++) this.buckets.push(destination);
  }

  /** All of a destination's buckets go, whatever the binding's weight. */
  unbind({ destination }: Binding): void {
    this.buckets = this.buckets.filter((each) => each !== destination);
  }

  route(_: unknown, key: string, found: Set<Destination>): void {
    if (this.buckets.length > 0) found.add(this.buckets[this.bucketOf(key)]);
  }

  private bucketOf(key: string): number {
    const draws = this.draws.of(fnv1a(key));
    let bucket = 0;
    for (let jump = 0; jump < this.buckets.length;) {
      bucket = jump;
      jump = Math.floor((bucket + 1) / (1 - draws.next()));
    }
    return bucket;
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export const consistentHash: ExchangeType = {
  help: 'to one destination by the hash of the routing key; binding keys are weights',
  create: () => new ConsistentHash(),
};
