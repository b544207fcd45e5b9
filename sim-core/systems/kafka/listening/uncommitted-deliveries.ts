/**
 * The experimenter's book of what a group's listeners were given and the group has not committed: when somebody begins anew
 * with a partition, whatever is not below the committed offset is given again, whoever had handled it.
 */
import type { Received } from '../../../messaging/consuming/received.ts';

interface Delivery {
  readonly offset: number;
  readonly received: Received;
}

export class UncommittedDeliveries {
  private readonly committedOf: (partition: string) => number;
  private readonly deliveries = new Map<string, Delivery[]>();

  /** `committedOf`: what the group has committed of a partition by now. */
  constructor(committedOf: (partition: string) => number) {
    this.committedOf = committedOf;
  }

  /** A listener had it, and is done with it or has died of it. */
  had(partition: string, offset: number, received: Received): void {
    const known = this.deliveries.get(partition) ?? [];
    this.deliveries.set(partition, known);
    const committed = this.committedOf(partition);
    const open = known.findIndex((delivery) => delivery.offset >= committed);
    known.splice(0, open < 0 ? known.length : open);
    known.push({ offset, received });
  }

  /** A member begins with a partition where the group has committed it: gives the deliveries that are made again. */
  beginAt(partition: string, offset: number): readonly Received[] {
    const known = this.deliveries.get(partition) ?? [];
    this.deliveries.delete(partition);
    return known.filter((delivery) => delivery.offset >= offset).map(({ received }) => received);
  }
}
