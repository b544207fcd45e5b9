/**
 * What is drawn of the requests at an instant: a place and a glyph for each dot, in arrays that are made once. It follows
 * from the recording, the instant and the scale alone, so going back shows what was shown before.
 *
 * A message stands on its lane where its share of the way between departure and arrival is. A request within a component
 * stands in its tray: those at work first, then, from a new row on, those who wait in the order in which they came.
 * Where one dot stands for several requests, those are drawn whose number's hash is in the sample, the same in every
 * run. Failures and retries are drawn one by one all the same, up to a number; all are counted.
 */
import { holding } from './interval-index.ts';
import { LANE_POINTS, type Lanes } from './lanes.ts';
import { isRare, NEUTRAL, ROLES } from './request-roles.ts';
import { TRAY_PITCH, type Tray } from './stage-cards.ts';
import type { Traffic } from './traffic.ts';

/** Dots drawn at most. */
export const GLYPHS_MAX = 1000;
/** Failures and retries that are drawn one by one where one dot stands for several requests. */
export const RARE_MAX = 40;

export class Particles {
  /** Of the dots: their middles in pixels, what they look like as places in `ROLES`, and whether they are on a wire. */
  readonly x = new Float32Array(GLYPHS_MAX);
  readonly y = new Float32Array(GLYPHS_MAX);
  readonly glyphs = new Uint8Array(GLYPHS_MAX);
  readonly moving = new Uint8Array(GLYPHS_MAX);
  /** The place in the traffic's hops or stays that each dot shows. */
  readonly shown = new Uint32Array(GLYPHS_MAX);
  count = 0;

  /** All requests, drawn or not: on each edge's way, and in each node at work and waiting. */
  readonly onEdges: Uint32Array;
  readonly working: Uint32Array;
  readonly waiting: Uint32Array;
  total = 0;
  /** All of each role. */
  readonly ofRoles = new Uint32Array(ROLES.length);

  private readonly traffic: Traffic;
  private time = 0;
  private readonly hops: Uint32Array;
  private readonly stays: Uint32Array;
  private hopCount = 0;
  private stayCount = 0;
  /** Places taken in each tray; failures and retries met. */
  private readonly placed: Uint32Array;
  private rare = 0;

  constructor(traffic: Traffic, nodes: number, edges: number) {
    this.traffic = traffic;
    this.onEdges = new Uint32Array(edges);
    this.working = new Uint32Array(nodes);
    this.waiting = new Uint32Array(nodes);
    this.placed = new Uint32Array(nodes);
    this.hops = new Uint32Array(traffic.hops.index.most);
    this.stays = new Uint32Array(traffic.stays.index.most);
  }

  /** Finds and counts all who are under way at an instant. */
  look(time: number): void {
    const { hops, stays, from, until } = this.traffic;
    const known = time >= from && time < until;
    this.time = time;
    this.hopCount = known ? holding(hops.index, time, this.hops) : 0;
    this.stayCount = known ? holding(stays.index, time, this.stays) : 0;
    this.total = this.hopCount + this.stayCount;
    this.onEdges.fill(0);
    this.working.fill(0);
    this.waiting.fill(0);
    this.ofRoles.fill(0);
    for (let i = 0; i < this.hopCount; i++) {
      this.onEdges[hops.edges[this.hops[i]]]++;
      this.ofRoles[hops.roles[this.hops[i]]]++;
    }
    for (let i = 0; i < this.stayCount; i++) {
      const stay = this.stays[i];
      if (time < stays.begins[stay]) this.waiting[stays.nodes[stay]]++;
      else this.working[stays.nodes[stay]]++;
      this.ofRoles[this.roleOfStay(stay)]++;
    }
  }

  /** Whether a tray holds at a scale what was counted: who works, and from a new row on who waits. */
  fits(trays: readonly (Tray | undefined)[], oneIn: number): boolean {
    for (let node = 0; node < trays.length; node++) {
      const tray = trays[node];
      if (!tray) continue;
      const rows =
        Math.ceil(this.working[node] / oneIn / tray.columns) + Math.ceil(this.waiting[node] / oneIn / tray.columns);
      if (rows > tray.rows) return false;
    }
    return true;
  }

  /** Gives places to the dots of what was looked at last; without `wires` only to those who are in a component. */
  place(lanes: Lanes, oneIn: number, wires: boolean): void {
    this.count = 0;
    const bound = 4_294_967_296 / oneIn;
    this.rare = 0;
    this.placed.fill(0);
    if (wires) this.placeHops(lanes, bound, oneIn);
    this.placeStays(lanes, bound, oneIn, false);
    this.beginRows(lanes);
    this.placeStays(lanes, bound, oneIn, true);
  }

  private placeHops({ points }: Lanes, bound: number, oneIn: number): void {
    const { departures, arrivals, edges, replies, hashes, roles } = this.traffic.hops;
    for (let i = 0; i < this.hopCount; i++) {
      const hop = this.hops[i];
      const oneByOne = oneIn > 1 && isRare(roles[hop]);
      if (oneByOne ? this.rare++ >= RARE_MAX : hashes[hop] >= bound) continue;
      const way = ((this.time - departures[hop]) / (arrivals[hop] - departures[hop])) * (LANE_POINTS - 1);
      const piece = Math.min(LANE_POINTS - 2, Math.floor(way));
      const share = way - piece;
      const at = ((edges[hop] * 2 + replies[hop]) * LANE_POINTS + piece) * 2;
      const x = points[at] + share * (points[at + 2] - points[at]);
      const y = points[at + 1] + share * (points[at + 3] - points[at + 1]);
      this.add(x, y, roles[hop], 1, hop);
    }
  }

  private placeStays({ trays }: Lanes, bound: number, oneIn: number, waits: boolean): void {
    const { begins, nodes, hashes } = this.traffic.stays;
    for (let i = 0; i < this.stayCount; i++) {
      const stay = this.stays[i];
      if (this.time < begins[stay] !== waits) continue;
      const role = this.roleOfStay(stay);
      const oneByOne = oneIn > 1 && isRare(role);
      if (oneByOne ? this.rare++ >= RARE_MAX : hashes[stay] >= bound) continue;
      const node = nodes[stay];
      const tray = trays[node];
      if (!tray || this.placed[node] >= tray.columns * tray.rows) continue;
      const place = this.placed[node]++;
      const x = tray.left + ((place % tray.columns) + 0.5) * TRAY_PITCH;
      const y = tray.top + (Math.floor(place / tray.columns) + 0.5) * TRAY_PITCH;
      this.add(x, y, waits && !isRare(role) ? NEUTRAL : role, 0, stay);
    }
  }

  private beginRows({ trays }: Lanes): void {
    for (let node = 0; node < trays.length; node++) {
      const columns = trays[node]?.columns ?? 1;
      this.placed[node] = Math.ceil(this.placed[node] / columns) * columns;
    }
  }

  private roleOfStay(stay: number): number {
    const { roles, turns, turned } = this.traffic.stays;
    return this.time >= turns[stay] ? turned[stay] : roles[stay];
  }

  private add(x: number, y: number, glyph: number, moving: number, shown: number): void {
    if (this.count === GLYPHS_MAX) return;
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.glyphs[this.count] = glyph;
    this.moving[this.count] = moving;
    this.shown[this.count] = shown;
    this.count++;
  }
}
