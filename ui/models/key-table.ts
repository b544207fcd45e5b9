/**
 * The keys of stage and transport, in one table: the page acts by it and its help is written from it. No bare letters,
 * so that nothing happens to who types or reads by a screen reader's own keys.
 */

export type KeyAction =
  | 'toggle'
  | 'forward'
  | 'back'
  | 'forward-second'
  | 'back-second'
  | 'next-interesting'
  | 'previous-interesting'
  | 'start'
  | 'end'
  | 'help';

interface Stroke {
  readonly key: string;
  readonly shift?: boolean;
  readonly alt?: boolean;
}

interface KeyBinding {
  readonly action: KeyAction;
  readonly strokes: readonly Stroke[];
  readonly help: string;
}

export const KEY_TABLE: readonly KeyBinding[] = [
  { action: 'toggle', strokes: [{ key: ' ' }, { key: '.' }], help: 'play or pause' },
  { action: 'forward', strokes: [{ key: 'ArrowRight' }, { key: 'PageDown' }], help: 'one step on' },
  { action: 'back', strokes: [{ key: 'ArrowLeft' }, { key: 'PageUp' }], help: 'one step back' },
  { action: 'forward-second', strokes: [{ key: 'ArrowRight', shift: true }], help: 'one second on' },
  { action: 'back-second', strokes: [{ key: 'ArrowLeft', shift: true }], help: 'one second back' },
  { action: 'next-interesting', strokes: [{ key: 'ArrowRight', alt: true }], help: 'to the next interesting moment' },
  {
    action: 'previous-interesting',
    strokes: [{ key: 'ArrowLeft', alt: true }],
    help: 'to the interesting moment before',
  },
  { action: 'start', strokes: [{ key: 'Home' }], help: 'to the start' },
  { action: 'end', strokes: [{ key: 'End' }], help: 'to the end' },
  { action: 'help', strokes: [{ key: '?' }], help: 'these keys' },
];

/** What of a keyboard event decides. */
export interface Pressed {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** What a key does; undefined if nothing. Shift is part of typing a `?` and does not count there. */
export function actionOf({ key, shiftKey, altKey, ctrlKey, metaKey }: Pressed): KeyAction | undefined {
  if (ctrlKey || metaKey) return undefined;
  const matches = (stroke: Stroke): boolean =>
    stroke.key === key && (key === '?' || (stroke.shift ?? false) === shiftKey) && (stroke.alt ?? false) === altKey;
  return KEY_TABLE.find(({ strokes }) => strokes.some(matches))?.action;
}

const NAMES: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowRight: '→',
  ArrowLeft: '←',
  PageDown: 'Page Down',
  PageUp: 'Page Up',
};

/** A binding's keys as they are printed: `Shift →`. */
export function strokeTexts({ strokes }: KeyBinding): string[] {
  return strokes.map(({ key, shift, alt }) => `${shift ? 'Shift ' : ''}${alt ? 'Alt ' : ''}${NAMES[key] ?? key}`);
}
