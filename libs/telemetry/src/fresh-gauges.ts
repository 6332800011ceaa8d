import { AggregationTemporality, AggregationType, InstrumentType, type PushMetricExporter } from '@opentelemetry/sdk-metrics';

/**
 * The same exporter, for which a gauge has the values that it was just read to have: the SDK goes on exporting the last one
 * of what is not there any more wherever counters are cumulative.
 */
export const withFreshGauges = (exporter: PushMetricExporter): PushMetricExporter => ({
  export: (metrics, done) => exporter.export(metrics, done),
  forceFlush: () => exporter.forceFlush(),
  shutdown: () => exporter.shutdown(),
  selectAggregation: (type) => exporter.selectAggregation?.(type) ?? { type: AggregationType.DEFAULT },
  selectAggregationTemporality: (type) =>
    type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : (exporter.selectAggregationTemporality?.(type) ?? AggregationTemporality.CUMULATIVE),
});
