import { z } from 'zod';
import type { Json } from '../kernel/inbound.ts';
import { type Order, type Preview, type Progress, runStates, verbs } from './run.ts';

/*
 * What passes between the requests and the runner: an observed inbound says where a run stands, one action asks a backend
 * what would happen, another says that there is a new run. Each is parsed where it arrives.
 */

const step = z.object({
  label: z.string(),
  state: z.enum(['done', 'doing', 'todo', 'failed']),
  seconds: z.number().exactOptional(),
  note: z.string().exactOptional(),
});
const progress = z.object({
  state: z.enum(runStates),
  steps: z.array(step),
  message: z.string().exactOptional(),
  slow: z.literal(true).exactOptional(),
  links: z.array(z.object({ label: z.string(), url: z.string() })),
  outputs: z.array(z.object({ label: z.string(), value: z.string(), secret: z.literal(true).exactOptional() })),
  left: z.array(z.string()).exactOptional(),
  missing: z.literal(true).exactOptional(),
  native: z.string().exactOptional(),
}) satisfies z.ZodType<Progress>;

/** Observed: a run moved. The `n`th report of its `attempt`; its delivery is `run/<key>/<attempt>/<n>`. */
export const runMoved = 'run.moved';
export const moved = z.object({ key: z.string(), attempt: z.int(), n: z.int(), progress });
export type Moved = z.output<typeof moved>;

const json: z.ZodType<Json> = z.json();
const changes = z
  .array(z.object({ what: z.string(), does: z.enum(['create', 'change', 'delete', 'keep']) }))
  .readonly();
const order = z.object({
  run: z.string(),
  verb: z.enum(verbs),
  resource: z.string(),
  path: z.string(),
  version: z.string(),
  spec: json,
  cluster: z.string().exactOptional(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  timeoutSeconds: z.number(),
  earlier: z.array(json).readonly().exactOptional(),
  destroys: z.number().exactOptional(),
  confirmed: changes.exactOptional(),
}) satisfies z.ZodType<Order>;

/**
 * An action: asks a backend what would happen. What it cannot find out is a result too, a problem in words, so that the
 * person hears of it now and not after a day of tries.
 */
export const runPreview = 'run.preview';
export const previewAsked = z.object({ request: z.int(), order, backend: z.string() });
export const previewed = z.union([
  z.object({
    request: z.int(),
    preview: z.object({
      summary: z.string(),
      changes,
      detail: z.object({ language: z.string(), text: z.string() }).exactOptional(),
      refused: z.string().exactOptional(),
      missing: z.literal(true).exactOptional(),
      destroys: z.number(),
    }) satisfies z.ZodType<Preview>,
  }),
  z.object({ request: z.int(), problem: z.object({ code: z.string(), message: z.string() }) }),
]);
export type Previewed = z.output<typeof previewed>;

/** An action, written in the transaction that starts a run or asks it to stop: the runner looks at once. Any input. */
export const runsWake = 'runs.wake';
