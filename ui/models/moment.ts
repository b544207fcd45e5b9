/**
 * The system at one row of the recording: what flows along each edge, what each node's card says, and the same as a
 * sentence for who does not see the stage. All of it is looked up; nothing is simulated.
 */
import {
  GRANTS,
  LETS_THROUGH,
  mainColumn,
  type RecordedFlow,
  type RecordedSignal,
  type Recording,
} from '../../sim-core/index.ts';
import { groupBy } from './grouping.ts';
import { countText, measureText, numberText } from './measure-text.ts';
import { rowSeconds, rowsOf, type Rows } from './rows.ts';
import { ownerOf, roleOf, shortName, type Role } from './signal-style.ts';
import type { Topology, TopologyEdge, TopologyNode } from './topology.ts';

/** A signal on a node's card. */
export interface Figure {
  readonly label: string;
  readonly signal: RecordedSignal;
  readonly role: Role;
  /** How many there are of what the signal counts, where the component says so: 100 connections. */
  readonly limit: number | undefined;
}

/** What is drawn of a run's system, beside the cursor. */
export interface StageModel {
  readonly recording: Recording;
  readonly topology: Topology;
  readonly rows: Rows;
  /** The greatest rate that any edge reaches in the run, a second: the scale of widths, the same at every instant. */
  readonly rateMax: number;
  readonly figures: ReadonlyMap<TopologyNode, readonly Figure[]>;
  readonly flows: ReadonlyMap<TopologyEdge, readonly RecordedFlow[]>;
  /** Nodes with a resource that requests may have to wait for. */
  readonly lines: ReadonlySet<TopologyNode>;
  /** Requests a second that enter the system, by row: those that come from where nobody calls. */
  readonly entering: Float64Array;
  /** What arrives at each copy of a node, by its name; what it sends, if the node is one of those below. */
  readonly copies: ReadonlyMap<string, readonly RecordedFlow[]>;
  /** Nodes that ask and that nobody asks: consumers that fetch what they are to do. */
  readonly asking: ReadonlySet<TopologyNode>;
}

const FIGURES_MAX = 3;

export function stageModel(recording: Recording, topology: Topology, charts: readonly string[]): StageModel {
  const rows = rowsOf(recording);
  const flows = new Map(topology.edges.map((edge) => [edge, flowsAlong(recording.flows, edge)]));
  const arriving = groupBy(recording.flows, ({ to }) => to);
  const sent = groupBy(recording.flows, ({ from }) => from);
  const isAsked = ({ members }: TopologyNode): boolean =>
    members.some(({ name }) => arriving.get(name)?.some(({ requests }) => requests.some((count) => count > 0)));
  const asking = new Set(topology.nodes.filter((node) => !isAsked(node)));
  const copies = new Map(
    topology.nodes.flatMap((node) =>
      node.members.map(({ name }) => [name, (asking.has(node) ? sent : arriving).get(name) ?? []]),
    ),
  );
  let rateMax = 1;
  for (const along of flows.values()) {
    for (let row = 0; row < rows.count; row++) rateMax = Math.max(rateMax, rateAt(along, rows, row));
  }
  const figures = new Map(topology.nodes.map((node) => [node, figuresOf(recording, topology, node, charts)]));
  const hasLine = (name: string): boolean =>
    recording.events.kindNames.some(
      (kind) => kind.startsWith(`${name} `) && (kind.endsWith(GRANTS) || kind.endsWith(LETS_THROUGH)),
    );
  const lines = new Set(topology.nodes.filter(({ members }) => members.some(({ name }) => hasLine(name))));
  const called = new Set(recording.flows.map(({ to }) => to));
  const sources = recording.flows.filter(({ from }) => !called.has(from));
  const entering = Float64Array.from({ length: rows.count }, (_, row) => rateAt(sources, rows, row));
  return { recording, topology, rows, rateMax, figures, flows, lines, entering, copies, asking };
}

/** Requests a second along several links in a row. */
export function rateAt(flows: readonly RecordedFlow[], rows: Rows, row: number): number {
  const seconds = rowSeconds(rows, row);
  if (seconds === 0) return 0;
  return flows.reduce((sum, { requests }) => sum + (requests[row] || 0), 0) / seconds;
}

/** A figure's value, `12 of 100` where there is a limit; `of` in another way where there is little room. */
export function figureText({ signal, limit }: Figure, row: number, of = ' of '): string {
  const value = mainColumn(signal)[row] ?? NaN;
  if (limit === undefined) return measureText(signal, value);
  // Of things that are counted a tenth is enough.
  return `${measureText(signal, Math.round(value * 10) / 10)}${of}${numberText(limit)}`;
}

/** How many requests are with each node, by its place in the topology. */
export interface Present {
  readonly working: ArrayLike<number>;
  readonly waiting: ArrayLike<number>;
}

/** The state of the system as sentences, in the order of the topology: rates of a row, requests of the instant. */
export function describeMoment(model: StageModel, row: number, present?: Present): string {
  const { topology, rows, flows, figures } = model;
  const sentences = topology.nodes.map((node, place) => {
    const sent = topology.edges
      .filter(({ from }) => from === node)
      .map((edge) => `${numberText(rateAt(flows.get(edge) ?? [], rows, row))} a second to ${edge.to.name}`);
    const said = (figures.get(node) ?? []).map((figure) => `${figure.label} ${figureText(figure, row)}`);
    const crowd = [
      ...(present?.working[place] ? [`${countText(present.working[place])} at work`] : []),
      ...(present?.waiting[place] ? [`${countText(present.waiting[place])} waiting`] : []),
    ];
    const parts = [...(sent.length > 0 ? [`sends ${sent.join(' and ')}`] : []), ...crowd, ...said];
    return parts.length > 0 ? `${node.name}: ${parts.join(', ')}.` : '';
  });
  return sentences.filter(Boolean).join(' ');
}

/** The colour role of an edge: what goes to a database has missed every cache before it. */
export function edgeRole({ to }: TopologyEdge): Role {
  return to.kind === 'database' ? 'miss' : 'waiting';
}

function flowsAlong(flows: readonly RecordedFlow[], { from, to }: TopologyEdge): RecordedFlow[] {
  const named = ({ members }: TopologyNode, name: string): boolean => members.some((one) => one.name === name);
  return flows.filter((flow) => named(from, flow.from) && named(to, flow.to));
}

/** Signals of the node's kind, charted ones first; none if several nodes are of that kind, for signals add them up. */
function figuresOf(
  { signals }: Recording,
  { nodes }: Topology,
  node: TopologyNode,
  charts: readonly string[],
): readonly Figure[] {
  if (nodes.filter(({ kind }) => kind === node.kind).length > 1) return [];
  const order = (name: string): number => (charts.includes(name) ? charts.indexOf(name) : charts.length);
  // How many are there and how many wait is counted at the instant, and said below the card.
  const counted = ({ kind, unit }: RecordedSignal): boolean => kind === 'gauge' && unit === '{request}';
  const shown = signals
    .filter((signal) => signal.kind !== 'counter' && signal.kind !== 'rate' && !counted(signal))
    // A point of a curve says little without the others.
    .filter(({ name, point }) => ownerOf(name) === node.kind && point === undefined)
    // A cache that is only written to has no hit ratio at any instant.
    .filter((signal) => mainColumn(signal).some(Number.isFinite))
    .toSorted((a, b) => order(a.name) - order(b.name))
    .slice(0, FIGURES_MAX);
  // One of a time is that of the node's work; of several, and of what is no time, it is said of what.
  const isPlain = ({ unit }: RecordedSignal): boolean =>
    unit === 's' && shown.filter(({ kind }) => kind === 'histogram').length === 1;
  return shown.map((signal) => {
    const name = shortName(signal.name);
    const label = signal.kind !== 'histogram' ? name : isPlain(signal) ? 'p99' : `p99 ${ofWhatTime(name)}`;
    const limit = node.members.length === 1 && signal.kind === 'gauge' ? node.members[0].state[label] : undefined;
    return { signal, label, role: roleOf(signal.name), limit: typeof limit === 'number' ? limit : undefined };
  });
}

/** That it is a time is said by its unit. */
const ofWhatTime = (name: string): string => name.replace(/ duration$/, '');
