// Prometheus metrics of this process. A module makes its own counters with `metrics.counter(...)`; asking
// twice for the same name gives the same one. Labels are codes and kinds, never identifiers of people.
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** All metrics of a process with their values, as they travel between our processes. */
export type MetricValues = object[];

export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  gauge(name: string, help: string, labels?: readonly string[]): Gauge;
  histogram(name: string, help: string, buckets: readonly number[], labels?: readonly string[]): Histogram;
  /** Called before each exposure, for gauges that are looked up (job counts). */
  onExpose(look: () => Promise<void>): void;
  /** Metrics of other processes of this server: equal names are added up in the exposure. */
  addSource(read: () => Promise<MetricValues[]>): void;
  values(): Promise<MetricValues>;
  /** The Prometheus text and its media type. */
  expose(): Promise<{ text: string; mediaType: string }>;
}

export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics === true) collectDefaultMetrics({ register: registry });
  const looks: (() => Promise<void>)[] = [];
  const sources: (() => Promise<MetricValues[]>)[] = [];
  const made = new Map<string, Counter | Gauge | Histogram>();

  function once<T extends Counter | Gauge | Histogram>(
    name: string,
    kind: new (...args: never[]) => T,
    make: () => T,
  ): T {
    const known = made.get(name);
    if (known === undefined) {
      const fresh = make();
      made.set(name, fresh);
      return fresh;
    }
    if (known instanceof kind) return known;
    throw new Error(`metric ${name} exists with another kind`);
  }

  return {
    counter: (name, help, labels = []) =>
      once(name, Counter, () => new Counter({ name, help, labelNames: [...labels], registers: [registry] })),
    gauge: (name, help, labels = []) =>
      once(name, Gauge, () => new Gauge({ name, help, labelNames: [...labels], registers: [registry] })),
    histogram: (name, help, buckets, labels = []) =>
      once(
        name,
        Histogram,
        () =>
          new Histogram({
            name,
            help,
            buckets: [...buckets],
            labelNames: [...labels],
            registers: [registry],
          }),
      ),
    onExpose: (look) => void looks.push(look),
    addSource: (read) => void sources.push(read),
    values: () => registry.getMetricsAsJSON(),
    expose: async () => {
      await Promise.allSettled(looks.map((look) => look()));
      const others = (await Promise.all(sources.map((read) => read()))).flat();
      const whole =
        others.length === 0
          ? registry
          : AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), ...others]);
      return { text: await whole.metrics(), mediaType: registry.contentType };
    },
  };
}
