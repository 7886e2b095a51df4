/**
 * Where a request stands. `planning`: what would happen is being found out. `confirming`: it waits for the person who
 * asked. From `queued` on a run carries it out. `expired`: nobody confirmed or decided in time.
 */
export const requestStates = [
  'planning',
  'confirming',
  'awaiting-approval',
  'queued',
  'running',
  'ready',
  'failed',
  'refused',
  'cancelled',
  'expired',
] as const;
export type RequestState = (typeof requestStates)[number];
