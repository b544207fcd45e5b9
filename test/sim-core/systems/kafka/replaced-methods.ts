/**
 * Faults that tests plant: a method in the place of a sound one, which is put back after the test, however that ends. A hook of this
 * file's own would be one of the first file alone that imports it: a worker keeps its modules.
 */
import { onTestFinished } from 'vitest';

/** Puts another method in the place of one, until the test is over. */
export function replace<T extends object, Name extends keyof T>(
  prototype: T,
  name: Name,
  make: (sound: T[Name]) => T[Name],
): void {
  const sound = prototype[name];
  prototype[name] = make(sound);
  onTestFinished(() => void (prototype[name] = sound));
}
