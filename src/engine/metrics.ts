import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';

/** What an operator watches. Names and labels stand in docs/operations.md. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    inbound: new Counter({
      name: 'groundcrew_inbound_total',
      help: 'Arrivals, by kind and by what became of them.',
      labelNames: ['kind', 'result'],
      registers,
    }),
    dispatch: new Histogram({
      name: 'groundcrew_dispatch_seconds',
      help: 'From the door to the commit.',
      labelNames: ['kind'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    deliveries: new Counter({
      name: 'groundcrew_deliveries_total',
      help: 'Tries to deliver, by platform, kind and result.',
      labelNames: ['platform', 'kind', 'result'],
      registers,
    }),
    waits: new Histogram({
      name: 'groundcrew_rate_limit_wait_seconds',
      help: 'Waits that a rate limit asked for.',
      labelNames: ['platform'],
      buckets: [0.1, 0.5, 1, 2, 5, 15, 30, 60, 300],
      registers,
    }),
    depth: new Gauge({ name: 'groundcrew_outbox_waiting', help: 'What is to be delivered.', registers }),
    age: new Gauge({ name: 'groundcrew_outbox_oldest_seconds', help: 'The age of the oldest of these.', registers }),
    failures: new Counter({
      name: 'groundcrew_clock_failures_total',
      help: 'Due jobs that failed and are tried again, by job.',
      labelNames: ['job'],
      registers,
    }),
    figure: new Gauge({
      name: 'groundcrew_platform_figure',
      help: 'The platform’s own numbers of the last months; docs/metrics.md says how each is counted.',
      labelNames: ['figure', 'source'],
      registers,
    }),
    pathRequests: new Gauge({
      name: 'groundcrew_platform_requests',
      help: 'Requests of the last months by golden path; those that few people asked for are left out.',
      labelNames: ['path'],
      registers,
    }),
    clusterKnown: new Gauge({
      name: 'groundcrew_cluster_known',
      help: 'Whether the process that follows a cluster knows how it is: 0 while it is cut off.',
      labelNames: ['cluster'],
      registers,
    }),
    late: new Histogram({
      name: 'groundcrew_clock_late_seconds',
      help: 'How late due jobs ran.',
      buckets: [1, 5, 30, 60, 600, 3600, 86_400],
      registers,
    }),
  };
}
export type Metrics = ReturnType<typeof createMetrics>;
