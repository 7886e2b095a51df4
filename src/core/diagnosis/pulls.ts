import { code, type Text, text } from '../kernel/text.ts';
import { kubectl, patchContainer, patchPods, run } from './fixes.ts';
import { imageParts } from './image.ts';
import { type Container, eventEvidence, type Pod, said, waitingEvidence } from './pods.ts';
import { list, type Obj, str } from './read.ts';
import type { Found, PodRule } from './rule.ts';
import type { World } from './snapshot.ts';
import type { Evidence, Fix, Ref } from './verdict.ts';
import type { Workload } from './workloads.ts';

const reasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

type Pull = {
  readonly pod: Pod;
  readonly c: Container;
  readonly image: string;
  /** The volume that is made from it, where it is not the container’s own. */
  readonly volume?: string;
  readonly registry: string;
  /** Everything that was said about it: the status may have come down to “Back-off” already. */
  readonly says: string;
  readonly evidence: readonly Evidence[];
  readonly w: Workload;
  readonly world: World;
};

export function pulls(pod: Pod, w: Workload, world: World): readonly Pull[] {
  return pod.containers
    .filter((c) => reasons.has(c.waiting.reason) && !(ownLimit.test(c.waiting.message) && pod.age < 300))
    .map((c) => {
      const volume = volumeMeant(pod, c);
      const image = str(volume, 'image', 'reference') ?? str(c.spec, 'image') ?? str(c.status, 'image') ?? '';
      const about = pod.events.filter((e) => e.message.includes(`"${image}"`));
      const event = said(about, 'Failed', /Failed to pull image/) ?? said(about, 'InspectFailed');
      return {
        pod,
        c,
        image,
        ...(volume === undefined ? {} : { volume: str(volume, 'name') ?? '' }),
        registry: imageParts(image).registry,
        says: `${c.waiting.reason}\n${c.waiting.message}\n${event?.message ?? ''}`,
        evidence: [...waitingEvidence(pod, c), ...(event === undefined ? [] : [eventEvidence(pod.ref, event)])],
        w,
        world,
      };
    });
}

/** The machine takes its time by a limit of its own, and goes on by itself. */
const ownLimit = /pull QPS exceeded/;

/** The volume whose image can’t be fetched: the kubelet says so where it speaks of the container. */
function volumeMeant(pod: Pod, c: Container): Obj | undefined {
  const named = /(?:pulling|pull) image "([^"]{1,500})"/.exec(c.waiting.message)?.[1];
  return named === undefined || named === str(c.spec, 'image')
    ? undefined
    : list(pod.spec, 'volumes').find((v) => str(v, 'image', 'reference') === named);
}

type PullRule = Omit<PodRule, 'about' | 'find' | 'reads'> & {
  readonly match: RegExp;
  /** What mends itself within moments is not told before it has not. */
  readonly patience?: true;
  readonly say: (p: Pull) => Omit<Found, 'evidence'>;
};

export const pullRule = ({ match, patience, say, ...rule }: PullRule): PodRule => ({
  ...rule,
  about: 'pod',
  reads: ['Pod status.containerStatuses[].state.waiting', 'Event Failed'],
  find: (pod, w, world) => {
    const p = pulls(pod, w, world).find((one) => match.test(one.says));
    if (p === undefined || (patience && p.c.waiting.reason === 'ErrImagePull' && pod.age < 60)) return undefined;
    return { evidence: p.evidence, ...say(p) };
  },
});

export const registryRef = (p: Pull): Ref => ({ kind: 'Registry', namespace: '', name: p.registry });

export const setImage = (p: Pull, image: string, title = `Use the image ${image}`): Fix =>
  p.volume === undefined
    ? patchContainer(title, p.w, p.c, { image })
    : patchPods(title, p.w, { volumes: [{ name: p.volume, image: { reference: image } }] });

/** Nobody but a person knows which tag was meant. */
export const chooseImage = (p: Pull): Fix =>
  p.w.maker !== undefined
    ? setImage(p, 'TAG', 'Use a tag that exists')
    : p.volume !== undefined
      ? run(
          'ask',
          'Use a tag that exists',
          kubectl(p.w.ref.namespace, 'edit', `${p.w.ref.kind.toLowerCase()}/${p.w.ref.name}`),
        )
      : run(
          'ask',
          'Use a tag that exists',
          kubectl(
            p.w.ref.namespace,
            'set',
            'image',
            `${p.w.ref.kind.toLowerCase()}/${p.w.ref.name}`,
            `${p.c.name}=${p.image.replace(/(?:@.*|:[^/:]*)$/, '')}:TAG`,
          ),
        );

export const stuck = (p: Pull, because: Text): Text => text`${code(p.w.ref.name)} can’t start: ${because}`;

/** What the workload hands in at the registry, and whether it is there. */
export function pullSecrets(p: Pull): Text {
  const names = list(p.pod.spec, 'imagePullSecrets').flatMap((s) => str(s, 'name') ?? []);
  if (names.length === 0) return text`it has no pull secret (${code('imagePullSecrets')} is empty)`;
  const odd = names.find((name) => {
    const secret = p.world.get('Secret', p.pod.ref.namespace, name);
    const type = str(secret, 'type');
    return type !== undefined && !type.startsWith('kubernetes.io/docker');
  });
  return odd === undefined
    ? text`its pull secret ${code(names.join(', '))} is not accepted there`
    : text`its pull secret ${code(odd)} is not a registry login (its type is not ${code('kubernetes.io/dockerconfigjson')})`;
}

export const secretCommand = (p: Pull, name: string): Fix =>
  run(
    'create',
    `Create a pull secret for ${p.registry}`,
    kubectl(
      p.pod.ref.namespace,
      'create',
      'secret',
      'docker-registry',
      name,
      `--docker-server=${p.registry}`,
      '--docker-username=USER',
      '--docker-password=TOKEN',
    ),
  );

/** What the version before ran in the same container. */
export function earlierImage(p: Pull): string | undefined {
  const older = p.w.revisions.slice(1);
  const base = older.find((r) => r.good) ?? older[0];
  if (p.volume !== undefined)
    return str(
      list(base?.template, 'spec', 'volumes').find((v) => v.name === p.volume),
      'image',
      'reference',
    );
  const place = p.c.role === 'main' ? 'containers' : 'initContainers';
  return str(
    list(base?.template, 'spec', place).find((c) => c.name === p.c.name),
    'image',
  );
}

const whys: readonly (readonly [RegExp, string])[] = [
  [/no such host|server misbehaving/i, 'its name is not known to DNS'],
  [/server gave HTTP response to HTTPS client/i, 'it answers without encryption, which the machine does not take'],
  [/x509:|tls: |HTTP response/i, 'its certificate is not trusted'],
  [/connection refused|reset/i, 'it refuses connections'],
  [/\bEOF\b/, 'it breaks off in the middle'],
  [/50\d|RegistryUnavailable/, 'it answers with an error of its own'],
  [/(?:)/, 'it does not answer'],
];
export const why = (says: string): string => whys.find(([pattern]) => pattern.test(says))?.[1] ?? '';
