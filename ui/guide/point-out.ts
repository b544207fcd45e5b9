/**
 * Pointing at what the guide speaks of: whatever on the page says by `data-shows` that it shows a component or a signal
 * is brought into view and outlined until the next thing is pointed out, or for a while.
 */

const LASTS_MS = 6_000;

let pointed: Element[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Outlines every element whose `data-shows` lists the name; says whether there is one. */
export function pointOut(name: string): boolean {
  clearTimeout(timer);
  for (const element of pointed) element.removeAttribute('data-pointed');
  pointed = [...document.querySelectorAll(`[data-shows~="${CSS.escape(name)}"]`)];
  for (const element of pointed) element.setAttribute('data-pointed', '');
  pointed[0]?.scrollIntoView({ block: 'nearest' });
  timer = setTimeout(() => pointOut(''), LASTS_MS);
  return pointed.length > 0;
}
