/**
 * The page's places, by the address's hash: `#/` the catalogue, `#/lab/<scenario>` one scenario, `#/lab/<scenario>?r=…`
 * a run of it; `#/policy` an eviction policy of one's own; `#/notebooks/calibration` a notebook; `#/instructor` attempts to be
 * judged; `#/specimens` the page's parts by themselves, `#/specimens/<part>` one.
 */

export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'lab'; readonly scenario: string; readonly query?: string }
  | { readonly page: 'policy' }
  | { readonly page: 'instructor' }
  | { readonly page: 'notebook'; readonly notebook: 'calibration' }
  | { readonly page: 'specimens'; readonly specimen?: string }
  | { readonly page: 'unknown'; readonly hash: string };

/** Reads a hash, with or without its `#`. What it does not know it names, so that the page can say so. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#/, '');
  if (path === '' || path === '/') return { page: 'home' };
  if (path === '/policy') return { page: 'policy' };
  if (path === '/instructor') return { page: 'instructor' };
  if (path === '/notebooks/calibration') return { page: 'notebook', notebook: 'calibration' };
  const specimen = /^\/specimens(?:\/([a-z0-9-]+))?\/?$/.exec(path);
  if (specimen) return { page: 'specimens', ...(specimen[1] && { specimen: specimen[1] }) };
  const lab = /^\/lab\/([a-z0-9]+(?:-[a-z0-9]+)*)(?:\?(.*))?$/.exec(path);
  if (!lab) return { page: 'unknown', hash: `#${path}` };
  return { page: 'lab', scenario: lab[1], ...(lab[2] && { query: lab[2] }) };
}

export const HOME = '#/';
export const OWN_POLICY = '#/policy';
export const CALIBRATION = '#/notebooks/calibration';
export const INSTRUCTOR = '#/instructor';
export const SPECIMENS = '#/specimens';
export const labHash = (scenario: string): string => `#/lab/${scenario}`;
