/**
 * What a learner's policy has to reach: each goal's limit is what a policy that everybody knows comes to on the same requests,
 * so that it moves with the seed and nobody has chosen it. Three of them cannot be had by one trick: what withstands a scan must
 * also forget.
 */
import { RIVALS, type Rival, type WorldResult } from './rivals.ts';
import { WORLDS, type WorldName } from './worlds.ts';

export interface PolicyGoal {
  readonly text: string;
  /** What it came to and what it had to be, as text; empty where nothing was measured. */
  readonly now: string;
  readonly holds: boolean;
}

interface MissGoal {
  readonly world: WorldName;
  readonly rival: Rival;
  /** As many misses as the rival are enough. */
  readonly orAsMany: boolean;
  readonly why: string;
}

/** The remedy of the handbook's two for scans that does less is the least that is asked: "Segmented LRU or 2Q". */
const MISS_GOALS: readonly MissGoal[] = [
  { world: 'scan', rival: 'lru', orAsMany: false, why: 'withstands scans' },
  { world: 'scan', rival: '2q', orAsMany: true, why: 'withstands them as well as the handbook’s remedy' },
  { world: 'shift', rival: 'lru', orAsMany: true, why: 'forgets what nobody wants any more' },
];

/** `worlds` is undefined where the contract is broken, or nothing ran. */
export function goalsOf(worlds: readonly WorldResult[] | undefined): PolicyGoal[] {
  const contract = { text: 'Keeps the contract on all requests', now: '', holds: worlds !== undefined };
  return [
    contract,
    ...MISS_GOALS.map((goal) =>
      missGoal(
        goal,
        worlds?.find(({ world }) => world === goal.world),
      ),
    ),
  ];
}

function missGoal({ world, rival, orAsMany, why }: MissGoal, result: WorldResult | undefined): PolicyGoal {
  const text = `${WORLDS[world].title}: ${orAsMany ? 'no more' : 'fewer'} misses than ${RIVALS[rival]} (${why})`;
  if (result === undefined) return { text, now: '', holds: false };
  const { requests, hits, rivals } = result;
  const [own, other, best] = [hits, rivals[rival], rivals['opt-bypass']].map((one) => requests - one);
  const now = `${count(own)}, ${RIVALS[rival]} ${count(other)}, OPT ${count(best)}`;
  return { text, now, holds: orAsMany ? own <= other : own < other };
}

const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
