import type { Controller } from '../controllers/runtime.ts';
import { application } from './argo.ts';
import { queue } from './kueue.ts';
import { messaging } from './messaging.ts';
import { controllerOf } from './operator.ts';
import { bucket, notebook } from './platform.ts';
import { postgres } from './postgres.ts';

/** The operators of the golden paths. `stuck`: objects, by uid, whose operator never gets on. */
export const operators = (stuck: ReadonlySet<string>): readonly Controller[] =>
  [postgres, ...messaging, bucket, application, notebook, queue].map((one) => controllerOf(one, stuck));
