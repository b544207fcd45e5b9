/** The claims about orphaned compensations away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import orphans from '../../../scenarios/workflows/orphan-compensation.ts';
import { ms, parseIntervention, s, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { failed, trialled } from '../trials.ts';

const VARIANTS = Object.keys(orphans.variants);

const ran = (variant: string, params: ParameterValues, ...interventions: string[]): Trialled =>
  trialled(orphans, { variant, params, interventions: interventions.map(parseIntervention) });

const signal = ({ signals }: Trialled, name: string) => signals.find((one) => one.name === name)!;
const halfDone = (recording: Trialled): number => signal(recording, 'saga.half_done').columns.last!.at(-1)!;
const found = (recording: Trialled): number => signal(recording, 'saga.audit.found').summary['total'];
const takenUp = (recording: Trialled): number => signal(recording, 'saga.taken_up').summary['total'];

describe.each<[string, ParameterValues]>([
  ['a long outage', { outage: s(5), rate: 40 }],
  ['many refusals', { refusedShare: 0.3, rate: 40 }],
  ['much patience', { attempts: 8, compensationAttempts: 6, outage: s(6), rate: 40 }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(ran(variant, params))).toEqual([]);
  });

  it('an audit finds every refund that was lost, and nothing is half done', () => {
    const audited = ran('watchdog-and-audit-log', params);
    expect([found(audited), halfDone(audited)]).toEqual([10, 0]);
  });
});

describe('as the guide says', () => {
  it('with enough patience nothing gets stuck, and what was lost is lost', () => {
    expect(halfDone(ran('no-watchdog', { compensationAttempts: 20 }))).toBe(10);
    expect(failed(ran('watchdog', { compensationAttempts: 20 }))).toEqual([]);
  });

  it('a hasty watchdog takes sagas up that get stuck again', () => {
    const hasty = ran('watchdog', { stillMax: ms(200), lookEvery: ms(200) });
    expect(takenUp(hasty)).toBeGreaterThan(1.5 * takenUp(ran('watchdog', {})));
    expect(halfDone(hasty)).toBe(10);
  });

  it('what the auditor had made is found again if it is lost again', () => {
    const audited = ran('watchdog-and-audit-log', { lost: 30 });
    expect([found(audited), halfDone(audited)]).toEqual([30, 0]);
  });

  it.each([
    '13s:kill:checkout:seconds=2',
    '13s:kill:auditor:seconds=2',
    '13.5s:crash:payments:seconds=2',
    '15s:crash:inventory:seconds=3',
  ])('all is finished in spite of %s', (deed) => {
    const audited = ran('watchdog-and-audit-log', {}, deed);
    expect([found(audited), halfDone(audited)]).toEqual([10, 0]);
  });
});
