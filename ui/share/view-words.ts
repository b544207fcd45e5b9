/** What a link may call the page's tabs and modes. */
import { TABS } from '../drawer/tabs.ts';
import type { ViewWords } from '../models/shared-document.ts';
import { MODES } from '../stores/lab.svelte.ts';

export const VIEW_WORDS: ViewWords = { tabs: TABS, modes: MODES };
