/** What Jaeger's clients write on the root of a trace: by which sampler it was sampled, and with which probability. */
export const SAMPLER_TYPE = 'sampler.type';
export const SAMPLER_PARAM = 'sampler.param';
