/**
 * Pull or drop: what the next stage has not asked for is dropped at once, and the sender never waits. This is Reactor's
 * `onBackpressureDrop`, which asks its own source for everything: demand ends here, and goes no further upstream.
 * https://projectreactor.io/docs/core/release/api/reactor/core/publisher/Flux.html (onBackpressureDrop).
 */
import type { Parcel } from '../parcel.ts';
import type { OutletOptions } from './outlet.ts';
import { Pull } from './pull.ts';

export class PullOrDrop extends Pull {
  constructor(options: OutletOptions) {
    super({ ...options, wake: () => {} });
  }

  override reserve(): boolean {
    return true;
  }

  override send(parcel: Parcel, sent: () => void): void {
    if (super.reserve()) {
      super.send(parcel, sent);
      return;
    }
    this.options.book.end(parcel, 'overflow');
    sent();
  }
}
