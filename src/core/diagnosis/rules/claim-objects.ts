import { code, text } from '../../kernel/text.ts';
import { claimRule, pending, phase, ref, usersOf } from '../claim.ts';
import { describe, kubectl, run } from '../fixes.ts';
import { near } from '../near.ts';
import { eventEvidence, said } from '../pods.ts';
import { list, meta, type Obj, pairs, str } from '../read.ts';
import { namesOf } from '../references.ts';
import type { ObjectRule } from '../rule.ts';
import { age, created, refOf, type World } from '../snapshot.ts';
import type { Fix } from '../verdict.ts';

const defaultClass = (world: World): string | undefined =>
  namesFor(world, (c) =>
    pairs(c, 'metadata', 'annotations').some(
      ([k, v]) => k === 'storageclass.kubernetes.io/is-default-class' && v === 'true',
    ),
  )[0];
const namesFor = (world: World, wanted: (c: Obj) => boolean) =>
  world
    .all('StorageClass')
    .filter(wanted)
    .map((c) => meta(c).name);

/** A claim's class cannot be changed: it is made anew, which loses nothing as long as it has no volume. */
function remake(claim: Obj, storageClass: string): Fix {
  const { namespace, name } = meta(claim);
  return {
    kind: 'create',
    title: `Make the claim anew with the class ${storageClass} (delete ${name} first: it holds no data)`,
    patch: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace },
      spec: {
        accessModes: Array.isArray((claim.spec as Obj | undefined)?.accessModes)
          ? (claim.spec as Obj).accessModes
          : ['ReadWriteOnce'],
        resources: { requests: { storage: str(claim, 'spec', 'resources', 'requests', 'storage') ?? '1Gi' } },
        storageClassName: storageClass,
      },
    },
  };
}

export const claimRules: readonly ObjectRule[] = [
  claimRule({
    code: 'storage-class-missing',
    title: 'The storage class does not exist',
    example: 'storageclass.storage.k8s.io "fast-ssd" not found',
    remedy: 'Make the claim anew with an existing class',
    reads: ['PersistentVolumeClaim spec.storageClassName', 'StorageClass', 'Event ProvisioningFailed'],
    find: (claim, world, workloads) => {
      if (!pending(claim)) return undefined;
      const event = said(
        world.events('PersistentVolumeClaim', claim),
        'ProvisioningFailed',
        /storageclass\S* "[^"]{1,253}" not found/,
      );
      const name =
        /"([^"]{1,253})" not found/.exec(event?.message ?? '')?.[1] ?? str(claim, 'spec', 'storageClassName');
      if (
        name === undefined ||
        (event === undefined && (!world.listed('StorageClass') || world.get('StorageClass', '', name) !== undefined))
      )
        return undefined;
      const close = near(name, namesOf(world, 'StorageClass', ''));
      const use = close[0] ?? defaultClass(world);
      return {
        summary: text`The disk ${code(meta(claim).name)} can’t be made: it asks for the storage class ${code(name)}, which does not exist${close[0] === undefined ? '.' : text`; ${code(close[0])} does.`}`,
        evidence: [
          phase(claim),
          { on: ref(claim), path: 'spec.storageClassName', says: name },
          ...(event === undefined ? [] : [eventEvidence(ref(claim), event)]),
        ],
        near: close,
        affected: usersOf(claim, workloads),
        upstream: { kind: 'StorageClass', namespace: '', name },
        together: text`The storage class ${code(name)} does not exist, so the disks that ask for it can’t be made.`,
        fixes:
          use === undefined
            ? [run('look', 'See which classes there are', kubectl('', 'get', 'storageclass'))]
            : [remake(claim, use)],
      };
    },
  }),
  claimRule({
    code: 'no-volume-available',
    title: 'No volume is left, and no class makes one',
    example: 'no persistent volumes available for this claim and no storage class is set',
    remedy: 'Name a storage class, or provide a volume',
    reads: ['PersistentVolumeClaim status.phase', 'Event FailedBinding'],
    find: (claim, world, workloads) => {
      const event = pending(claim)
        ? said(world.events('PersistentVolumeClaim', claim), 'FailedBinding', /no persistent volumes available/)
        : undefined;
      if (event === undefined) return undefined;
      const use = defaultClass(world) ?? namesFor(world, () => true)[0];
      return {
        summary: text`The disk ${code(meta(claim).name)} can’t be made: no volume fits it, and it names no storage class that would make one.`,
        evidence: [phase(claim), eventEvidence(ref(claim), event)],
        affected: usersOf(claim, workloads),
        fixes: use === undefined ? [describe(ref(claim))] : [remake(claim, use)],
      };
    },
  }),
  claimRule({
    code: 'volume-taken',
    title: 'The volume that a claim names belongs to another one',
    example: 'volume "pv-1" already bound to a different claim; PersistentVolume status.phase: Released',
    remedy: 'Take spec.claimRef off the volume, when its old claim is gone for good; its data stays',
    reads: ['PersistentVolumeClaim spec.volumeName', 'PersistentVolume spec.claimRef', 'PersistentVolume status.phase'],
    find: (claim, world, workloads) => {
      const name = str(claim, 'spec', 'volumeName') ?? '';
      const volume = pending(claim) && name !== '' ? world.get('PersistentVolume', '', name) : undefined;
      const [holder, uid] = [str(volume, 'spec', 'claimRef', 'name'), str(volume, 'spec', 'claimRef', 'uid')];
      // One that was kept for this claim by its name has no uid yet.
      if (volume === undefined || uid === undefined || uid === meta(claim).uid) return undefined;
      const phaseOf = str(volume, 'status', 'phase') ?? '';
      const event = said(world.events('PersistentVolumeClaim', claim), 'FailedBinding');
      const released = phaseOf === 'Released';
      const letGo = kubectl(
        '',
        'patch',
        'pv',
        name,
        '--type',
        'json',
        '-p',
        '[{"op":"remove","path":"/spec/claimRef"}]',
      );
      return {
        summary: text`The disk ${code(meta(claim).name)} can’t be had: the volume ${code(name)} that it names ${released ? 'still belongs to a claim that is gone' : 'belongs to another claim'} (${code(holder ?? '')}).`,
        evidence: [
          phase(claim),
          { on: refOf('PersistentVolume', volume), path: 'status.phase', says: phaseOf },
          ...(event === undefined ? [] : [eventEvidence(ref(claim), event)]),
        ],
        affected: usersOf(claim, workloads),
        // No button: whose data it holds is to be looked at first.
        fixes: released
          ? [run('ask', 'Let the volume go from its old claim (its data stays)', letGo)]
          : [describe(refOf('PersistentVolume', volume))],
      };
    },
  }),
  claimRule({
    code: 'provisioning-failed',
    title: 'The disk cannot be made',
    example: 'ProvisioningFailed: failed to provision volume with StorageClass "standard": rpc error: … quota exceeded',
    remedy: 'Read the quoted message of the storage: quota, zone, parameters',
    reads: ['PersistentVolumeClaim status.phase', 'Event ProvisioningFailed'],
    find: (claim, world, workloads) => {
      const event = pending(claim)
        ? said(world.events('PersistentVolumeClaim', claim), 'ProvisioningFailed')
        : undefined;
      if (event === undefined || age(world, created(claim)) < 30) return undefined;
      const name = str(claim, 'spec', 'storageClassName');
      return {
        summary: text`The disk ${code(meta(claim).name)} can’t be made${/quota|exceed|limit/i.test(event.message) ? ': the provider’s quota is used up' : '; the storage’s message is quoted'}.`,
        evidence: [phase(claim), eventEvidence(ref(claim), event)],
        confidence: /quota|exceed/i.test(event.message) ? 'certain' : 'unclear',
        affected: usersOf(claim, workloads),
        ...(name === undefined
          ? {}
          : {
              upstream: { kind: 'StorageClass', namespace: '', name },
              together: text`Disks of the class ${code(name)} can’t be made.`,
            }),
        fixes: [describe(ref(claim))],
      };
    },
  }),
  claimRule({
    code: 'provisioner-silent',
    title: 'Nobody makes the disk',
    example: 'Waiting for a volume to be created either by the external provisioner "ebs.csi.aws.com" or manually',
    remedy: 'See whether the provisioner of that class runs',
    reads: ['PersistentVolumeClaim status.phase', 'Event ExternalProvisioning'],
    find: (claim, world, workloads) => {
      const event = pending(claim)
        ? said(world.events('PersistentVolumeClaim', claim), 'ExternalProvisioning')
        : undefined;
      if (event === undefined || age(world, created(claim)) < 180) return undefined;
      const provisioner = /provisioner '?"?([\w./-]{1,253})/.exec(event.message)?.[1] ?? '';
      const name = str(claim, 'spec', 'storageClassName') ?? provisioner;
      return {
        summary: text`The disk ${code(meta(claim).name)} is not being made: the provisioner ${code(provisioner)} that should make it does not answer.`,
        evidence: [phase(claim), eventEvidence(ref(claim), event)],
        confidence: 'likely',
        affected: usersOf(claim, workloads),
        upstream: { kind: 'StorageClass', namespace: '', name },
        together: text`Disks of the class ${code(name)} are not made: the provisioner ${code(provisioner)} does not answer.`,
        fixes: [describe(ref(claim))],
      };
    },
  }),
  claimRule({
    code: 'claim-lost',
    title: 'The volume behind a claim is gone',
    example: 'PersistentVolumeClaim status.phase: Lost',
    remedy: 'Restore the data from a backup into a new claim',
    reads: ['PersistentVolumeClaim status.phase'],
    find: (claim, _world, workloads) =>
      str(claim, 'status', 'phase') === 'Lost'
        ? {
            summary: text`The volume behind the disk ${code(meta(claim).name)} is gone: it was deleted while it was in use.`,
            evidence: [
              phase(claim),
              { on: ref(claim), path: 'spec.volumeName', says: str(claim, 'spec', 'volumeName') ?? '' },
            ],
            affected: usersOf(claim, workloads),
            fixes: [describe(ref(claim))],
          }
        : undefined,
  }),
  claimRule({
    code: 'volume-resize-failed',
    title: 'The disk cannot be enlarged',
    example: 'VolumeResizeFailed: … requested size not supported',
    remedy:
      'Read the quoted message; some storage cannot enlarge, or only once in six hours. Asking for less, above its present size, ends the try',
    reads: [
      'PersistentVolumeClaim status.conditions',
      'PersistentVolumeClaim status.allocatedResourceStatuses',
      'Event VolumeResizeFailed',
    ],
    find: (claim, world, workloads) => {
      const resizing = list(claim, 'status', 'conditions').filter(
        (c) => /Resiz/.test(str(c, 'type') ?? '') && c.status === 'True',
      );
      const event =
        resizing.length > 0 ? said(world.events('PersistentVolumeClaim', claim), 'VolumeResizeFailed') : undefined;
      // Events are gone after an hour; newer clusters keep what went wrong in the claim itself.
      const failed = resizing.find((c) => /ResizeError$/.test(str(c, 'type') ?? ''));
      const standing = str(claim, 'status', 'allocatedResourceStatuses', 'storage') ?? '';
      const infeasible = /ResizeInfeasible$/.test(standing);
      if (event === undefined && failed === undefined && !infeasible) return undefined;
      return {
        summary: text`The disk ${code(meta(claim).name)} can’t be enlarged${infeasible ? ' to what was asked for' : ''}; the storage’s message is quoted.`,
        evidence: [
          ...(event === undefined ? [] : [eventEvidence(ref(claim), event)]),
          ...(failed === undefined
            ? []
            : [
                {
                  on: ref(claim),
                  path: `status.conditions[${str(failed, 'type') ?? ''}].message`,
                  says: str(failed, 'message') ?? '',
                },
              ]),
          ...(infeasible
            ? [{ on: ref(claim), path: 'status.allocatedResourceStatuses[storage]', says: standing }]
            : []),
        ],
        affected: usersOf(claim, workloads),
        fixes: [describe(ref(claim))],
      };
    },
  }),
  {
    code: 'volume-failed',
    title: 'A volume cannot be reused or cleaned up',
    example: 'PersistentVolume status.phase: Failed',
    remedy: 'Clean it up by hand',
    about: 'object',
    kind: 'PersistentVolume',
    reads: ['PersistentVolume status.phase'],
    find: (volume) =>
      str(volume, 'status', 'phase') === 'Failed'
        ? {
            summary: text`The volume ${code(meta(volume).name)} could not be cleaned up after its claim was deleted.`,
            evidence: [
              {
                on: refOf('PersistentVolume', volume),
                path: 'status.message',
                says: str(volume, 'status', 'message') ?? 'Failed',
              },
            ],
            fixes: [describe(refOf('PersistentVolume', volume))],
          }
        : undefined,
  },
];
