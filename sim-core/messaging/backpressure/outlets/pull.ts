/**
 * Pull: sends what the next stage has asked for, by Reactive Streams over the link, and begins on nothing else. Since every signal
 * travels, none comes back within another, and the sender may give an item whenever it is done with it.
 */
import type { Parcel } from '../parcel.ts';
import { OnDemand } from '../reactive/on-demand.ts';
import { StreamLink } from '../reactive/stream-link.ts';
import type { Outlet, OutletOptions, Place } from './outlet.ts';

export class Pull implements Outlet {
  protected readonly options: OutletOptions;
  protected readonly publisher: OnDemand<Parcel>;
  private readonly stream: StreamLink<Parcel>;

  constructor(options: OutletOptions) {
    this.options = options;
    this.publisher = new OnDemand(options.wake);
    this.stream = new StreamLink<Parcel>({
      link: options.link,
      publisher: this.publisher,
      subscriber: options.inlet.subscriber,
      requestOf: ({ request }) => request,
      background: options.background,
      missed: (parcel) => options.book.end(parcel, 'unreachable'),
    });
  }

  get underWay(): number {
    return this.stream.underWay;
  }

  get demand(): number {
    return this.publisher.outstanding;
  }

  /** An item is for whom it was promised to: if that subscription is over, it is lost, and takes no other's place. */
  reserve(): Place | undefined {
    const promised = this.publisher.reserve();
    if (promised === undefined) return undefined;
    const { book } = this.options;
    return {
      send: (parcel, sent) => {
        if (!promised.next(parcel)) book.end(parcel, 'unreachable');
        sent();
      },
    };
  }

  senderDied(): void {
    this.stream.reset('publisher');
  }

  receiverDied(): void {
    this.stream.reset('subscriber');
  }

  connect(): void {
    const { inlet, senderIsUp } = this.options;
    if (inlet.isUp && senderIsUp()) this.stream.connect();
  }
}
