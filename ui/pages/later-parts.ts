/**
 * What a lab fetches only when it is asked for. Where there is a service worker it has all of the page; on plain http, which is how a
 * class reaches a machine in its own network, there is none, and a new version that is put on the server takes the files of this one
 * away. So once the first run is shown they are fetched, while nothing else is to be done.
 */

/** All of them: `test/ui/pages/later-parts.test.ts` compares the list with what stands in the lab's files. */
const PARTS: readonly (() => Promise<unknown>)[] = [
  () => import('../drawer/RunTab.svelte'),
  () => import('../stage/Interventions.svelte'),
  () => import('../stage/Futures.svelte'),
  () => import('../compare/Sides.svelte'),
  () => import('../compare/Comparison.svelte'),
  () => import('../models/link.ts'),
  () => import('../share/view-words.ts'),
  () => import('../share/ShareDialog.svelte'),
  () => import('../share/LinkTrouble.svelte'),
  () => import('../share/ReplayNotice.svelte'),
  () => import('../models/replay-check.ts'),
  () => import('../share/PrintFooter.svelte'),
  () => import('../share/QrCode.svelte'),
  () => import('../exercise/ExercisePanel.svelte'),
  () => import('../stores/exercise.svelte.ts'),
  () => import('../guide/Predict.svelte'),
  () => import('../guide/Sketch.svelte'),
  () => import('../charts/CurveChart.svelte'),
  () => import('../charts/HotKeys.svelte'),
  () => import('../charts/SagaBars.svelte'),
  () => import('../charts/ChangeTable.svelte'),
  () => import('../charts/DataTable.svelte'),
  () => import('../charts/LinesTable.svelte'),
  () => import('../present/Presentation.svelte'),
  () => import('./KeyHelp.svelte'),
];

/** A page that plays is never idle for long: by then they are fetched in any case. */
const WAIT_MAX_MS = 2000;

/** Fetches them when the browser has time; the result puts it off for good if that has not come. What cannot be had is told where it is asked for. */
export function fetchLater(): () => void {
  const fetchAll = (): void => void Promise.allSettled(PARTS.map((part) => part()));
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(fetchAll, WAIT_MAX_MS);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(fetchAll, { timeout: WAIT_MAX_MS });
  return () => cancelIdleCallback(handle);
}
