import { code, type Text, text } from '../../kernel/text.ts';
import { deletePods, describe, kubectl, patchWorkload, run } from '../fixes.ts';
import { near } from '../near.ts';
import { eventEvidence, type Pod } from '../pods.ts';
import { list, meta, str } from '../read.ts';
import { keysOf, missing } from '../references.ts';
import type { Family, Found, PodRule } from '../rule.ts';
import { age, type Event, type World } from '../snapshot.ts';
import type { Evidence, Ref } from '../verdict.ts';
import type { Workload } from '../workloads.ts';
import { claimRules } from './claim-objects.ts';

type Mount = {
  readonly pod: Pod;
  readonly w: Workload;
  readonly world: World;
  readonly says: string;
  readonly event: Event;
};

const waitingReasons = new Set(['', 'ContainerCreating', 'PodInitializing']);

/** A pod has a node but none of its containers runs, for so long that it is no haste of the machine. */
const stuck = (pod: Pod): boolean =>
  pod.phase === 'Pending' &&
  !pod.leaving &&
  !pod.prepared &&
  pod.node !== undefined &&
  pod.containers.every((c) => waitingReasons.has(c.waiting.reason) && c.restarts === 0);

type MountRule = Omit<PodRule, 'about' | 'find' | 'reads'> & {
  readonly reason: 'FailedMount' | 'FailedAttachVolume';
  readonly match: RegExp;
  /** In seconds: what mends itself is not told before. */
  readonly after: number;
  readonly say: (
    x: Mount,
    m: RegExpExecArray,
  ) => (Omit<Found, 'evidence'> & { readonly evidence?: readonly Evidence[] }) | undefined;
};

/** A disk that is taken as it is, without a file system, is mapped. */
const mapped = 'FailedMapVolume';

const mountRule = ({ reason, match, after, say, ...rule }: MountRule): PodRule => ({
  ...rule,
  about: 'pod',
  reads: [`Event ${reason}`, ...(reason === 'FailedMount' ? [`Event ${mapped}`] : []), 'Pod status.phase'],
  find: (pod, w, world) => {
    if (!stuck(pod) || pod.age < after) return undefined;
    for (const event of pod.events) {
      const m = (event.reason === mapped ? 'FailedMount' : event.reason) === reason ? match.exec(event.message) : null;
      const found = m === null ? undefined : say({ pod, w, world, says: event.message, event }, m);
      if (found !== undefined)
        return { ...found, evidence: [eventEvidence(pod.ref, event), ...(found.evidence ?? [])] };
    }
    return undefined;
  },
});

const cannotStart = (x: Mount, because: Text): Text => text`${code(x.w.ref.name)} can’t start: ${because}`;

const absent = (kind: 'ConfigMap' | 'Secret') => (x: Mount, m: RegExpExecArray) => {
  const name = m[1] ?? '';
  // Made meanwhile: the machine tries again within two minutes. The one of the cluster itself is nobody’s to make.
  if (x.world.get(kind, x.pod.ref.namespace, name) !== undefined || name === 'kube-root-ca.crt') return undefined;
  const { thing, hint, ...rest } = missing(kind, name, x.w, x.world);
  return {
    ...rest,
    summary: cannotStart(
      x,
      text`${thing} that it mounts as a folder does not exist in ${code(x.pod.ref.namespace)}${hint}.`,
    ),
    together: text`${thing} does not exist in ${code(x.pod.ref.namespace)}${hint}, so what mounts it can’t start.`,
  };
};

const mounts: readonly PodRule[] = [
  mountRule({
    code: 'configmap-volume-missing',
    title: 'A ConfigMap to be mounted does not exist',
    example: 'MountVolume.SetUp failed for volume "config" : configmap "shop-config" not found',
    remedy: 'Apply the ConfigMap, or correct its name; until then roll back',
    rollback: true,
    reason: 'FailedMount',
    after: 5,
    match: /configmaps? "([^"]{1,253})" not found/,
    say: absent('ConfigMap'),
  }),
  mountRule({
    code: 'secret-volume-missing',
    title: 'A Secret to be mounted does not exist',
    example: 'MountVolume.SetUp failed for volume "tls" : secret "shop-tls" not found',
    remedy: 'Create the Secret, or correct its name; until then roll back',
    rollback: true,
    reason: 'FailedMount',
    after: 5,
    match: /secrets? "([^"]{1,253})" not found/,
    say: absent('Secret'),
  }),
  mountRule({
    code: 'volume-key-missing',
    title: 'A key to be mounted is not there',
    example: 'MountVolume.SetUp failed for volume "config" : configmap references non-existent config key: app.yaml',
    remedy: 'Add the key, or correct its name in items',
    rollback: true,
    reason: 'FailedMount',
    after: 5,
    match: /references non-existent (?:config|secret) key: (\S{1,253})/,
    say: (x, m) => {
      const key = (m[1] ?? '').replace(/\.$/, '');
      const volume = /for volume "([^"]{1,253})"/.exec(x.says)?.[1];
      const spec = list(x.w.podSpec, 'volumes').find((v) => v.name === volume);
      const [kind, name] =
        str(spec, 'secret', 'secretName') === undefined
          ? (['ConfigMap', str(spec, 'configMap', 'name')] as const)
          : (['Secret', str(spec, 'secret', 'secretName')] as const);
      const keys = name === undefined ? [] : keysOf(x.world, kind, x.pod.ref.namespace, name);
      const close = near(key, keys);
      return {
        summary: cannotStart(
          x,
          text`it mounts the key ${code(key)} of the ${kind} ${code(name ?? volume ?? '')}, which has no such key${close[0] === undefined ? '' : text`; ${code(close[0])} does exist`}.`,
        ),
        near: close.length > 0 ? close : keys.slice(0, 5),
        ...(name === undefined ? {} : { upstream: { kind, namespace: x.pod.ref.namespace, name } }),
      };
    },
  }),
  mountRule({
    code: 'volume-multi-attach',
    title: 'Its disk is still attached to another machine',
    example: 'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node',
    remedy: 'Stop the old pod first (strategy Recreate); or wait until the lost machine lets go',
    reason: 'FailedAttachVolume',
    after: 30,
    match: /Multi-Attach error for volume "([^"]{1,253})"/,
    say: (x) => {
      const users = /used by pod\(s\) ([^\n]{1,300})/.exec(x.says)?.[1];
      const rolling = x.w.ref.kind === 'Deployment' && str(x.w.o, 'spec', 'strategy', 'type') !== 'Recreate';
      return {
        summary: cannotStart(
          x,
          text`its disk can be attached to one machine at a time, and ${users === undefined ? 'another one' : text`the machine of ${code(users)}`} still holds it.`,
        ),
        fixes: rolling
          ? [
              patchWorkload('Stop the old pod before the new one starts', x.w, {
                spec: { strategy: { type: 'Recreate', rollingUpdate: null } },
              }),
            ]
          : [run('look', 'See who holds it', kubectl('', 'get', 'volumeattachments'))],
      };
    },
  }),
  mountRule({
    code: 'volume-attach-failed',
    title: 'Its disk cannot be attached',
    example: 'AttachVolume.Attach failed for volume "pvc-1" : rpc error: …',
    remedy: 'Whoever runs the storage has to look at its driver',
    reason: 'FailedAttachVolume',
    after: 60,
    match: /for volume "([^"]{1,253})"/,
    say: (x, m) => {
      const attachment = x.world
        .all('VolumeAttachment')
        .find((a) => str(a, 'spec', 'source', 'persistentVolumeName') === m[1]);
      const error = str(attachment, 'status', 'attachError', 'message');
      return {
        summary: cannotStart(
          x,
          text`its disk ${code(m[1] ?? '')} can’t be attached to the machine ${code(x.pod.node ?? '')}; the storage’s message is quoted.`,
        ),
        evidence:
          error === undefined
            ? []
            : [
                {
                  on: { kind: 'VolumeAttachment', namespace: '', name: meta(attachment).name },
                  path: 'status.attachError.message',
                  says: error,
                },
              ],
        ...storage(x),
        fixes: [describe(x.pod.ref)],
      };
    },
  }),
  mountRule({
    code: 'volume-driver-missing',
    title: 'The machine does not know the storage driver',
    example: 'driver name efs.csi.aws.com not found in the list of registered CSI drivers',
    remedy: 'Install the driver on that machine; see whether its pod runs there',
    reason: 'FailedMount',
    after: 60,
    match: /driver name (\S{1,253}) not found in the list of registered CSI drivers/,
    say: (x, m) => ({
      summary: cannotStart(
        x,
        text`the machine ${code(x.pod.node ?? '')} does not have the storage driver ${code(m[1] ?? '')} that its disk needs.`,
      ),
      upstream: { kind: 'CSIDriver', namespace: '', name: m[1] ?? '' },
      together: text`The storage driver ${code(m[1] ?? '')} is missing on machines, so disks can’t be mounted.`,
    }),
  }),
  mountRule({
    code: 'volume-mount-failed',
    title: 'Its disk cannot be mounted',
    example:
      'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32; or: timed out waiting for the condition',
    remedy: 'Read the quoted message: the server, the permission, the file system',
    reason: 'FailedMount',
    after: 90,
    match: /Mount|mount|MapVolume|timed out waiting/,
    say: (x) => {
      if (/failed to sync .{1,40} cache/.test(x.says)) return undefined;
      const [, kind, name] = /(configmap|secret)s? "([^"]{1,253})" not found/.exec(x.says) ?? [];
      const made = kind === 'secret' ? 'Secret' : 'ConfigMap';
      if (name !== undefined && x.world.get(made, x.pod.ref.namespace, name) !== undefined) return undefined;
      const provider = /SecretProviderClass[\w.-]{0,100} "([^"]{1,253})" not found/i.exec(x.says)?.[1];
      const vault = /failed to mount secrets store objects/.test(x.says);
      const volume =
        /for volume "([^"]{1,253})"/.exec(x.says)?.[1] ?? /unmounted volumes=\[([^\]]{1,253})\]/.exec(x.says)?.[1];
      return {
        summary: cannotStart(
          x,
          provider !== undefined
            ? text`its volume ${code(volume ?? '')} is to hold secrets from outside the cluster, by the SecretProviderClass ${code(provider)}, which does not exist in ${code(x.pod.ref.namespace)}.`
            : vault
              ? text`the secrets from outside the cluster for its volume ${code(volume ?? '')} can’t be fetched${/\b403\b|forbidden|denied|not authorized/i.test(x.says) ? ': the vault refuses its account' : '; what the vault said is quoted'}.`
              : text`its volume ${code(volume ?? '')} can’t be mounted${/permission denied|access denied/i.test(x.says) ? ': the storage refuses access' : /timed out|deadline/i.test(x.says) ? ': the storage does not answer in time' : '; the machine’s message is quoted'}.`,
        ),
        confidence:
          provider !== undefined || vault || /permission denied|access denied|timed out|deadline/i.test(x.says)
            ? 'certain'
            : 'unclear',
        ...storage(x),
        // Elsewhere the vault answers the same.
        fixes: [
          ...(provider !== undefined || vault ? [] : deletePods('Let the pod start elsewhere', x.w, [x.pod.o])),
          describe(x.pod.ref),
        ],
      };
    },
  }),
  {
    code: 'creation-stuck',
    title: 'The machine does not get the pod going, and says nothing',
    example: 'ContainerCreating for more than ten minutes, without an event',
    remedy: 'Look at the machine',
    about: 'pod',
    reads: ['Pod status.phase', 'Pod status.containerStatuses[].state.waiting'],
    find: (pod, w, world) => {
      if (!stuck(pod) || pod.age < 600 || pod.events.some((e) => age(world, e.at) < 600 || e.reason !== 'Scheduled'))
        return undefined;
      if (pod.containers.length === 0 || !pod.containers.some((c) => c.waiting.reason === 'ContainerCreating'))
        return undefined;
      return {
        summary: text`${code(w.ref.name)} has been starting on the machine ${code(pod.node ?? '')} for ${Math.round(Math.min(pod.age, 86_400) / 60)} minutes, and the machine does not say what it waits for.`,
        evidence: pod.containers.map((c) => ({
          on: pod.ref,
          path: `${c.path}.state.waiting.reason`,
          says: c.waiting.reason,
        })),
        confidence: 'unclear',
        fixes: [...deletePods('Let the pod start elsewhere', w, [pod.o]), describe(pod.ref)],
      };
    },
  },
];

/** When many disks of one class fail, the class is what they have in common. */
function storage(x: Mount): { readonly upstream?: Ref; readonly together?: Text } {
  const names = list(x.pod.spec, 'volumes').flatMap((v) => str(v, 'persistentVolumeClaim', 'claimName') ?? []);
  const classes = names.flatMap(
    (name) => str(x.world.get('PersistentVolumeClaim', x.pod.ref.namespace, name), 'spec', 'storageClassName') ?? [],
  );
  const [name] = classes;
  return name === undefined
    ? {}
    : {
        upstream: { kind: 'StorageClass', namespace: '', name },
        together: text`Disks of the class ${code(name)} can’t be attached or mounted.`,
      };
}

export const volumes: Family = {
  stage: 'volumes',
  title: 'Disks and mounted configuration',
  rules: [...claimRules, ...mounts],
};
