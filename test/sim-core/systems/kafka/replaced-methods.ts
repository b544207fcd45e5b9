/** Faults that tests plant: a method in the place of a sound one, which is put back after the test, however that ends. */
import { afterEach } from 'vitest';

const undo: (() => void)[] = [];
afterEach(() => {
  while (undo.length > 0) undo.pop()!();
});

/** Puts another method in the place of one, until the test is over. */
export function replace<T extends object, Name extends keyof T>(
  prototype: T,
  name: Name,
  make: (sound: T[Name]) => T[Name],
): void {
  const sound = prototype[name];
  prototype[name] = make(sound);
  undo.push(() => void (prototype[name] = sound));
}
