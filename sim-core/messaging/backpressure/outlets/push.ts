/** Push: sends whatever there is, at once, and hears nothing. What the next stage cannot hold is that one's affair. */
import type { Parcel } from '../parcel.ts';
import type { Outlet, OutletOptions, Place } from './outlet.ts';

export class Push implements Outlet, Place {
  readonly demand = 0;
  underWay = 0;
  private readonly options: OutletOptions;
  private readonly arrive: (parcel: Parcel) => void;

  constructor(options: OutletOptions) {
    this.options = options;
    this.arrive = (parcel) => {
      this.underWay--;
      options.inlet.arrive(parcel);
    };
  }

  reserve(): Place {
    return this;
  }

  send(parcel: Parcel, sent: () => void): void {
    this.underWay++;
    this.options.link.carry('request', parcel.request, this.arrive, parcel);
    sent();
  }

  senderDied(): void {}

  receiverDied(): void {}

  connect(): void {}
}
