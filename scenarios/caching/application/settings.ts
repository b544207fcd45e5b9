/** What setting a parameter in the midst of a run does to the users and the database of the application. */
import type { DatabaseValues } from './params.ts';

export const settings = {
  rate: (rate: number, began: { readonly rate: number }) => [
    { action: 'surge', target: 'users', args: { factor: rate / began.rate } },
  ],
  loadTime: (loadTime: number, began: Pick<DatabaseValues, 'loadTime'>) => [
    { action: 'slow', target: 'database', args: { factor: loadTime / began.loadTime } },
  ],
};
