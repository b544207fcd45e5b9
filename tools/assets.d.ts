/** What `service-worker.ts` puts into the page's service worker at build. */
declare module 'virtual:brownout/assets' {
  /** Every file of the built page, relative to its folder; the page itself is `./`. */
  export const assets: readonly string[];
  /** Changes whenever one of them does. */
  export const version: string;
}
