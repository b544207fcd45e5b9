/**
 * XFetch in closed form (Vattani, Chierichetti and Lowenstein, PVLDB 8(8), 2015): a reader reloads an entry early if
 * now - delta beta ln(U) is past its expiry, U uniform on (0, 1], delta the time that its load took. So a reader who
 * comes a gap before the expiry reloads with the chance exp(-gap / (beta delta)).
 */

/** The chance of one reader; `gap` and `delta` in one unit. */
export const reloadChance = (gap: number, beta: number, delta: number): number => Math.exp(-gap / (beta * delta));

/** The chance that of readers who come by a Poisson process of this rate none reloads before the expiry. */
export const noReloadChance = (rate: number, beta: number, delta: number): number => Math.exp(-rate * beta * delta);
