/** Things that may be done to a lab in a property test: what fast-check draws is what is done, with what, in which order. */
import type fc from 'fast-check';

type Deed<Lab> = (lab: Lab) => void;

/** Gives what makes deeds of one kind of lab: something is done with arguments that are drawn. */
export const deedsOf =
  <Lab>() =>
  <Args extends unknown[]>(args: fc.Arbitrary<Args>, act: (lab: Lab, ...args: Args) => void): fc.Arbitrary<Deed<Lab>> =>
    args.map((drawn) => (lab) => act(lab, ...drawn));
