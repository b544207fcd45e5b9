/** Whether the reader's system asks for less motion. */

class ReducedMotion {
  #wanted = $state(false);

  constructor() {
    const query = matchMedia('(prefers-reduced-motion: reduce)');
    this.#wanted = query.matches;
    query.addEventListener('change', ({ matches }) => {
      this.#wanted = matches;
    });
  }

  get wanted(): boolean {
    return this.#wanted;
  }
}

export const reducedMotion = new ReducedMotion();
