/**
 * A realm with nothing in it but the language: what is left for code that nobody has read. Every global that is not on the list is
 * deleted, from the global object and from all that it inherits from; what differs between engines, places and runs
 * (inexact maths, locales, clocks, the collector) goes too; and what remains is frozen, so that no code can lay hands on what
 * runs beside it. This is for repeatability and against cheating. What keeps the code in is its host's affair: a frame
 * without an origin and its policy in a browser, a process of its own in Node. An error's `stack` stays, for the line where it was
 * thrown: its text is the engine's, and a policy that decides by it does something else elsewhere.
 */

/** Names of the language that are the same everywhere, and cannot reach out of it. */
const KEPT = new Set<PropertyKey>(
  (
    'globalThis undefined NaN Infinity isNaN isFinite parseInt parseFloat Object Function Array Number Boolean String Symbol ' +
    'BigInt Math JSON Reflect Proxy RegExp Map Set WeakMap WeakSet Iterator ArrayBuffer DataView Int8Array Uint8Array ' +
    'Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array ' +
    'Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError'
  ).split(' '),
);

/** What ECMAScript fixes to the last bit; what it does not is put in by the host, or is not there. */
const EXACT = new Set<PropertyKey>(
  'abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2'.split(' '),
);

const LOCAL = /^toLocale|^localeCompare$|^normalize$/;

type Maths = Readonly<Record<'random' | 'log' | 'exp' | 'pow', (...values: number[]) => number>>;

/** Throws where the engine does not let go of something. To be called once, before any code of others. */
export function bareRealm(maths: Maths): void {
  for (
    let holder: object | null = globalThis;
    holder !== null;
    holder = Object.getPrototypeOf(holder) as object | null
  ) {
    if (holder === Object.prototype) break;
    for (const key of Reflect.ownKeys(holder)) if (holder !== globalThis || !KEPT.has(key)) take(holder, key);
  }
  for (const key of Reflect.ownKeys(Math)) if (!EXACT.has(key)) Reflect.deleteProperty(Math, key);
  Object.assign(Math, maths);
  for (const holder of [Object, Array, Number, BigInt, String].map((one) => one.prototype)) {
    for (const key of Reflect.ownKeys(holder)) if (LOCAL.test(String(key))) Reflect.deleteProperty(holder, key);
  }
  for (const key of ['captureStackTrace', 'prepareStackTrace']) Reflect.deleteProperty(Error, key);
  freezeAll();
}

function take(holder: object, key: PropertyKey): void {
  if (Reflect.deleteProperty(holder, key)) return;
  const left = Reflect.getOwnPropertyDescriptor(holder, key);
  const isHarmless = left !== undefined && 'value' in left && Object(left.value) !== left.value;
  if (!isHarmless) throw new Error(`this engine does not let go of ${String(key)}, so nothing is run`);
}

/** All that code can come by from the names that are left, or from a literal. */
function freezeAll(): void {
  const literals: unknown[] = [
    function* () {},
    async () => {},
    async function* () {},
    (async () => {})(),
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ''[Symbol.iterator](),
    ''.matchAll(/x/g),
  ];
  const names = Reflect.ownKeys(globalThis).filter((key) => key !== 'globalThis');
  const waiting = [...literals, ...names.map((key) => Reflect.get(globalThis, key) as unknown)];
  const seen = new Set<unknown>();
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (Object(one) !== one || seen.has(one)) continue;
    seen.add(one);
    for (const key of Reflect.ownKeys(one as object)) {
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(one as object, key)!;
      waiting.push(value, get, set);
    }
    waiting.push(Object.getPrototypeOf(one));
    Object.freeze(one);
  }
  for (const key of names) {
    const kept = Reflect.getOwnPropertyDescriptor(globalThis, key)!;
    if (kept.configurable) Object.defineProperty(globalThis, key, { ...kept, writable: false, configurable: false });
  }
}
