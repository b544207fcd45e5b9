/** What a variant is for, as the mark that stands beside its name. */
import type { Role as VariantRole } from '../../sim-core/index.ts';
import type { Role } from './signal-style.ts';

export const VARIANT_MARKS: Readonly<Record<VariantRole, Role>> = {
  pitfall: 'failed',
  remedy: 'ok',
  fault: 'stale',
  alternative: 'retry',
  control: 'waiting',
};

/** How many of a scenario's variants play each part, in words: `2 pitfalls, 5 remedies`. */
export function rolesText(roles: Readonly<Record<string, VariantRole>>): string {
  const counts = new Map<VariantRole, number>();
  for (const role of Object.values(roles)) counts.set(role, (counts.get(role) ?? 0) + 1);
  const plural = (role: VariantRole): string => (role === 'remedy' ? 'remedies' : `${role}s`);
  return [...counts].map(([role, count]) => `${count} ${count === 1 ? role : plural(role)}`).join(', ');
}
