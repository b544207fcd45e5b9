/** What a presenter's remote and keyboard do while a run is presented: remotes send Page Up, Page Down and a full stop. */
export type PresentAction = 'next' | 'previous' | 'ask' | 'toggle';

export interface PresentKey {
  readonly action: PresentAction;
  /** As `KeyboardEvent.key` names them. */
  readonly keys: readonly string[];
  readonly help: string;
}

export const PRESENT_KEYS: readonly PresentKey[] = [
  { action: 'next', keys: ['PageDown'], help: 'the next panel' },
  { action: 'previous', keys: ['PageUp'], help: 'the panel before' },
  { action: 'ask', keys: ['.'], help: 'pause and ask the room; any of these keys goes on' },
  { action: 'toggle', keys: [' '], help: 'play or pause' },
];

/** What a key does; undefined if nothing. */
export function presentAction(key: string): PresentAction | undefined {
  return PRESENT_KEYS.find(({ keys }) => keys.includes(key))?.action;
}
