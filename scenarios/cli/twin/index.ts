/** The twins by name. */
import type { Twin } from './twin.ts';

export const twins: Readonly<Record<string, Twin<unknown>>> = {};
