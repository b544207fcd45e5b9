/** The drawer's tabs, in order. */
export const TABS = [
  'Parameters',
  'Events',
  'Requests',
  'Trace',
  'Why?',
  'Logs',
  'State',
  'Health',
  'Verdict',
] as const;
export type Tab = (typeof TABS)[number];

/** Those that hold one long list, which scrolls by itself. */
export const LISTS: readonly Tab[] = ['Events', 'Requests', 'Logs'];

/** Those that show a recorded run; parameters are there before one is. */
export type RunTabName = Exclude<Tab, 'Parameters'>;
