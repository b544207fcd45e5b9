/**
 * Property tests draw new cases whenever they are run by hand; where a change is judged, in CI, they draw the same ones
 * each time, so that what fails there was brought by the change. A failing case's seed and path are printed by either.
 */
import process from 'node:process';
import fc from 'fast-check';

if (process.env.CI) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_101 });
