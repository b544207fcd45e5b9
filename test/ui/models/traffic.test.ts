/**
 * Where requests are, read out of a real run's events: against what the run itself counted, and against a walk over the
 * events that knows the database by name.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import placement from '../../../scenarios/caching/placement.ts';
import scenario from '../../../scenarios/caching/stampede.ts';
import backpressure from '../../../scenarios/overload/backpressure.ts';
import grayFailure from '../../../scenarios/overload/gray-failure.ts';
import rateLimiting from '../../../scenarios/overload/rate-limiting.ts';
import {
  defineSignal,
  ms,
  readEvents,
  type Recording,
  run,
  s,
  sampleHash,
  serviceActive,
} from '../../../sim-core/index.ts';
import { lanesOf } from '../../../ui/models/lanes.ts';
import { stageModel } from '../../../ui/models/moment.ts';
import { GLYPHS_MAX, Particles, RARE_MAX } from '../../../ui/models/particles.ts';
import { ROLES } from '../../../ui/models/request-roles.ts';
import { TRAY_PITCH } from '../../../ui/models/stage-cards.ts';
import { placeStage } from '../../../ui/models/stage-geometry.ts';
import { layOut } from '../../../ui/models/topology.ts';
import { trafficOf } from '../../../ui/models/traffic.ts';

/** The hot key expires at 5 s. */
const END = 7e9;
const PARAMS = { length: s(7), ttl: s(5), timeout: s(1) };
const recorded = run(scenario, { variant: 'none', params: PARAMS });
const topology = layOut(recorded.components);
const traffic = trafficOf(recorded, topology);
const lanes = lanesOf(placeStage(stageModel(recorded, topology, []), 640, 400));
const database = topology.nodes.findIndex(({ name }) => name === 'database');
const instants = fc.oneof(fc.integer({ min: 0, max: END - 1 }), fc.integer({ min: 4.9e9, max: 6e9 }));
const particles = (): Particles => new Particles(traffic, topology.nodes.length, topology.edges.length);

const gauge = (name: string): Float64Array =>
  recorded.signals.find((signal) => signal.name === name)?.columns.last ?? new Float64Array(0);

describe('the traffic of a stampede', () => {
  it('has at every interval’s end as many at work and waiting as the database itself counted', () => {
    const seen = particles();
    const { interval } = recorded.header;
    const [inUse, pending] = [gauge('db.client.connection.count'), gauge('db.client.connection.pending_requests')];
    let waited = 0;
    for (let row = 0; row < inUse.length; row++) {
      seen.look((row + 1) * interval - 1);
      expect([seen.working[database], seen.waiting[database]]).toEqual([inUse[row] || 0, pending[row] || 0]);
      waited += pending[row] || 0;
    }
    expect(waited).toBeGreaterThan(100);
  });

  it('has a request in line from its arrival to its start, and at work until its reply leaves', () => {
    const spells = databaseSpells(recorded);
    const { arrivals, begins, ends, nodes, hashes } = traffic.stays;
    const found = [...arrivals.keys()].filter((stay) => nodes[stay] === database);
    const key = (hash: number, times: readonly number[]): string => [hash, ...times].join(' ');
    expect(found.map((stay) => key(hashes[stay], [arrivals[stay], begins[stay], ends[stay]])).toSorted()).toEqual(
      spells.map(({ request, times }) => key(sampleHash(request), times)).toSorted(),
    );
  });

  it('has as many messages on every edge as arrived over it and were on their way', () => {
    const { times, causes, ids, kinds, kept } = recorded.events;
    const timeOf = new Map(Array.from({ length: kept }, (_, event) => [ids[event], times[event]]));
    const seen = particles();
    fc.assert(
      fc.property(instants, (time) => {
        seen.look(time);
        topology.edges.forEach(({ from, to }, edge) => {
          const flows = recorded.flows.filter(
            (flow) =>
              from.members.some(({ name }) => name === flow.from) && to.members.some(({ name }) => name === flow.to),
          );
          const ways = new Set(flows.flatMap(({ requestKind, replyKind }) => [requestKind, replyKind]));
          let under = 0;
          for (let event = 0; event < kept; event++) {
            if (times[event] > time && ways.has(kinds[event]) && timeOf.get(causes[event])! <= time) under++;
          }
          expect(seen.onEdges[edge]).toBe(under);
        });
      }),
      { numRuns: 12 },
    );
  });

  it('has those at work as failed whose callers have given up', () => {
    const told = recorded.facts.tables.find(({ kind }) => kind === 'request.completed')!;
    const { request, outcome } = told.columns;
    const gaveUpAt = new Map(
      Array.from(request, (one, row) => [one, row] as const)
        .filter(([, row]) => recorded.facts.texts[outcome[row]] !== 'ok')
        .map(([one, row]) => [one, told.times[row]]),
    );
    const spells = databaseSpells(recorded);
    const seen = particles();
    let most = 0;
    for (let time = 5e9; time < END; time += 2e7) {
      const forNobody = spells.filter((spell) => spell.times[0] <= time && time < spell.times[2]);
      const failed = forNobody.filter((spell) => (gaveUpAt.get(spell.request) ?? Infinity) <= time).length;
      seen.look(time);
      // A reply to nobody is on its way for less than a millisecond, or two.
      expect(seen.ofRoles[ROLES.indexOf('failed')]).toBeGreaterThanOrEqual(failed);
      expect(seen.ofRoles[ROLES.indexOf('failed')]).toBeLessThanOrEqual(failed + 10);
      most = Math.max(most, failed);
    }
    expect(most).toBeGreaterThan(20);
  });

  it('shows nothing where a long run’s events were not kept', () => {
    const kept = 1000;
    const cut = trafficOf({ ...recorded, events: { ...recorded.events, kept } }, topology);
    const seen = new Particles(cut, topology.nodes.length, topology.edges.length);
    seen.look(recorded.events.times[kept - 1]);
    expect([cut.until, seen.total]).toEqual([recorded.events.times[kept - 1], 0]);
  });
});

it('demand that travels back over a link answers nothing: whoever asks is not taken to hold what came', () => {
  const pulled = run(backpressure, { variant: 'reactive-pull', params: { length: s(6) } });
  const shown = layOut(pulled.components);
  const { stays } = trafficOf(pulled, shown);
  const where = new Set([...stays.nodes].map((node) => shown.nodes[node].name));
  // The spool answers its devices, and what waits there is seen there.
  expect([...where]).toEqual(['spool']);
});

it('who calls several at once is in one place until it has answered', () => {
  const purging = run(placement, { variant: 'all-six-layers-purged', params: { length: s(13) } });
  const stage = layOut(purging.components);
  const publisher = stage.nodes.findIndex(({ name }) => name === 'publisher');
  const { times, causes, ids, kinds, kept } = purging.events;
  const timeOf = new Map(Array.from({ length: kept }, (_, event) => [ids[event], times[event]]));
  const { requestKind, replyKind } = purging.flows.find(({ to }) => to === 'publisher')!;
  const events = Array.from({ length: kept }, (_, event) => event);
  const arrivals = events.filter((event) => kinds[event] === requestKind).map((event) => times[event]);
  const answers = events.filter((event) => kinds[event] === replyKind).map((event) => timeOf.get(causes[event])!);
  const seen = new Particles(trafficOf(purging, stage), stage.nodes.length, stage.edges.length);
  const until = (all: readonly number[], time: number): number => all.filter((one) => one <= time).length;
  let most = 0;
  for (let time = 0; time < 9e9; time += 5e6) {
    seen.look(time);
    const there = until(arrivals, time) - until(answers, time);
    expect(seen.working[publisher]).toBeLessThanOrEqual(there);
    most = Math.max(most, seen.working[publisher]);
  }
  expect(most).toBeGreaterThan(0);
});

describe('dots', () => {
  it('are on a lane only between departure and arrival, in a tray only between arrival and end', () => {
    const drawn = particles();
    const { hops, stays } = traffic;
    fc.assert(
      fc.property(instants, fc.constantFrom(1, 2, 5, 20), (time, oneIn) => {
        drawn.look(time);
        drawn.place(lanes, oneIn, true);
        const astray = Array.from({ length: drawn.count }, (_, i) => i).filter((i) => {
          const shown = drawn.shown[i];
          if (drawn.moving[i]) return time < hops.departures[shown] || time >= hops.arrivals[shown];
          if (time < stays.arrivals[shown] || time >= stays.ends[shown]) return true;
          const { left, top, columns, rows } = lanes.trays[stays.nodes[shown]]!;
          const [across, down] = [(drawn.x[i] - left) / TRAY_PITCH, (drawn.y[i] - top) / TRAY_PITCH];
          return !(across > 0 && across < columns && down > 0 && down < rows);
        });
        expect(astray).toEqual([]);
      }),
    );
  });

  it('go from one card’s edge to the other’s, in time', () => {
    const drawn = particles();
    const { departures, arrivals } = traffic.hops;
    const hop = 1000;
    const at = (share: number): [number, number] => {
      drawn.look(departures[hop] + share * (arrivals[hop] - departures[hop]));
      drawn.place(lanes, 1, true);
      const i = drawn.shown
        .subarray(0, drawn.count)
        .findIndex((shown, place) => shown === hop && drawn.moving[place] === 1);
      return [drawn.x[i], drawn.y[i]];
    };
    const [start, middle, end] = [at(0), at(0.5), at(0.999)];
    const apart = ([a, b]: number[], [c, d]: number[]): number => Math.hypot(a - c, b - d);
    expect(apart(start, middle)).toBeGreaterThan(15);
    expect(apart(middle, end)).toBeGreaterThan(15);
    expect(apart(start, end)).toBeGreaterThan(apart(start, middle));
  });

  it('stand for so many requests: one in so many of all, whoever is there', () => {
    const drawn = particles();
    const { stays, hops } = traffic;
    const hashes = [...new Set([...hops.hashes, ...stays.hashes])];
    for (const oneIn of [2, 5, 10]) {
      const sampled = hashes.filter((hash) => hash < 2 ** 32 / oneIn).length;
      // Four standard deviations of a binomial number.
      expect(Math.abs(sampled - hashes.length / oneIn)).toBeLessThan(4 * Math.sqrt(hashes.length / oneIn));
      for (let time = 4.9e9; time < 5.5e9; time += 5e6) {
        drawn.look(time);
        drawn.place(lanes, oneIn, true);
        const there = (starts: Float64Array, ends: Float64Array, all: Uint32Array): number =>
          all.filter((hash, i) => starts[i] <= time && time < ends[i] && hash < 2 ** 32 / oneIn).length;
        const onWires = there(hops.departures, hops.arrivals, hops.hashes);
        expect(drawn.count).toBe(onWires + there(stays.arrivals, stays.ends, stays.hashes));
      }
    }
  });

  it('show the same requests in every run, and the same at an instant whatever was shown before', () => {
    const other = run(scenario, { variant: 'jitter', params: PARAMS });
    const [one, two] = [
      particles(),
      new Particles(trafficOf(other, topology), topology.nodes.length, topology.edges.length),
    ];
    const subset = new Set<number>();
    for (const drawn of [one, two]) {
      drawn.look(5.2e9);
      drawn.place(lanes, 10, true);
    }
    for (let i = 0; i < one.count; i++) if (!one.moving[i]) subset.add(traffic.stays.hashes[one.shown[i]]);
    expect(subset.size).toBeGreaterThan(5);
    for (const hash of subset) expect(hash).toBeLessThan(2 ** 32 / 10);

    const picture = (time: number): number[] => {
      one.look(time);
      one.place(lanes, 2, true);
      return [...one.x.subarray(0, one.count), ...one.y.subarray(0, one.count), ...one.glyphs.subarray(0, one.count)];
    };
    fc.assert(
      fc.property(instants, instants, (time, elsewhere) => {
        const first = picture(time);
        picture(elsewhere);
        expect(picture(time)).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  it('of failures are drawn one by one up to a number, and all are counted', () => {
    const drawn = particles();
    const failed = ROLES.indexOf('failed');
    let most = 0;
    for (let time = 5.9e9; time < END; time += 1e7) {
      drawn.look(time);
      drawn.place(lanes, 100, true);
      const crosses = drawn.glyphs.subarray(0, drawn.count).filter((glyph) => glyph === failed).length;
      expect(crosses).toBe(Math.min(RARE_MAX, drawn.ofRoles[failed]));
      most = Math.max(most, drawn.ofRoles[failed]);
    }
    expect(most).toBeGreaterThan(0);
  });

  it('are never more than there is room for', () => {
    const crowd = run(scenario, {
      variant: 'none',
      params: { length: s(6), ttl: s(5), rate: 2500, cores: 1, connections: 2000 },
    });
    const seen = new Particles(trafficOf(crowd, topology), topology.nodes.length, topology.edges.length);
    seen.look(5.95e9);
    const wide = { ...lanes, trays: lanes.trays.map((tray) => tray && { ...tray, rows: 1000 }) };
    expect(seen.total).toBeGreaterThan(GLYPHS_MAX);
    seen.place(wide, 1, true);
    expect(seen.count).toBe(GLYPHS_MAX);
    seen.place(lanes, 1, true);
    expect(seen.count).toBeLessThan(GLYPHS_MAX);
    expect(seen.fits(lanes.trays, 1)).toBe(false);
    expect(seen.fits(lanes.trays, 50)).toBe(true);
  });
});

/** What befell each query: when it came, got its connection and had its answer, told by the events' names alone. */
function databaseSpells({ events }: Recording): { request: number; times: [number, number, number] }[] {
  const { times, ids, causes, kinds, kindNames, subjects, kept } = events;
  const timeOf = new Map(Array.from({ length: kept }, (_, event) => [ids[event], times[event]]));
  const spells = new Map<number, { request: number; times: [number, number, number] }>();
  for (let event = 0; event < kept; event++) {
    const name = kindNames[kinds[event]];
    const request = subjects[event];
    if (name.startsWith('database receives'))
      spells.set(request, { request, times: [times[event], times[event], Infinity] });
    else if (name === 'database pool grants') spells.get(request)!.times[1] = times[event];
    else if (name.endsWith('hears from database')) spells.get(request)!.times[2] = timeOf.get(causes[event])!;
  }
  // Those who have no answer by the end: as many as there are connections are at work, in order; the others wait.
  const left = [...spells.values()].filter(({ times: [, , end] }) => end === Infinity);
  left
    .toSorted((a, b) => a.times[0] - b.times[0])
    .forEach((spell, place) => {
      if (place >= 100) spell.times[1] = Infinity;
    });
  return [...spells.values()];
}

describe('the traffic of hedged calls', () => {
  const atReplicas = defineSignal({
    name: 'replicas.active',
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests at replicas',
    fact: serviceActive,
    where: ({ service }) => service.startsWith('replica'),
    value: ({ active }) => active,
    of: ({ service }) => service,
  });
  const scenarioOf = { ...grayFailure, signals: [...grayFailure.signals!, atReplicas] };

  it.each([
    ['hedging', {}, false],
    ['hedging-uncancelled', {}, false],
    // Of two replicas one is asked again for the same request, when its own time is over or before.
    ['hedging', { replicas: 2, rate: 100, attempts: 5, timesOut: true, timeout: ms(100), hedgingDelay: ms(30) }, true],
  ])('of %s %o has at replicas whom they count, cancelled or not', (variant, more, isUnsure) => {
    const params = { length: s(9), troubleAt: s(3), troubleFor: s(4), replicas: 4, rate: 400, ...more };
    const hedged = run(scenarioOf, { variant, params });
    const { nodes, edges } = layOut(hedged.components);
    const replicas = nodes.findIndex(({ members }) => members.some(({ name }) => name === 'replica-1'));
    const hedgedTraffic = trafficOf(hedged, layOut(hedged.components));
    expect(hedgedTraffic.stays.unsure > 0).toBe(isUnsure);
    const seen = new Particles(hedgedTraffic, nodes.length, edges.length);
    const counted = hedged.signals.find(({ name }) => name === atReplicas.name)!.columns.last;
    const { interval } = hedged.header;
    // What leaves just before the end arrives after it, and is not known to have left.
    for (let row = 0; row < counted.length - 1; row++) {
      seen.look((row + 1) * interval - 1);
      expect(seen.working[replicas] + seen.waiting[replicas], `row ${row}`).toBe(counted[row] || 0);
    }
  });

  it('says of the loser when it was given up', () => {
    const hedged = run(grayFailure, {
      variant: 'hedging',
      params: { length: s(6), troubleAt: s(3), troubleFor: s(2) },
    });
    const table = hedged.facts.tables.find(({ kind }) => kind === 'hedging.ended')!;
    const row = table.columns['winner'].indexOf(2);
    const calls = readEvents(hedged, table.columns['request'][row]).calls.filter(({ from }) => from === 'gateway');
    expect(calls).toHaveLength(2);
    const [loser, winner] = calls;
    expect([loser.returned, winner.gaveUp]).toEqual([NaN, NaN]);
    expect(loser.gaveUp).toBe(winner.returned);
  });
});

describe('the traffic before a rate limiter', () => {
  const limited = run(rateLimiting, { variant: 'leaky-bucket-queue', params: { length: s(9.3) } });
  const nodes = layOut(limited.components).nodes;
  const gateway = nodes.findIndex(({ name }) => name === 'gateway');

  it('has at every interval’s end as many waiting at the gateway as the limiter counted, to the end', () => {
    const seen = new Particles(trafficOf(limited, layOut(limited.components)), nodes.length, 10);
    const counted = limited.signals.find(({ name }) => name === 'rate_limit.waiting')!.columns.last;
    const { interval } = limited.header;
    let most = 0;
    for (let row = 0; row < counted.length; row++) {
      seen.look((row + 1) * interval - 1);
      expect(seen.waiting[gateway], `row ${row}`).toBe(counted[row] || 0);
      most = Math.max(most, counted[row] || 0);
    }
    expect(most).toBeGreaterThan(20);
    // The run ends in the midst of a pulse: those who are let through later than that wait as well.
    expect(counted[counted.length - 1]).toBeGreaterThan(0);
  });

  it('says of one who waited how long, and for what', () => {
    const { decided, waited } = firstHeld(limited);
    const { waits } = readEvents(limited, decided);
    expect(waits).toContainEqual(
      expect.objectContaining({ component: 'gateway', reason: 'waits for gateway limiter of partner' }),
    );
    const held = waits.find(({ reason }) => reason.endsWith('of partner'))!;
    expect(held.to - held.from).toBe(waited);
  });
});

/** The first request that a limiter held, and for how long. */
function firstHeld({ facts }: Recording): { decided: number; waited: number } {
  const table = facts.tables.find(({ kind }) => kind === 'rate_limit.decided')!;
  const row = [...table.columns['waited']].findIndex((waited) => waited > 0);
  return { decided: table.columns['request'][row], waited: table.columns['waited'][row] };
}
