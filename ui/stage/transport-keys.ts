/** Acts on the keys of stage and transport while the focus is within an element. */
import { actionOf, type KeyAction } from '../models/key-table.ts';
import type { StepUnit } from '../models/steps.ts';
import type { Playback } from '../stores/playback.svelte.ts';

export interface TransportKeys {
  readonly playback: Playback;
  /** The unit of a step without a modifier. */
  readonly unit: StepUnit;
  step(direction: 1 | -1, unit: StepUnit): void;
  help(): void;
}

/** To be attached to the element; reads the newest `keys` at every stroke. */
export function listenForKeys(keys: () => TransportKeys): (element: HTMLElement) => () => void {
  return (element) => {
    const listen = (event: KeyboardEvent): void => {
      const action = actionOf(event);
      if (action === undefined || belongsToControl(event, action)) return;
      event.preventDefault();
      act(keys(), action);
    };
    element.addEventListener('keydown', listen);
    return () => element.removeEventListener('keydown', listen);
  };
}

/** A button keeps its own Space, a list of choices all of its keys. */
function belongsToControl({ target, key }: KeyboardEvent, action: KeyAction): boolean {
  if (target instanceof HTMLSelectElement) return action !== 'help';
  return key === ' ' && target instanceof HTMLButtonElement;
}

function act({ playback, unit, step, help }: TransportKeys, action: KeyAction): void {
  switch (action) {
    case 'toggle':
      return playback.toggle();
    case 'forward':
      return step(1, unit);
    case 'back':
      return step(-1, unit);
    case 'forward-second':
      return playback.seek(playback.now + 1e9);
    case 'back-second':
      return playback.seek(playback.now - 1e9);
    case 'next-interesting':
      return step(1, 'interesting');
    case 'previous-interesting':
      return step(-1, 'interesting');
    case 'start':
      return playback.seek(0);
    case 'end':
      return playback.seek(playback.duration);
    case 'help':
      return help();
  }
}
