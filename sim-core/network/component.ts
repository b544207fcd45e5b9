/**
 * Components: what a system is made of. Each has a name, says which signals its facts make and which interventions it
 * takes. Components and the links between them register with their simulation, so that a topology, a recording and a
 * list of what can be broken follow from the wiring alone.
 */
import type { Simulation } from '../kernel/simulation.ts';
import type { SignalDefinition } from '../statistics/signal.ts';

export type ComponentKind =
  | 'client'
  | 'balancer'
  | 'service'
  | 'cache'
  | 'database'
  | 'broker'
  | 'consumer'
  | 'coordinator';

/** What a component's copies have in common: `app` of `app-1`. */
export const fleetOf = (name: string): string => /^(.+?)-?\d+$/.exec(name)?.[1] ?? name;

/** One argument of an intervention. */
export interface InterventionArgument {
  readonly name: string;
  readonly help: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** Something that can be done to a component while it runs. */
export interface Intervention {
  readonly help: string;
  readonly arguments: readonly InterventionArgument[];
  /**
   * `operation`: what whoever runs a system does to it on purpose. It breaks nothing and takes neither load nor faults away,
   * so an exercise allows it; without it the world does it.
   */
  readonly of?: 'operation';
  /** Does it, at the present instant, with one value an argument, in order, validated. */
  apply(values: readonly number[]): void;
}

export interface Component {
  /** Unique in the system: `app-1`. */
  readonly name: string;
  readonly kind: ComponentKind;
  /** A sentence for the reader: what it is and how large. */
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  /** What is in it now, by name: for the page's inspector. */
  state(): Readonly<Record<string, number | string>>;
  /** Broken invariants in words; empty while all hold. Checked by tests, fuzzing and debug runs. */
  violations(): readonly string[];
}

/** In a component's state: how many may wait in its line, by which a reader of a run tells whether the line is bounded. */
export const ROOM_TO_WAIT = 'may wait';

/** What a component with a line of so much room puts into its state: `Infinity` is said aloud. */
export const roomToWait = (queueMax: number): Readonly<Record<string, number | string>> => ({
  [ROOM_TO_WAIT]: queueMax === Infinity ? 'any number' : queueMax,
});

const within = new WeakMap<Simulation, Map<string, Record<string, string>>>();

/** Has a component's state say what something that works in it is; where several say so under one name, one after the other. */
export function sayWithin(sim: Simulation, component: string, name: string, words: string): void {
  const said = within.get(sim) ?? new Map<string, Record<string, string>>();
  within.set(sim, said);
  const own = said.get(component) ?? {};
  said.set(component, { ...own, [name]: name in own ? `${own[name]}, ${words}` : words });
}

/** What is in a component, with what was said of what works in it. */
export const stateOf = (sim: Simulation, component: Component): Readonly<Record<string, number | string>> => ({
  ...component.state(),
  ...within.get(sim)?.get(component.name),
});

/** What a component keeps in its memory and shows as its own, with what may be done to it there. */
export type ComponentPart = Pick<Component, 'signals' | 'state' | 'violations'> &
  Partial<Pick<Component, 'interventions'>>;

/** A way from one component to another, and back. */
export interface Connection {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Kinds of the events by which a request and a reply arrive. */
  readonly requestKind: number;
  readonly replyKind: number;
  /** Has what is sent either way wait until it is opened again. */
  cut(): void;
  open(): void;
}

const registered = new WeakMap<Simulation, Component[]>();
const connected = new WeakMap<Simulation, Connection[]>();

/** Adds a component to its simulation; an error if the name is taken. */
export function register(sim: Simulation, component: Component): void {
  const components = registered.get(sim) ?? [];
  if (components.some(({ name }) => name === component.name)) {
    throw new Error(`two components are named ${component.name}; names are unique in a system`);
  }
  components.push(component);
  registered.set(sim, components);
}

/** The components of a simulation, in order of construction. */
export function componentsOf(sim: Simulation): readonly Component[] {
  return registered.get(sim) ?? [];
}

/** Adds a link to its simulation. */
export function connect(sim: Simulation, connection: Connection): void {
  const connections = connected.get(sim) ?? [];
  connections.push(connection);
  connected.set(sim, connections);
}

/** The links of a simulation, in order of construction. */
export function connectionsOf(sim: Simulation): readonly Connection[] {
  return connected.get(sim) ?? [];
}
