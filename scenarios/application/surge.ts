/** How many times as fast a client sends in a rush or a spike, within what its intervention `surge` takes. */
export const surgeFactor = (comes: number, usual: number): number => Math.min(100, Math.max(0.01, comes / usual));
