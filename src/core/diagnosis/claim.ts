import { list, meta, type Obj, str } from './read.ts';
import type { ObjectRule } from './rule.ts';
import { refOf } from './snapshot.ts';
import type { Evidence, Ref } from './verdict.ts';
import { everyPod, type Workload } from './workloads.ts';

type ClaimRule = Omit<ObjectRule, 'about' | 'kind'>;

export const claimRule = (rule: ClaimRule): ObjectRule => ({ ...rule, about: 'object', kind: 'PersistentVolumeClaim' });

/** The workloads whose pods use a claim. */
export const usersOf = (claim: Obj, workloads: readonly Workload[]): readonly Ref[] => {
  const { namespace, name } = meta(claim);
  return workloads
    .filter(
      (w) =>
        w.ref.namespace === namespace &&
        everyPod(w).some((p) =>
          list(p.spec, 'volumes').some((v) => str(v, 'persistentVolumeClaim', 'claimName') === name),
        ),
    )
    .map((w) => w.ref);
};

export const pending = (claim: Obj): boolean =>
  str(claim, 'status', 'phase') === 'Pending' && str(claim, 'metadata', 'deletionTimestamp') === undefined;
export const ref = (claim: Obj): Ref => refOf('PersistentVolumeClaim', claim);

export const phase = (claim: Obj): Evidence => ({
  on: ref(claim),
  path: 'status.phase',
  says: str(claim, 'status', 'phase') ?? '',
});
