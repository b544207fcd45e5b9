/** Topology, geometry and state of the stage. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedComponent } from '../../../sim-core/index.ts';
import { describeMoment, rateAt, stageModel } from '../../../ui/models/moment.ts';
import type { Box } from '../../../ui/models/stage-cards.ts';
import { leastWidth, placeStage, type StageGeometry } from '../../../ui/models/stage-geometry.ts';
import { piecesOf, pointOn, type Wire } from '../../../ui/models/stage-wires.ts';
import { layOut } from '../../../ui/models/topology.ts';
import { COMPONENTS, fixtureRecording } from '../../../ui/specimens/fixture-recording.ts';

const KINDS = ['client', 'service', 'cache', 'database', 'broker'] as const;

/** Any graph of calls, cycles and calls to oneself included. */
const systems = fc
  .array(fc.record({ kind: fc.constantFrom(...KINDS), calls: fc.array(fc.nat(9), { maxLength: 4 }) }), {
    minLength: 1,
    maxLength: 10,
  })
  .map((nodes) =>
    nodes.map(({ kind, calls }, i): RecordedComponent => {
      const names = [...new Set(calls.map((call) => `${'abc'[call % 3]}-${call % nodes.length}`))];
      const known = names.filter((name) => nodes.some((_, at) => name === `${'abc'[at % 3]}-${at}`));
      return { name: `${'abc'[i % 3]}-${i}`, kind, calls: known, help: '', state: {}, interventions: [] };
    }),
  );

describe('the topology', () => {
  it('puts copies into one node, in layers by who calls whom', () => {
    const { nodes, edges, layers, tallest } = layOut(COMPONENTS);
    expect(nodes.map(({ name, x, y, members }) => [name, x, y, members.length])).toEqual([
      ['users', 0, 0, 1],
      ['app', 1, 0, 2],
      ['database', 2, -0.5, 1],
      ['cache', 2, 0.5, 1],
    ]);
    expect(edges.map(({ from, to }) => `${from.name} ${to.name}`)).toEqual(['users app', 'app cache', 'app database']);
    expect([layers, tallest]).toEqual([3, 2]);
  });

  it('has a layer step aside for an edge that it would hide', () => {
    const chain = [
      { ...COMPONENTS[0], name: 'app', calls: ['primary', 'replica'] },
      { ...COMPONENTS[0], name: 'primary', calls: ['replica'] },
      { ...COMPONENTS[0], name: 'replica', calls: [] },
    ];
    expect(layOut(chain).nodes.map(({ name, x, y }) => [name, x, y])).toEqual([
      ['app', 0, 0],
      ['primary', 1, -0.5],
      ['replica', 2, 0],
    ]);
  });

  it('keeps apart what has one stem but other neighbours', () => {
    const odd = COMPONENTS.map((one) => (one.name === 'app-2' ? { ...one, calls: ['cache'] } : one));
    expect(layOut(odd).nodes.map(({ name }) => name)).toEqual(['users', 'app-1', 'app-2', 'database', 'cache']);
  });

  it('tells two fleets of one stem apart by their members', () => {
    const [users, app] = ['users', 'app-1'].map((wanted) => COMPONENTS.find(({ name }) => name === wanted)!);
    const apps = [1, 2, 3, 4].map((i) => ({ ...app, name: `app-${i}`, calls: [] }));
    const { nodes } = layOut([{ ...users, calls: ['app-1', 'app-2'] }, ...apps]);
    expect(nodes.map(({ name }) => name)).toEqual(['users', 'app-3 … app-4', 'app-1 … app-2']);
  });

  it('makes one node of a fleet that is placed by its stem, whoever its copies call', () => {
    const mesh = COMPONENTS.map((one) =>
      one.name.startsWith('app') ? { ...one, calls: [...one.calls, one.name === 'app-1' ? 'app-2' : 'app-1'] } : one,
    );
    const places = { users: { x: 0, y: 0 }, app: { x: 1, y: 0 }, database: { x: 2, y: 0 }, cache: { x: 2, y: 1 } };
    expect(layOut(mesh).nodes.map(({ name }) => name)).toContain('app-1');
    const { nodes, edges } = layOut(mesh, places);
    expect(nodes.map(({ name, members }) => [name, members.length])).toEqual([
      ['users', 1],
      ['app', 2],
      ['database', 1],
      ['cache', 1],
    ]);
    expect(edges.map(({ from, to }) => `${from.name} ${to.name}`)).toEqual(['users app', 'app cache', 'app database']);
    const one = mesh.filter(({ name }) => name !== 'app-2');
    expect(layOut(one, places).nodes.map(({ name, x }) => `${name} ${x}`)).toContain('app-1 1');
  });

  it('takes places by hand where all have one', () => {
    const places = {
      database: { x: 5, y: 2 },
      cache: { x: 5, y: 0 },
      'app-1': { x: 4, y: 1 },
      'app-2': { x: 4, y: 1 },
      users: { x: 3, y: 1 },
    };
    expect(layOut(COMPONENTS, places).nodes.map(({ name, x, y }) => [name, x, y])).toEqual([
      ['users', 0, 0],
      ['app', 1, 0],
      ['cache', 2, -1],
      ['database', 2, 1],
    ]);
  });

  it('of any system gives every component a place of its own', () => {
    fc.assert(
      fc.property(systems, (components) => {
        const { nodes } = layOut(components);
        expect(nodes.flatMap(({ members }) => members.map(({ name }) => name)).toSorted()).toEqual(
          components.map(({ name }) => name).toSorted(),
        );
        expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(nodes.length);
      }),
    );
  });
});

/** Points along a wire, close to each other. */
function* pointsOf({ curve }: Wire): Generator<readonly [x: number, y: number]> {
  for (let piece = 0; piece < piecesOf(curve); piece++) {
    for (let i = 0; i <= 40; i++) yield pointOn(curve, piece, i / 40);
  }
}

/** A stage of any system and size. */
const stages = fc
  .record({
    components: systems,
    width: fc.integer({ min: 320, max: 1600 }),
    height: fc.integer({ min: 200, max: 900 }),
  })
  .map(({ components, width, height }) => {
    const topology = layOut(components);
    const model = stageModel({ ...fixtureRecording(), components }, topology, []);
    return { model, width, geometry: { ...placeStage(model, width, height), given: height } };
  });

describe('the stage', () => {
  it('is as high as there is room wherever the cards of each layer, one below the other, are not higher', () => {
    fc.assert(
      fc.property(stages, ({ geometry }) => {
        fc.pre(!geometry.upright);
        const layers = new Map<number, number>();
        for (const { band, top, bottom } of geometry.boxes) {
          layers.set(band, (layers.get(band) ?? 2 * 12 - 12) + bottom - top + 12);
        }
        const least = Math.max(...layers.values());
        if (least <= geometry.given) expect(geometry.height).toBe(geometry.given);
      }),
      { numRuns: 500 },
    );
  });

  it('that has no width yet, or none any more, is placed like any other', () => {
    fc.assert(
      fc.property(systems, fc.integer({ min: 0, max: 320 }), (components, width) => {
        const model = stageModel({ ...fixtureRecording(), components }, layOut(components), []);
        const { boxes, wires } = placeStage(model, width, 0);
        for (const at of [...boxes.map(({ left }) => left), ...wires.flatMap(({ curve }) => curve)]) {
          expect(Number.isFinite(at)).toBe(true);
        }
      }),
    );
  });

  it('of any system and size covers no card with another, nor with what is drawn below another', () => {
    fc.assert(
      fc.property(stages, ({ geometry: { boxes } }) => {
        for (const [i, a] of boxes.entries()) {
          expect(a.top).toBeGreaterThanOrEqual(0);
          for (const b of boxes.slice(0, i)) {
            const apartDown = a.top >= b.bottom || b.top >= a.bottom;
            const apartAcross = a.left >= b.left + b.width || b.left >= a.left + a.width;
            expect(apartDown || apartAcross).toBe(true);
          }
        }
      }),
    );
  });

  it('of any system and size leads no edge through a card that is not its end', () => {
    fc.assert(
      fc.property(stages, ({ geometry: { boxes, wires } }) => {
        for (const wire of wires) {
          const others = boxes.filter(({ node }) => node !== wire.edge.from && node !== wire.edge.to);
          for (const [x, y] of pointsOf(wire)) {
            const hit = others.find(
              ({ left, top, width, bottom }) => x > left && x < left + width && y > top && y < bottom,
            );
            expect(hit?.node.name, `${wire.edge.from.name} to ${wire.edge.to.name}`).toBeUndefined();
          }
        }
      }),
    );
  });

  it('of any system lies within the width that it says it needs, edges and rates included', () => {
    fc.assert(
      fc.property(stages, ({ model, width, geometry }) => {
        if (!geometry.upright && width >= leastWidth(model)) expect(geometry.width).toBe(width);
        for (const { left, top, width: wide, bottom } of geometry.boxes) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(top).toBeGreaterThanOrEqual(0);
          expect(left + wide).toBeLessThanOrEqual(geometry.width);
          expect(bottom).toBeLessThanOrEqual(geometry.height);
        }
        for (const wire of geometry.wires) {
          for (const [x, y] of pointsOf(wire)) {
            expect(x >= 0 && x <= geometry.width && y >= 0 && y <= geometry.height).toBe(true);
          }
          // Without its unit a rate takes 20 to either side.
          if (geometry.width >= 54)
            expect(Math.abs(wire.label[0] - geometry.width / 2)).toBeLessThanOrEqual(geometry.width / 2 - 20);
        }
      }),
    );
  });

  it('draws a level edge between two that stand alone in their layers, whatever is drawn of each', () => {
    const { wires } = placeStage(stageModel(fixtureRecording(), layOut(COMPONENTS), ['cache.hit_ratio']), 640, 400);
    const { curve } = wires.find(({ edge }) => edge.from.name === 'users')!;
    expect(Math.abs(curve[1] - curve.at(-1)!)).toBeLessThanOrEqual(1);
  });

  it('has room for six layers between guide and charts, and for three beside another system', () => {
    const chain = (length: number): RecordedComponent[] =>
      Array.from({ length }, (_, i) => {
        return {
          ...COMPONENTS[0],
          name: `layer${'abcdef'[i]}`,
          calls: i < length - 1 ? [`layer${'abcdef'[i + 1]}`] : [],
        };
      });
    const needs = (layers: number): number => leastWidth(stageModel(fixtureRecording(), layOut(chain(layers)), []));
    expect(needs(6)).toBeLessThanOrEqual(1440 - 40 * 16);
    expect(needs(3)).toBeLessThan(440);
  });

  it('leads edges past a column by a hole, side by side, and between two of a column outside of it', () => {
    const names = ['a', 'b', 'c', 'd'];
    const calls: Record<string, string[]> = { a: ['b', 'c', 'd'], b: ['c'], c: ['d'], d: [] };
    const chain = names.map((name) => ({ ...COMPONENTS[0], name, calls: calls[name] }));
    const { wires, boxes } = placeStage(stageModel(fixtureRecording(), layOut(chain), []), 800, 400);
    const passing = boxes[1];
    const heights = wires
      .filter(({ edge }) => edge.from.name === 'a' && edge.to.name !== 'b')
      .map((wire) => [...pointsOf(wire)].find(([x]) => x >= passing.left + passing.width / 2)?.[1] ?? NaN);
    expect(heights).toHaveLength(2);
    expect(Math.abs(heights[0] - heights[1])).toBeGreaterThanOrEqual(10);

    const column = layOut(
      names.map((name) => ({ ...COMPONENTS[0], name, calls: name === 'a' ? ['d'] : [] })),
      Object.fromEntries(names.map((name, y) => [name, { x: 0, y }])),
    );
    const placed = placeStage(stageModel(fixtureRecording(), column, []), 600, 500);
    const [x] = [...pointsOf(placed.wires[0])].reduce((most, point) => (point[0] > most[0] ? point : most));
    expect(x).toBeGreaterThan(placed.boxes[0].left + placed.boxes[0].width + 10);
  });

  it('lists few copies by name, and shows many as bars: none of them is hidden', () => {
    const fleet = (size: number): RecordedComponent[] =>
      Array.from({ length: size }, (_, i) => ({ ...COMPONENTS[0], name: `shard-${i + 1}`, calls: [] }));
    const copiesOf = (size: number) =>
      placeStage(stageModel(fixtureRecording(), layOut(fleet(size)), []), 640, 400).boxes[0].copies;
    expect([1, 6, 7].map(copiesOf)).toEqual(['none', 'listed', 'bars']);
  });

  it('draws an edge that goes back from the side that faces the other, beside the one that comes', () => {
    const pair: RecordedComponent[] = [
      { ...COMPONENTS[0], name: 'near', calls: ['far'] },
      { ...COMPONENTS[0], name: 'far', calls: ['near'] },
    ];
    const topology = layOut(pair, { near: { x: 0, y: 0 }, far: { x: 1, y: 0 } });
    const { wires, boxes } = placeStage(stageModel(fixtureRecording(), topology, []), 640, 400);
    const [near, far] = boxes;
    const [[x1, y1, , , , , x2], [x3, y3, , , , , x4]] = wires.map(({ curve }) => curve);
    expect([x1, x2]).toEqual([near.left + near.width, far.left]);
    expect([x3, x4]).toEqual([far.left, near.left + near.width]);
    expect(y3 - y1).toBeGreaterThanOrEqual(20);
  });

  it('writes no rate on a card or on another rate where there is another place for it', () => {
    const crowd = ['a', 'b', 'c', 'd', 'e'].map((letter) => ({ ...COMPONENTS[0], name: letter, calls: ['app'] }));
    const app = { ...COMPONENTS[1], name: 'app', calls: [] };
    for (const width of [640, 390]) {
      const { wires, boxes } = placeStage(stageModel(fixtureRecording(), layOut([...crowd, app]), []), width, 400);
      for (const [i, { label }] of wires.entries()) {
        const [x, y] = label;
        const covers = ({ left, top, width: wide, height }: Box): boolean =>
          x > left && x < left + wide && y > top && y < top + height;
        expect(boxes.filter(covers)).toEqual([]);
        for (const other of wires.slice(0, i)) {
          expect(Math.max(Math.abs(x - other.label[0]), Math.abs(y - other.label[1]))).toBeGreaterThanOrEqual(10);
        }
      }
    }
  });

  it('writes the rates of two edges there and back apart, over the empty tray between them if there is no other room', () => {
    const pair: RecordedComponent[] = [
      { ...COMPONENTS[1], name: 'app', kind: 'service', calls: ['bus'] },
      { ...COMPONENTS[0], name: 'bus', kind: 'broker', calls: ['app'] },
    ];
    const recording = {
      ...fixtureRecording(),
      components: pair,
      events: { ...fixtureRecording().events, kindNames: ['app takes one that waited'] },
    };
    for (const width of [390, 640]) {
      const { wires } = placeStage(stageModel(recording, layOut(pair), []), width, 330);
      const [[x1, y1], [x2, y2]] = wires.map(({ label }) => label);
      expect(Math.abs(x1 - x2) >= 54 || Math.abs(y1 - y2) >= 20, `${x1},${y1} and ${x2},${y2}`).toBe(true);
    }
  });

  it('shows less of each node where there is less height, and all of them wholly as long as that helps', () => {
    const recording = {
      ...fixtureRecording(),
      events: { ...fixtureRecording().events, kindNames: ['database grants'] },
    };
    const model = stageModel(recording, layOut(COMPONENTS), ['cache.hit_ratio', 'db.client.connection.count']);
    const shown = [400, 240, 220].map((height) => placeStage(model, 640, height));
    const told = ({ boxes }: StageGeometry): number =>
      boxes.reduce(
        (sum, { copies, figures, tray }) => sum + (copies === 'listed' ? 4 : 1) + figures + (tray?.rows ?? 0),
        0,
      );
    expect(shown.map(({ height }) => height)).toEqual([400, 240, 220]);
    expect(told(shown[0])).toBeGreaterThan(told(shown[1]));
    expect(told(shown[1])).toBeGreaterThan(told(shown[2]));
    expect(placeStage(model, 640, 100).height).toBeGreaterThan(100);
  });

  it('stacks layers where it is narrow', () => {
    const model = stageModel(fixtureRecording(), layOut(COMPONENTS), []);
    const { boxes, upright } = placeStage(model, 390, 300);
    expect(upright).toBe(true);
    const tops = ['users', 'app', 'cache'].map((name) => boxes.find(({ node }) => node.name === name)?.top ?? NaN);
    expect(tops).toEqual(tops.toSorted((a, b) => a - b));
    for (const { left, width } of boxes) expect(left >= 0 && left + width <= 390).toBe(true);
  });

  it('adds up the flows of copies, a second', () => {
    const model = stageModel(fixtureRecording(), layOut(COMPONENTS), []);
    const rates = model.topology.edges.map((edge) => rateAt(model.flows.get(edge) ?? [], model.rows, 3));
    expect(rates.map(Math.round)).toEqual([300, 300, 30]);
    expect(model.rateMax).toBeCloseTo(300);
  });

  it('is said in sentences', () => {
    const model = stageModel(fixtureRecording(), layOut(COMPONENTS), ['cache.hit_ratio']);
    expect(describeMoment(model, 3, { working: [0, 2, 7, 0], waiting: [0, 0, 3, 0] }).replaceAll('\u00a0', ' ')).toBe(
      'users: sends 300 a second to app, error ratio 0 %, p99 –. app: sends 300 a second to cache and 30 a second to ' +
        'database, 2 at work. database: 7 at work, 3 waiting, connections 1.5 of 50. cache: hit ratio 90 %.',
    );
  });
});

it('a card says of what its percentiles are, where there are several or they are of no time', () => {
  const names = ['cache.load.duration', 'cache.wait.duration', 'cache.hit_ratio'];
  const recorded = fixtureRecording();
  const [any] = recorded.signals;
  const signals = names.map((name, i) => {
    const columns = { p99: Float64Array.of(1), mean: Float64Array.of(1) };
    return {
      ...any,
      name,
      kind: i < 2 ? ('histogram' as const) : ('ratio' as const),
      unit: i < 2 ? 's' : '1',
      columns,
    };
  });
  const labelsOf = (kept: number): string[] => {
    const recording = { ...recorded, signals: signals.slice(2 - kept) };
    const topology = layOut(COMPONENTS);
    const model = stageModel(recording, topology, []);
    return model.figures.get(topology.nodes.find(({ kind }) => kind === 'cache')!)!.map(({ label }) => label);
  };
  expect(labelsOf(1)).toEqual(['p99', 'hit ratio']);
  expect(labelsOf(2)).toEqual(['p99 load', 'p99 wait', 'hit ratio']);
});
