/** The index of the first of ascending `times` that is later than `time`; their number if none is. */
export function firstAfter(times: ArrayLike<number>, time: number, count = times.length): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
