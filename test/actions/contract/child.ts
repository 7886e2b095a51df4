import type { Order } from '../../../src/core/runs/run.ts';
import { type Making, makeBackend } from './making.ts';

// A process that carries an order out until it is done or killed.
process.once('message', async (said) => {
  const { making, order } = said as { making: Making; order: Order };
  const backend = await makeBackend(making);
  for await (const progress of backend.run(order, new AbortController().signal)) process.send?.(progress);
  process.exit(0);
});
