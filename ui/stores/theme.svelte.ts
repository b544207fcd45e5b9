/** Light, dark, or as the system has it; kept for the next visit where the browser lets the page keep anything. */
import { printing } from './printing.svelte.ts';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'brownout.theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

class ThemeStore {
  #choice = $state<Theme>('system');
  #systemDark = $state(false);

  constructor() {
    const system = matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = system.matches;
    system.addEventListener('change', ({ matches }) => {
      this.#systemDark = matches;
    });
    this.#choice = ORDER.find((theme) => theme === read()) ?? 'system';
    this.#show();
  }

  get choice(): Theme {
    return this.#choice;
  }

  get dark(): boolean {
    if (printing.now) return false;
    return this.#choice === 'system' ? this.#systemDark : this.#choice === 'dark';
  }

  next(): void {
    this.#choice = ORDER[(ORDER.indexOf(this.#choice) + 1) % ORDER.length];
    write(this.#choice);
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset.theme = this.#choice;
  }
}

// Storage is refused in some private windows; the choice then lasts as long as the page.
function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // As above.
  }
}

export const theme = new ThemeStore();
