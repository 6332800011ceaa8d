import { getNumberFromEnv, getStringFromEnv } from '@opentelemetry/core';
import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler, type Sampler } from '@opentelemetry/sdk-trace';

const SAMPLERS: Readonly<Record<string, () => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: () => new TraceIdRatioBasedSampler(ratio()),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: () => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio()) }),
};

/** The sampler of OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG; what is sampled already stays so, and all else is, when they are absent. */
export function samplerFrom(ignored: (variable: string, supported: string) => void): Sampler {
  const asked = getStringFromEnv('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const sampler = SAMPLERS[asked];
  if (sampler === undefined) ignored('OTEL_TRACES_SAMPLER', Object.keys(SAMPLERS).join(', '));
  return sampler?.() ?? new ParentBasedSampler({ root: new AlwaysOnSampler() });
}

/** What part of all traces is sampled, 0-1; all when it is absent or no such number, as the specification has it. */
function ratio(): number {
  const part = getNumberFromEnv('OTEL_TRACES_SAMPLER_ARG') ?? 1;
  return part >= 0 && part <= 1 ? part : 1;
}
