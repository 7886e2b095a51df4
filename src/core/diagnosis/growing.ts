import type { Crash } from './crashes.ts';
import { deletePods, describe, kubectl, patchOf, patchPods, run } from './fixes.ts';
import { quantity } from './quantity.ts';
import { changedAt, condition, flag, list, type Obj, scalar, str } from './read.ts';
import { refOf } from './snapshot.ts';
import type { Fix } from './verdict.ts';

const gi = 2 ** 30;

/** The claim whose disk is full: the one that is mounted where the log says, else the first that the container mounts. */
export function fullClaim(x: Crash, line: string): Obj | undefined {
  const claimed = list(x.c.spec, 'volumeMounts').flatMap((mount) => {
    const volume = list(x.pod.spec, 'volumes').find((v) => v.name === mount.name);
    const name = str(volume, 'persistentVolumeClaim', 'claimName');
    return name === undefined ? [] : [{ name, path: str(mount, 'mountPath') ?? '/' }];
  });
  const meant = claimed.find(({ path }) => path !== '/' && line.includes(path)) ?? claimed[0];
  return meant && x.world.get('PersistentVolumeClaim', x.pod.ref.namespace, meant.name);
}

export const sizeOf = (claim: Obj): string | undefined => scalar(claim, 'spec', 'resources', 'requests', 'storage');

/** How large it is, which is less while it grows. */
export const capacityOf = (claim: Obj): string | undefined => scalar(claim, 'status', 'capacity', 'storage');

/** Half as much again, in whole Gi: what is smaller than that is full again tomorrow. */
const larger = (size: string): string => `${Math.max(1, Math.ceil(((quantity(size) ?? gi) * 1.5) / gi))}Gi`;

/** What gives a full disk room: a claim grows where its class lets it, and never shrinks again. */
export function room(x: Crash, claim: Obj): readonly Fix[] {
  const ref = refOf('PersistentVolumeClaim', claim);
  const size = sizeOf(claim);
  const see = run(
    'look',
    'See how full it is',
    kubectl(ref.namespace, 'exec', x.pod.ref.name, '-c', x.c.name, '--', 'df', '-h'),
  );
  const wanted = quantity(size) ?? 0;
  if ((quantity(capacityOf(claim)) ?? wanted) < wanted)
    // It was asked for already; some drivers enlarge the file system when it is mounted the next time.
    return condition(claim, 'FileSystemResizePending')?.status === 'True'
      ? [...deletePods(`Delete ${x.pod.ref.name}, so that its disk grows as it is mounted again`, x.w, [x.pod.o]), see]
      : [describe(ref, 'See how far it has grown'), see];
  const name = str(claim, 'spec', 'storageClassName') ?? '';
  const grows = flag(x.world.get('StorageClass', '', name), 'allowVolumeExpansion');
  // It has grown since it was full.
  const grown = x.end.at !== undefined && (changedAt(claim) ?? 0) > x.end.at;
  if (size === undefined || !grows || grown) return [see];
  const title = `Expand the volume ${ref.name} to ${larger(size)}`;
  const body = { spec: { resources: { requests: { storage: larger(size) } } } };
  return [x.w.maker === undefined ? patchOf(title, 'v1', ref, body) : patchPods(title, x.w, {}), see];
}
