import { code, text } from '../../kernel/text.ts';
import { elsewhere } from '../capacity.ts';
import { commandOf, kubectl, patchContainer, patchPods, run } from '../fixes.ts';
import { imageParts, likelyImage } from '../image.ts';
import { eventEvidence, said } from '../pods.ts';
import {
  chooseImage,
  earlierImage,
  pullRule,
  pullSecrets,
  pulls,
  registryRef,
  secretCommand,
  setImage,
  stuck,
  why,
} from '../pulls.ts';
import { list, str } from '../read.ts';
import type { Family, PodRule } from '../rule.ts';

const rules: readonly PodRule[] = [
  {
    code: 'pull-secret-missing',
    title: 'The pull secret does not exist',
    example: 'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
    remedy: 'Create or copy the secret, or correct its name',
    about: 'pod',
    reads: ['Pod spec.imagePullSecrets', 'Secret', 'Event FailedToRetrieveImagePullSecret'],
    find: (pod, w, world) => {
      const [p] = pulls(pod, w, world).filter((one) => /ErrImagePull|ImagePullBackOff/.test(one.c.waiting.reason));
      // When the registry said something else, the missing login is not what stops it: public images need none.
      if (p === undefined || otherCause.test(p.says)) return undefined;
      const event = said(pod.events, 'FailedToRetrieveImagePullSecret');
      const names = list(pod.spec, 'imagePullSecrets').flatMap((s) => str(s, 'name') ?? []);
      const missing = names.find(
        (name) =>
          event?.message.includes(name) || (world.listed('Secret') && !world.get('Secret', pod.ref.namespace, name)),
      );
      if (missing === undefined) return undefined;
      const existing = world.all('Secret', pod.ref.namespace);
      const logins = existing.filter((s) => str(s, 'type')?.startsWith('kubernetes.io/docker'));
      return {
        summary: stuck(
          p,
          text`the registry login it should use, the secret ${code(missing)}, does not exist in ${code(pod.ref.namespace)}.`,
        ),
        evidence: [
          { on: pod.ref, path: 'spec.imagePullSecrets', says: missing },
          ...p.evidence,
          ...(event === undefined ? [] : [eventEvidence(pod.ref, event)]),
        ],
        near: logins.flatMap((s) => str(s, 'metadata', 'name') ?? []).slice(0, 3),
        fixes: [
          secretCommand(p, missing),
          ...logins.slice(0, 1).map((s) =>
            patchPods(`Use the pull secret ${str(s, 'metadata', 'name')}`, w, {
              imagePullSecrets: [{ name: str(s, 'metadata', 'name') ?? '' }],
            }),
          ),
        ],
        upstream: { kind: 'Secret', namespace: pod.ref.namespace, name: missing },
        together: text`The registry login ${code(missing)} does not exist in ${code(pod.ref.namespace)}, so images can’t be fetched.`,
      };
    },
  },
  pullRule({
    code: 'image-platform',
    title: 'The image was not built for this processor',
    example: 'Failed to pull image "shop:1.2": no match for platform in manifest: not found',
    remedy: 'Build the image for the platform of the nodes, or keep the pods on nodes that fit',
    rollback: true,
    // “not found” stands in this text too: it has to be looked for first.
    match:
      /no match(?:ing manifest)? for (?:platform|linux|windows)|no image found in (?:manifest list|image index) for architecture|no child with platform|does not match the specified platform/i,
    say: (p) => {
      const arch = str(
        p.pod.node === undefined ? {} : p.world.get('Node', '', p.pod.node),
        'status',
        'nodeInfo',
        'architecture',
      );
      return {
        summary: stuck(
          p,
          text`the image ${code(p.image)} exists, but was not built for the processor${arch === undefined ? '' : ` (${arch})`} of the machine it should run on.`,
        ),
        fixes: [
          run(
            'ask',
            'Build the image for both platforms',
            `docker buildx build --platform linux/amd64,linux/arm64 -t ${p.image} --push .`,
          ),
          ...elsewhere(p.w, p.world, arch),
        ],
      };
    },
  }),
  pullRule({
    code: 'image-rate-limited',
    title: 'The registry limits how many images may be fetched',
    example: 'toomanyrequests: You have reached your unauthenticated pull rate limit.',
    remedy: 'Log in with a pull secret, or use a mirror; a rollback does not help',
    match: /toomanyrequests|429 Too Many Requests|rate limit/i,
    patience: true,
    say: (p) => ({
      summary: stuck(
        p,
        text`the registry ${code(p.registry)} refuses to hand out more images for now (its rate limit is reached).`,
      ),
      upstream: registryRef(p),
      together: text`The registry ${code(p.registry)} refuses to hand out more images for now: its rate limit is reached.`,
      fixes: [secretCommand(p, 'registry-login')],
    }),
  }),
  pullRule({
    code: 'registry-unreachable',
    title: 'The registry cannot be reached',
    example: 'dial tcp: lookup registry.acme.io: no such host',
    remedy: 'Check the host in the image, then DNS, network and certificate of the registry; a rollback does not help',
    // A host that is not found is not an image that is not found.
    match:
      /no such host|i\/o timeout|connection refused|connection reset|x509:|tls: |TLS handshake|context deadline exceeded|network is unreachable|server misbehaving|50[0234] (?:Internal|Bad|Service|Gateway)|unexpected status.{0,80}: 50\d|RegistryUnavailable|http: server gave HTTP response|(?:unexpected |: )EOF\b/i,
    patience: true,
    say: (p) => {
      const before = earlierImage(p);
      const elsewhere = before !== undefined && imageParts(before).registry !== p.registry;
      const near = /no such host/.test(p.says) && elsewhere ? [before] : [];
      return {
        summary: stuck(p, text`the registry ${code(p.registry)} can’t be reached (${why(p.says)}).`),
        upstream: registryRef(p),
        together: text`The registry ${code(p.registry)} can’t be reached (${why(p.says)}), so no image comes from it.`,
        near,
        fixes: [
          ...near.map((image) => setImage(p, image)),
          run(
            'ask',
            `See whether ${p.registry} answers`,
            `curl -sSI https://${/^[\w.:-]+$/.test(p.registry) ? p.registry : 'REGISTRY'}/v2/`,
          ),
        ],
      };
    },
  }),
  pullRule({
    code: 'image-unauthorised',
    title: 'The registry refuses the login',
    example: 'pull access denied, repository does not exist or may require authorization: insufficient_scope',
    remedy: 'Add or renew the pull secret; check the name of the repository',
    match:
      /pull access denied|insufficient_scope|403 Forbidden|401 Unauthorized|unauthorized|authorization failed|authentication required|no basic auth credentials|denied: |access forbidden|does not have the proper credentials/i,
    say: (p) => {
      const meant = likelyImage(p.image, earlierImage(p));
      return {
        summary: stuck(
          p,
          text`the registry ${code(p.registry)} does not let it fetch ${code(p.image)}; ${pullSecrets(p)}.`,
        ),
        near: meant === undefined ? [] : [meant],
        fixes: [
          secretCommand(p, 'registry-login'),
          // A command beside the other: as a button it would name a secret that is not there yet.
          run(
            'ask',
            'Use that pull secret, once it is there',
            commandOf(patchPods('', p.w, { imagePullSecrets: [{ name: 'registry-login' }] })),
          ),
        ],
      };
    },
  }),
  pullRule({
    code: 'node-disk-full',
    title: 'The machine has no room for the image',
    example: 'failed to extract layer: write …: no space left on device',
    remedy: 'Free the disk of the node; other nodes are fine',
    match: /no space left on device|disk quota exceeded/i,
    say: (p) => ({
      summary: stuck(
        p,
        text`the disk of the machine ${code(p.pod.node ?? 'it runs on')} is full, so the image does not fit.`,
      ),
      ...(p.pod.node === undefined ? {} : { upstream: { kind: 'Node', namespace: '', name: p.pod.node } }),
      fixes: [run('ask', 'Keep new pods off that machine', kubectl('', 'cordon', p.pod.node ?? 'NODE'))],
    }),
  }),
  pullRule({
    code: 'image-not-found',
    title: 'The image or its tag does not exist',
    example: 'Failed to pull image "ghcr.io/acme/shop:1.2.4": … ghcr.io/acme/shop:1.2.4: not found',
    remedy: 'Correct the tag, or push the image; until then roll back',
    rollback: true,
    match:
      /not found|manifest unknown|manifest for .{1,300} not found|name unknown|does not exist|repository .{1,200} not exist/i,
    say: (p) => {
      const meant = likelyImage(p.image, earlierImage(p));
      return {
        summary: stuck(
          p,
          text`the image ${code(p.image)} does not exist in its registry${meant === undefined ? '' : text`; did you mean ${code(meant)}?`}${meant === undefined ? '. Was it pushed, and is the tag right?' : ''}`,
        ),
        near: meant === undefined ? [] : [meant],
        fixes: [meant === undefined ? chooseImage(p) : setImage(p, meant)],
      };
    },
  }),
  pullRule({
    code: 'image-never-pulled',
    title: 'The image may not be fetched, and is not there',
    example: 'ErrImageNeverPull: Container image "shop:dev" is not present with pull policy of Never',
    remedy: 'Set imagePullPolicy to IfNotPresent',
    match: /ErrImageNeverPull/,
    say: (p) => ({
      summary: stuck(
        p,
        text`the image ${code(p.image)} is not on the machine, and ${code('imagePullPolicy: Never')} forbids fetching it.`,
      ),
      fixes: [patchContainer('Let the image be fetched', p.w, p.c, { imagePullPolicy: 'IfNotPresent' })],
    }),
  }),
  pullRule({
    code: 'image-name-invalid',
    title: 'The name of the image is malformed',
    example: 'Failed to apply default image tag "Shop:1:2": couldn\'t parse image name: invalid reference format',
    remedy: 'Correct the name: lower case, no spaces, one tag',
    rollback: true,
    match: /InvalidImageName|parse image (?:name|reference)|invalid reference format/,
    say: (p) => {
      const meant = p.image
        .trim()
        .toLowerCase()
        .replace(/\s+/g, '')
        .replace(/^https?:\/\//, '');
      const valid = meant !== p.image && /^[a-z0-9][\w./-]*(?::\d+\/[\w./-]+)?(?::[\w.-]+)?$/.test(meant);
      return {
        summary: stuck(
          p,
          text`${code(p.image)} is not a well-formed image name (lower case, no spaces, one tag)${valid ? text`; did you mean ${code(meant)}?` : '.'}`,
        ),
        near: valid ? [meant] : [],
        fixes: valid ? [setImage(p, meant)] : [],
      };
    },
  }),
  pullRule({
    code: 'image-signature',
    title: 'The signature of the image is not accepted',
    example: 'SignatureValidationFailed: … rejected by policy',
    remedy: 'Sign the image, or ask whoever owns the policy',
    rollback: true,
    match: /SignatureValidationFailed|Source image rejected|signature/i,
    say: (p) => ({
      summary: stuck(p, text`the signature of the image ${code(p.image)} was not accepted by the machine’s policy.`),
    }),
  }),
  pullRule({
    code: 'image-format-old',
    title: 'The image is in a format that machines no longer take',
    example: 'media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported',
    remedy: 'Build it and push it anew with a tool of today',
    match: /manifest\.v1\+(?:prettyjws|json)" is no longer supported|unsupported manifest (?:media type|version)/i,
    rollback: true,
    say: (p) => ({
      summary: stuck(
        p,
        text`its image ${code(p.image)} is in an old format that the machines no longer take (Docker’s schema 1): it has to be built and pushed anew.`,
      ),
    }),
  }),
  pullRule({
    code: 'image-unrecognised',
    title: 'The image cannot be fetched, for a reason we do not know',
    example: 'Failed to pull image …: something new',
    remedy: 'Read the quoted message',
    // A status that has come down to “Back-off” with its events gone tells nothing yet, but does not mend itself.
    match: /(?:)/,
    patience: true,
    say: (p) => ({
      summary: stuck(
        p,
        text`its image ${code(p.image)} can’t be fetched. The cluster’s message, which we do not recognise, is quoted.`,
      ),
      confidence: 'unclear',
      fixes: [run('look', 'Look at the pod', kubectl(p.pod.ref.namespace, 'describe', 'pod', p.pod.ref.name))],
    }),
  }),
];

const otherCause =
  /not found|manifest unknown|no such host|toomanyrequests|i\/o timeout|connection refused|x509:|no space left/i;

export const images: Family = { stage: 'images', title: 'Images', rules };
