/**
 * The system as a picture: components become nodes in layers from left to right, by the longest chain of calls that
 * leads to each. Components that are copies of one another (`app-1` … `app-4`: one kind, called by the same, calling
 * the same) share a node, so that a fleet of any size stays one box and its links stay countable.
 *
 * Places are in units of one node: x counts layers, y is centred on 0 within a layer. A scenario may place its
 * components by hand instead, a fleet by one or more of its copies; one that is placed by its stem alone (`broker`) is one
 * node too where its copies call each other, or each one of its own. Cycles of calls are cut where the walk meets a
 * component that it is still on.
 */
import { fleetOf, type Place, type RecordedComponent } from '../../sim-core/index.ts';
import { groupBy } from './grouping.ts';

export interface TopologyNode {
  /** The component's name, or the stem that the copies share. */
  readonly name: string;
  readonly kind: RecordedComponent['kind'];
  readonly members: readonly RecordedComponent[];
  readonly x: number;
  readonly y: number;
}

export interface TopologyEdge {
  readonly from: TopologyNode;
  readonly to: TopologyNode;
}

export interface Topology {
  /** By layer, then from top to bottom: also the order in which they are read out. */
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
  /** Layers, and nodes in the fullest one. */
  readonly layers: number;
  readonly tallest: number;
}

/** So near to a node's middle, in nodes, a straight edge is not seen. */
const BEHIND = 0.3;

type Placed = Omit<TopologyNode, 'x' | 'y'> & { x: number; y: number };

export function layOut(components: readonly RecordedComponent[], places?: Readonly<Record<string, Place>>): Topology {
  const groups = groupCopies(components, places ?? {});
  const groupOf = new Map(groups.flatMap((group) => group.members.map(({ name }) => [name, group])));
  const links = new Map<Placed, Set<Placed>>();
  for (const group of groups) {
    const called = group.members.flatMap(({ calls }) => calls.flatMap((name) => groupOf.get(name) ?? []));
    links.set(group, new Set(called.filter((target) => target !== group)));
  }
  if (places && groups.every((group) => placesOf(group, places).length > 0)) placeByHand(groups, places);
  else placeByLayers(groups, links);
  const nodes = groups.toSorted((a, b) => a.x - b.x || a.y - b.y);
  const edges = nodes.flatMap((from) => [...(links.get(from) ?? [])].map((to) => ({ from, to })));
  const rows = groupBy(nodes, ({ x }) => x);
  return {
    nodes,
    edges,
    layers: Math.max(0, ...nodes.map(({ x }) => x)) + 1,
    tallest: Math.max(1, ...[...rows.values()].map(({ length }) => length)),
  };
}

function groupCopies(components: readonly RecordedComponent[], places: Readonly<Record<string, Place>>): Placed[] {
  const callers = (name: string): string =>
    components.flatMap((one) => (one.calls.includes(name) ? [one.name] : [])).join();
  const groups = groupBy(components, ({ name, kind, calls }) => {
    const stem = fleetOf(name);
    if (stem === name) return name;
    return Object.hasOwn(places, stem)
      ? JSON.stringify([stem, kind])
      : JSON.stringify([stem, kind, calls, callers(name)]);
  });
  const fleets = [...groups.values()].filter(({ length }) => length > 1).map(([{ name }]) => fleetOf(name));
  return [...groups.values()].map((members) => {
    const [{ name, kind }] = members;
    const isOneOfSeveral = fleets.filter((stem) => stem === fleetOf(name)).length > 1;
    const fleet = isOneOfSeveral ? `${name} … ${members[members.length - 1].name}` : fleetOf(name);
    return { name: members.length > 1 ? fleet : name, kind, members, x: 0, y: 0 };
  });
}

/** Where a group is placed: by the names of its members, or by their stem, be it a fleet of one. */
function placesOf({ members }: Placed, places: Readonly<Record<string, Place>>): Place[] {
  const names = new Set(members.flatMap(({ name }) => [name, fleetOf(name)]));
  return [...names].filter((name) => Object.hasOwn(places, name)).map((name) => places[name]);
}

function placeByHand(groups: readonly Placed[], places: Readonly<Record<string, Place>>): void {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  for (const group of groups) {
    const placed = placesOf(group, places);
    group.x = Math.round(mean(placed.map(({ x }) => x)));
    group.y = mean(placed.map(({ y }) => y));
  }
  const left = Math.min(...groups.map(({ x }) => x));
  const middle = (Math.min(...groups.map(({ y }) => y)) + Math.max(...groups.map(({ y }) => y))) / 2;
  for (const group of groups) {
    group.x -= left;
    group.y -= middle;
  }
}

/** A layer steps aside for an edge that passes over it and would be hidden behind one of its nodes. */
function clearTheWay(groups: readonly Placed[], links: ReadonlyMap<Placed, ReadonlySet<Placed>>): void {
  const layers = groupBy(groups, ({ x }) => x);
  const isHidden = (from: Placed, to: Placed, { x, y }: Placed): boolean =>
    from.x < x && x < to.x && Math.abs(from.y + ((to.y - from.y) * (x - from.x)) / (to.x - from.x) - y) < BEHIND;
  const edges = [...links].flatMap(([from, targets]) => [...targets].map((to) => [from, to] as const));
  for (const layer of layers.values()) {
    if (!layer.some((group) => edges.some(([from, to]) => isHidden(from, to, group)))) continue;
    for (const group of layer) group.y -= 0.5;
  }
}

function placeByLayers(groups: readonly Placed[], links: ReadonlyMap<Placed, ReadonlySet<Placed>>): void {
  const onPath = new Set<Placed>();
  const push = (group: Placed, layer: number): void => {
    if (onPath.has(group) || (layer > 0 && group.x >= layer)) return;
    group.x = Math.max(group.x, layer);
    onPath.add(group);
    for (const target of links.get(group) ?? []) push(target, layer + 1);
    onPath.delete(group);
  };
  const called = new Set([...links.values()].flatMap((targets) => [...targets]));
  const sources = groups.filter((group) => !called.has(group));
  for (const source of sources.length > 0 ? sources : groups.slice(0, 1)) push(source, 0);
  for (const layer of groupBy(groups, ({ x }) => x).values()) {
    layer.forEach((group, place) => {
      group.y = place - (layer.length - 1) / 2;
    });
  }
  clearTheWay(groups, links);
}
