/**
 * Whether the page is being printed: then it is light whatever the theme, and every figure is made to fit the paper. The
 * browser takes its picture right after it has said so, hence all that follows from it is done at once.
 */
import { flushSync } from 'svelte';

/** Room on the narrower common paper, A4, between margins of 14 mm, in pixels. */
const ROOM = 684;

class Printing {
  now = $state(false);
  #theme: string | undefined = undefined;

  constructor() {
    const media = matchMedia('print');
    media.addEventListener('change', () => this.#set(media.matches));
    addEventListener('beforeprint', () => this.#set(true));
    addEventListener('afterprint', () => this.#set(media.matches));
  }

  #set(printing: boolean): void {
    if (printing === this.now) return;
    // Measured before the paper's own layout.
    const figures = printing ? document.querySelectorAll<HTMLElement>('[data-figure], [data-figure-axis]') : [];
    for (const figure of figures) {
      figure.style.setProperty('--screen-width', `${figure.clientWidth}px`);
      figure.style.setProperty('--fit', String(Math.min(1, ROOM / Math.max(1, figure.scrollWidth))));
    }
    // Style sheets for paper come into force later than this, and what is drawn by script asks for colours now.
    const { dataset } = document.documentElement;
    if (printing) this.#theme = dataset.theme;
    dataset.theme = printing ? 'light' : this.#theme;
    flushSync(() => {
      this.now = printing;
    });
  }
}

export const printing = new Printing();
