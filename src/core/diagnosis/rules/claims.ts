import { code, text } from '../../kernel/text.ts';
import { describe, patchPods, patchWorkload } from '../fixes.ts';
import { near } from '../near.ts';
import type { PlaceRule, Unplaced } from '../placing.ts';
import { noPlace } from '../placing.ts';
import { list, meta, str } from '../read.ts';
import { namesOf } from '../references.ts';
import type { Ref } from '../verdict.ts';

/** The claims that a pod's volumes are made from. */
const claims = (x: Unplaced): readonly string[] =>
  list(x.pod.spec, 'volumes').flatMap((v) => {
    const own = str(v, 'persistentVolumeClaim', 'claimName');
    if (own !== undefined) return [own];
    return v.ephemeral === undefined ? [] : [`${meta(x.pod.o).name}-${str(v, 'name')}`];
  });

const unbound = (x: Unplaced): readonly Ref[] =>
  claims(x)
    .filter(
      (name) => str(x.world.get('PersistentVolumeClaim', x.pod.ref.namespace, name), 'status', 'phase') !== 'Bound',
    )
    .map((name) => ({ kind: 'PersistentVolumeClaim', namespace: x.pod.ref.namespace, name }));

/** The scheduler looks at a pod's claims before it looks at machines. */
export const claimTrouble: readonly PlaceRule[] = [
  {
    code: 'claim-missing',
    title: 'The volume claim does not exist',
    example: 'persistentvolumeclaim "shop-data" not found',
    remedy: 'Create the claim, or correct its name',
    rollback: true,
    match: /persistentvolumeclaim "[^"]{1,253}" (?:not found|is being deleted)/,
    say: (x) => {
      const name = /persistentvolumeclaim "([^"]{1,253})"/.exec(x.r.why)?.[1] ?? '';
      const leaving = x.r.why.includes('is being deleted');
      const existing = leaving ? [] : near(name, namesOf(x.world, 'PersistentVolumeClaim', x.pod.ref.namespace));
      const [meant] = existing;
      const volume = list(x.w.podSpec, 'volumes').find((v) => str(v, 'persistentVolumeClaim', 'claimName') === name);
      return {
        summary: text`${code(x.w.ref.name)} can’t start: its disk, the volume claim ${code(name)}, ${leaving ? 'is being deleted' : text`does not exist in ${code(x.pod.ref.namespace)}`}${meant === undefined ? '.' : text`; ${code(meant)} does exist.`}`,
        near: existing,
        upstream: { kind: 'PersistentVolumeClaim', namespace: x.pod.ref.namespace, name },
        fixes:
          meant === undefined || volume === undefined
            ? []
            : [
                patchPods(`Use the claim ${meant}`, x.w, {
                  volumes: [{ name: volume.name, persistentVolumeClaim: { claimName: meant } }],
                }),
              ],
      };
    },
  },
  {
    code: 'claim-unbound',
    title: 'Its disk has not been made',
    example: 'pod has unbound immediate PersistentVolumeClaims',
    remedy: 'See why the claim is not bound: its class, its size, its provisioner',
    // Of one whose volume is gone the cluster says Lost, a while later.
    match: /unbound immediate PersistentVolumeClaims|bound to non-existent p/,
    say: (x) => {
      const [claim] = unbound(x);
      const name = claim?.name ?? claims(x)[0] ?? '';
      return {
        summary: text`${code(x.w.ref.name)} waits for its disk: the ${/unbound/.test(x.r.why) ? text`volume claim ${code(name)} has not been given a volume yet` : text`volume behind the claim ${code(name)} is gone`}.`,
        symptomOf: unbound(x),
        ...(claim === undefined ? {} : { upstream: claim, fixes: [describe(claim)] }),
      };
    },
  },
  {
    code: 'volume-in-use',
    title: 'Another pod holds its disk for itself',
    example: 'PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
    remedy: 'Stop the other pod first (strategy Recreate), or use ReadWriteOnce',
    match: /ReadWriteOncePod access mode already in-use|disk.{0,40}already in use by/,
    say: (x) => ({
      summary: noPlace(x, text`its disk may be used by one pod only, and another one holds it.`),
      fixes: recreate(x),
    }),
  },
  {
    code: 'no-volume-to-bind',
    title: 'No volume fits its claim',
    example: "3 node(s) didn't find available persistent volumes to bind",
    remedy: 'Provide a volume of that class and size on a machine that fits',
    match:
      /didn't find available persistent volumes to bind|unbound PersistentVolumes|did not have enough free storage/,
    say: (x) => ({
      summary: noPlace(x, text`no volume of the class and size that its claim asks for is left there.`),
      symptomOf: unbound(x),
    }),
  },
];

const recreate = (x: Unplaced) =>
  x.w.ref.kind === 'Deployment'
    ? [
        patchWorkload('Stop the old pod before the new one starts', x.w, {
          spec: { strategy: { type: 'Recreate', rollingUpdate: null } },
        }),
      ]
    : [];
