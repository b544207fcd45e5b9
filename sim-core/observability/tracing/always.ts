/** Every span is recorded, or none. https://opentelemetry.io/docs/specs/otel/trace/sdk/#alwayson */
import type { Sampler } from './sampler.ts';

export const alwaysOn = (): Sampler => ({ isSampled: () => true });

export const alwaysOff = (): Sampler => ({ isSampled: () => false });
