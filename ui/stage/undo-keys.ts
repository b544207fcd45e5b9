/** Undo and redo of what was done to the system, by the keys that they have everywhere; in a field they are the field's own. */
import type { Lab } from '../stores/lab.svelte.ts';

export function undoKeys(lab: Pick<Lab, 'undo' | 'redo'>, event: KeyboardEvent): void {
  const isField = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
  if (!(event.ctrlKey || event.metaKey) || event.altKey || isField) return;
  const key = event.key.toLowerCase();
  if (key === 'z' && !event.shiftKey) lab.undo();
  else if (key === 'y' || key === 'z') lab.redo();
  else return;
  event.preventDefault();
}
