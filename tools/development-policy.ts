/**
 * The page's content security policy in development. Vite hands styles to the page as `<style>` elements there, which
 * the policy of the built page refuses; all else it refuses in development too, so that a violation shows early.
 */
import type { Plugin } from 'vite';

const BUILT = "style-src 'self'";

export function developmentPolicy(): Plugin {
  return {
    name: 'brownout-development-policy',
    apply: 'serve',
    transformIndexHtml(html) {
      if (!html.includes(BUILT)) throw new Error(`index.html: its policy has no ${BUILT} that could be widened`);
      return html.replace(BUILT, `${BUILT} 'unsafe-inline'`);
    },
  };
}
