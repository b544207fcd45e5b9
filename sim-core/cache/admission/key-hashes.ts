/** Two hashes of 32 bits for the sketches and filters that place keys: each a bijection, independent to the eye. */

/** The finalizer of MurmurHash3 (Appleby). `key`: an integer; what is above 32 bits is dropped. */
export function firstHash(key: number): number {
  const once = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

/** The finalizer `lowbias32` that Wellons' prospector found. */
export function secondHash(key: number): number {
  const once = Math.imul(key ^ (key >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846ca68b);
  return twice ^ (twice >>> 16);
}
