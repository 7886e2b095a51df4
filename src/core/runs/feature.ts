import { z } from 'zod';
import { type Feature, onOutcome } from '../kernel/index.ts';
import { runsWake } from './report.ts';

/** What the runs themselves need of the door; what follows from how they go is for the requests. */
export const runs: Feature<unknown> = {
  name: 'runs',
  handlers: [onOutcome(runsWake, z.null(), async () => [])],
};
