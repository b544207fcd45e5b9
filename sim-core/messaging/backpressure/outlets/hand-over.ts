/** The way from a stage, or the spool, to the next one: which, over which link, and how items are handed over. */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import { BackgroundRequests } from '../../../network/background-requests.ts';
import type { Link } from '../../../network/link.ts';
import type { ParcelBook } from '../parcel.ts';
import type { Handover, Inlet, Outlet } from './outlet.ts';
import { outlets, type OutletName } from './outlets.ts';

export interface NextStage {
  readonly stage: Inlet;
  /** It keeps the order. */
  readonly link: Link<Handover, undefined>;
  readonly by: OutletName;
  /** Where items are put: one that found nobody at the other end is put again after so long. */
  readonly retryAfter: Duration;
}

interface HandingOver {
  readonly sender: { readonly isUp: boolean };
  /** The sender may go on. */
  readonly wake: () => void;
}

/** Makes the outlet of a sender that is being constructed. */
export function handOver(sim: Simulation, next: NextStage, book: ParcelBook, { sender, wake }: HandingOver): Outlet {
  const outlet = outlets[next.by]({
    sim,
    book,
    link: next.link,
    inlet: next.stage,
    background: new BackgroundRequests(sim),
    retryAfter: next.retryAfter,
    senderIsUp: () => sender.isUp,
    wake,
  });
  next.stage.fedBy(outlet);
  return outlet;
}
