import { code, type Text, text } from '../kernel/text.ts';
import type { Refused } from './creation.ts';
import type { Found, WorkloadRule } from './rule.ts';
import type { World } from './snapshot.ts';
import type { Workload } from './workloads.ts';

/** A pod that the cluster refused to create, and what a rule found in its answer. */
export type Denied = Refused & { readonly w: Workload; readonly world: World; readonly m: RegExpExecArray };

export type AdmissionRule = Omit<WorkloadRule, 'about' | 'find' | 'reads'> & {
  readonly match: RegExp;
  readonly say: (x: Denied) => Omit<Found, 'evidence'> & { readonly evidence?: Found['evidence'] };
};

export const refuses = ({ w }: Denied, because: Text): Text =>
  text`The cluster does not let ${code(w.ref.name)} start new pods: ${because}`;
