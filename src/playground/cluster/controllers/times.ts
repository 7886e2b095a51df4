/** How long things take, in milliseconds. A real cluster is slower; its back-offs are these. */
const usual = {
  /** From a change to the controllers that look at it. */
  reaction: 20,
  /** The first pause after a controller could not do something. */
  retry: 500,
  schedule: 100,
  pull: 1_200,
  create: 300,
  /** A failing program lives this long. */
  crash: 1_500,
  terminate: 800,
  probe: 1_000,
  imageBackOff: 10_000,
  crashBackOff: 10_000,
  maxBackOff: 300_000,
  /** A container that ran this long has its back-off forgotten. */
  backOffReset: 600_000,
  /** What a job's pod needs. */
  job: 4_000,
  provision: 600,
  attach: 500,
  loadBalancer: 2_000,
  /** A node that says nothing is held for gone after this long. */
  nodeGrace: 4_000,
  /** Pods leave a node that is gone. */
  evict: 30_000,
  autoscale: 15_000,
  eventLife: 3_600_000,
  /** Steps of operators. */
  operator: 1_500,
  bucket: 4_000,
} as const;

export type Times = { readonly [K in keyof typeof usual]: number };

/** `speed` 2: twice as fast. How long events live does not change with it. */
export const times = (speed = 1): Times => ({
  ...(Object.fromEntries(Object.entries(usual).map(([name, ms]) => [name, ms / speed])) as Times),
  reaction: usual.reaction,
  eventLife: usual.eventLife,
});
