/** First in, first out: in overload everybody waits as long as the line is, also those who gave up long ago. */
import type { LineDiscipline } from './line-discipline.ts';

export const fifo = (): LineDiscipline => ({ placeOf: () => 0, drops: () => false });
