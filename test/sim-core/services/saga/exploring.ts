/**
 * Every state that a protocol can get into, breadth first, so that what leads to a broken end is a shortest way there. A
 * world is plain data; two that are written alike are one.
 */
export interface Move<World> {
  readonly what: string;
  readonly world: World;
}

export interface Explored {
  readonly states: number;
  readonly moves: number;
  /** States that nothing follows on. */
  readonly ends: number;
  /** A shortest way to something wrong, move by move, and what is wrong there. */
  readonly broken: { readonly way: readonly string[]; readonly what: string } | undefined;
}

interface Visited<World> {
  readonly world: World;
  readonly before: Visited<World> | undefined;
  readonly by: string;
}

export function explore<World>(...[first, moves, problem]: Protocol<World>): Explored {
  const seen = new Set([JSON.stringify(first)]);
  const line: Visited<World>[] = [{ world: first, before: undefined, by: '' }];
  const counts = { moves: 0, ends: 0 };
  for (let next = 0; next < line.length; next++) {
    const visited = line[next];
    const following = moves(visited.world);
    if (following.length === 0) counts.ends++;
    const what = problem(visited.world, following.length === 0);
    if (what !== undefined) return { states: seen.size, ...counts, broken: { way: wayTo(visited), what } };
    for (const { what: by, world } of following) {
      counts.moves++;
      const key = JSON.stringify(world);
      if (seen.has(key)) continue;
      seen.add(key);
      line.push({ world, before: visited, by });
    }
  }
  return { states: seen.size, ...counts, broken: undefined };
}

/** How a world begins, what may come next, and what is wrong with a world, at its end or on the way. */
export type Protocol<World> = readonly [
  first: World,
  moves: (world: World) => readonly Move<World>[],
  problem: (world: World, isEnd: boolean) => string | undefined,
];

/** One way from the beginning to an end, each move by a number of `draw`: what is wrong on it, if anything is. */
export function walk<World>(
  ...[first, moves, problem, draw]: [...protocol: Protocol<World>, draw: () => number]
): string | undefined {
  let world = first;
  for (;;) {
    const following = moves(world);
    const what = problem(world, following.length === 0);
    if (what !== undefined || following.length === 0) return what;
    ({ world } = following[draw() % following.length]);
  }
}

function wayTo<World>(visited: Visited<World>): string[] {
  const way: string[] = [];
  for (let at: Visited<World> | undefined = visited; at?.before !== undefined; at = at.before) way.unshift(at.by);
  return way;
}

/** Things that are in no order, so written that worlds with the same ones are alike. */
export const inNoOrder = <Thing>(things: readonly Thing[]): Thing[] =>
  things
    .map((thing) => ({ thing, text: JSON.stringify(thing) }))
    .toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ thing }) => thing);
