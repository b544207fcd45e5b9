/** The handbook's checklists, each held against a run: a pure function of what was recorded, of any scenario. */
import { cacheChecklist } from './cache-checklist.ts';
import type { Checklist } from './checklist.ts';
import { kafkaChecklist } from './kafka-checklist.ts';
import { readinessChecklist } from './readiness-checklist.ts';
import type { RunEvidence } from './run-evidence.ts';
import { sloChecklist } from './slo-checklist.ts';

export function checklistsOf(evidence: RunEvidence): Checklist[] {
  return [cacheChecklist, kafkaChecklist, sloChecklist, readinessChecklist].map((checklist) => checklist(evidence));
}
