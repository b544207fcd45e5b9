/** The engine's version, kept equal to the package's by a test; a recording names the one that computed it. */
export const ENGINE_VERSION = '0.1.0';
