/**
 * Pull or drop: what the next stage has not asked for is dropped at once, and the sender never waits. This is Reactor's
 * `onBackpressureDrop`, which asks its own source for everything: demand ends here, and goes no further upstream. Without a
 * consumer for what is dropped it tells nobody of it.
 * https://projectreactor.io/docs/core/release/api/reactor/core/publisher/Flux.html (onBackpressureDrop).
 */
import type { Parcel } from '../parcel.ts';
import type { OutletOptions, Place } from './outlet.ts';
import { Pull } from './pull.ts';

export class PullOrDrop extends Pull implements Place {
  constructor(options: OutletOptions) {
    super({ ...options, wake: () => {} });
  }

  override reserve(): Place {
    return this;
  }

  send(parcel: Parcel, sent: () => void): void {
    const asked = super.reserve();
    if (asked !== undefined) {
      asked.send(parcel, sent);
      return;
    }
    this.options.book.end(parcel, 'unasked');
    sent();
  }
}
