import type { Family } from '../rule.ts';
import { admission } from './admission.ts';
import { autoscaling } from './autoscaling.ts';
import { config } from './config.ts';
import { crash } from './crash.ts';
import { images } from './images.ts';
import { jobs } from './jobs.ts';
import { nodes } from './nodes.ts';
import { probes } from './probes.ts';
import { rollout } from './rollout.ts';
import { sandbox } from './sandbox.ts';
import { scheduling } from './scheduling.ts';
import { network } from './services.ts';
import { start } from './start.ts';
import { volumes } from './volumes.ts';

/** In the order in which a pod comes to life: the first rule that finds something has the cause, the rest are symptoms. */
export const families: readonly Family[] = [
  nodes,
  admission,
  scheduling,
  volumes,
  sandbox,
  images,
  config,
  start,
  crash,
  probes,
  jobs,
  rollout,
  network,
  autoscaling,
];
