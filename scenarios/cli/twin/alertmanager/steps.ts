/**
 * Steps of a script for an Alertmanager, and the routes, inhibition and silences that both sides have. Everything is posted on a grid
 * of looks, and groups flush in the middle between two of its points: which look a notification comes in does not depend on how late
 * a machine is by less than half of one. What it does not compare: instants, the order of alerts in a notification, retries, the notification
 * log's own retention, and when empty groups are put away, which the grid hides.
 */
import fc from 'fast-check';

/** From one look to the next; a group waits for half of it, and flushes once in each. */
export const LOOK_MS = 2400;
export const GROUP_WAIT_MS = LOOK_MS / 2;
/** In looks: repeated at the third, since it is half a look ago then that it was due. */
export const REPEAT_LOOKS = 2.5;

export interface AlertName {
  readonly instance: 'i1' | 'i2';
  readonly service: 'a' | 'b';
  /** A critical alert of a service inhibits its warnings. */
  readonly severity: 'warning' | 'critical';
  /** A team of its own has a route of its own, which groups all that it has as one. */
  readonly team: 'own' | 'all';
}

export type AlertmanagerStep =
  /** Told of by a client: for as long as it counts without another word, or for so many looks. */
  | { readonly op: 'fire'; readonly alert: AlertName; readonly looks?: number }
  | { readonly op: 'resolve'; readonly alert: AlertName }
  | { readonly op: 'silence'; readonly service: AlertName['service']; readonly looks: number }
  | { readonly op: 'look' };

export type AlertmanagerScript = readonly AlertmanagerStep[];

/** What a receiver was sent. */
export interface Told {
  readonly receiver: 'own' | 'all';
  readonly status: string;
  /** The value of what is grouped by; empty where all is one group. */
  readonly service: string;
  /** `a i1 warning firing`, in order. */
  readonly alerts: readonly string[];
}

export const toldAlert = ({ service, instance, severity }: AlertName, status: 'firing' | 'resolved'): string =>
  `${service} ${instance} ${severity} ${status}`;

/** What came in one look, in an order of its own: groups flush beside each other. */
export const inOrder = (told: readonly Told[]): readonly Told[] =>
  told
    .map((one) => ({ one, key: JSON.stringify(one) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ one }) => one);

const name: fc.Arbitrary<AlertName> = fc.record({
  instance: fc.constantFrom('i1', 'i2'),
  service: fc.constantFrom('a', 'b'),
  severity: fc.oneof({ weight: 3, arbitrary: fc.constant('warning' as const) }, fc.constant('critical' as const)),
  team: fc.oneof({ weight: 3, arbitrary: fc.constant('all' as const) }, fc.constant('own' as const)),
});
const posted: fc.Arbitrary<AlertmanagerStep> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('fire' as const), alert: name }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('fire' as const), alert: name, looks: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('resolve' as const), alert: name }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('silence' as const),
      service: fc.constantFrom('a' as const, 'b' as const),
      looks: fc.integer({ min: 1, max: 2 }),
    }),
  },
);
/** Some posts before each look, of which there are so many that something is repeated. */
export const alertmanagerScripts: fc.Arbitrary<AlertmanagerScript> = fc
  .array(fc.array(posted, { maxLength: 3 }), { minLength: 4, maxLength: 5 })
  .map((looks) => looks.flatMap((posts): AlertmanagerStep[] => [...posts, { op: 'look' }]));

export const alertmanagerVocabulary: readonly string[] = [
  'fire',
  'fire critical',
  'fire own',
  'fire looks',
  'resolve',
  'silence',
  'look',
  'look nothing',
  'look firing',
  'look resolved',
  'look several',
  'look one of two over',
];

export function alertmanagerWords(step: AlertmanagerStep, answer: unknown): readonly string[] {
  if (step.op === 'fire') {
    const { severity, team } = step.alert;
    const further = [severity, team, step.looks === undefined ? '' : 'looks'].map((word) => `fire ${word}`);
    return ['fire', ...further.filter((word) => alertmanagerVocabulary.includes(word))];
  }
  if (step.op !== 'look') return [step.op];
  const told = answer as readonly Told[];
  if (told.length === 0) return ['look', 'look nothing'];
  const isMixed = told.some(
    ({ status, alerts }) => status === 'firing' && alerts.some((alert) => alert.endsWith('resolved')),
  );
  return [
    'look',
    ...new Set(told.map(({ status }) => `look ${status}`)),
    ...(told.length > 1 ? ['look several'] : []),
    ...(isMixed ? ['look one of two over'] : []),
  ];
}
