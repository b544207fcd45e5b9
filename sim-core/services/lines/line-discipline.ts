/** Who is next in the waiting line of a service, and whom it is too late for: the seam of line disciplines. */
import type { Duration, Time } from '../../kernel/time.ts';

export interface LineDiscipline {
  /** The place of whoever joins as the n-th: the lowest number goes first, and of equal ones who came first. */
  placeOf(arrival: number): number;
  /**
   * Whether whoever has come to the head after so long is turned away in place of being served; `deadline` is when its caller
   * stops waiting, which a service knows only if calls carry it; `behind` is how many wait still.
   */
  drops(waited: Duration, now: Time, deadline: Time, behind: number): boolean;
}

export type LineDisciplineFactory = () => LineDiscipline;
