/**
 * An aggregate as three functions of plain values: what it is before anything has happened, what an event makes of it, and which
 * events a command brings about. Its state is the fold of its events and is stored nowhere, but perhaps in a snapshot.
 * Source: J. Chassaing, Functional Event Sourcing Decider, https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider.
 */
export interface Aggregate<State, Event> {
  readonly initial: State;
  evolve(state: State, event: Event): State;
}

export interface Decider<Command, State, Event> extends Aggregate<State, Event> {
  /** None if the state forbids what is commanded. */
  decide(state: State, command: Command): readonly Event[];
}

/** What the events make of a state, one after another. */
export function fold<State, Event>(
  { initial, evolve }: Aggregate<State, Event>,
  events: Iterable<Event>,
  from: State = initial,
): State {
  let state = from;
  for (const event of events) state = evolve(state, event);
  return state;
}
