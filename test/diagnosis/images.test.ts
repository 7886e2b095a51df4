import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import { ago, container, named, podSpec, running, scene, waiting } from './objects.ts';

const image = 'ghcr.io/acme/shop:1.2.4';
const backOff = waiting('ImagePullBackOff', `Back-off pulling image "${image}"`);
const failed = (message: string) => ['Failed', `Failed to pull image "${image}": ${message}`] as const;

/** Containerd's words, one scene each; the status has come down to “Back-off”, the event still says why. */
const messages: readonly (readonly [code: string, message: string])[] = [
  [
    'image-not-found',
    `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
  ],
  [
    'image-not-found',
    `rpc error: code = Unknown desc = Error response from daemon: manifest for ${image} not found: manifest unknown: manifest unknown`,
  ],
  [
    'image-platform',
    `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": no match for platform in manifest: not found`,
  ],
  [
    'image-rate-limited',
    'rpc error: code = Unknown desc = failed to pull: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
  ],
  [
    'registry-unreachable',
    `rpc error: code = Unknown desc = failed to resolve reference "${image}": failed to do request: Head "https://ghcr.io/v2/acme/shop/manifests/1.2.4": dial tcp: lookup ghcr.io on 10.96.0.10:53: no such host`,
  ],
  [
    'registry-unreachable',
    'rpc error: code = Unknown desc = failed to do request: Head "https://ghcr.io/v2/": dial tcp 140.82.121.33:443: i/o timeout',
  ],
  [
    'registry-unreachable',
    'rpc error: code = Unknown desc = tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ],
  [
    'image-unauthorised',
    'rpc error: code = Unknown desc = failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token: 403 Forbidden',
  ],
  [
    'image-unauthorised',
    'rpc error: code = Unknown desc = pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  ],
  [
    'image-unauthorised',
    'rpc error: code = Unknown desc = denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource',
  ],
  [
    'node-disk-full',
    'rpc error: code = Unknown desc = failed to extract layer sha256:1f: write /var/lib/containerd/x: no space left on device',
  ],
  ['image-unrecognised', 'rpc error: code = Unknown desc = the flux capacitor is out of sync'],
];

test.each(messages)('%s: %s', (code, message) => {
  const v = the(
    scene({
      status: backOff,
      events: [['BackOff', `Back-off pulling image "${image}"`], failed(message), ['Failed', 'Error: ErrImagePull']],
    }),
  );
  expect(v).toMatchObject({
    code,
    severity: 'warning',
    object: { kind: 'Deployment', namespace: 'shop', name: 'shop' },
    blast: { reach: 'old-pods-serve', text: '3 pods of the version before still serve: users notice nothing yet.' },
  });
  expect(v.evidence).toContainEqual(expect.objectContaining({ path: 'Event Failed', says: failed(message)[1] }));
  expect(v.changed).toMatchObject({
    from: 1,
    to: 2,
    knownGood: true,
    changes: [{ path: 'containers[shop].image', before: 'ghcr.io/acme/shop:1.2.3', after: image }],
  });
});

test('the words of ErrImagePull in the status are enough, and so are those that newer kubelets put behind Back-off', () => {
  const message = `failed to resolve reference "${image}": ${image}: not found`;
  expect(codes(scene({ status: waiting('ErrImagePull', message) }))).toEqual(['image-not-found']);
  expect(
    codes(
      scene({ status: waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${message}`) }),
    ),
  ).toEqual(['image-not-found']);
});

test('events of the newer API, and those that stand for many, are read as well', () => {
  const objects = scene({ status: backOff });
  const [about] = objects.filter((o) => o.kind === 'Pod' && JSON.stringify(o).includes('7c9d5f4b8-n0'));
  const { name, namespace, uid } = (about as { metadata: Record<string, unknown> }).metadata;
  const newer = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'shop.17b1', namespace },
    regarding: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
    reason: 'Failed',
    note: `(combined from similar events): Failed to pull image "${image}": ${image}: not found`,
    eventTime: '2026-11-25T11:59:00.000000Z',
    series: { count: 9, lastObservedTime: '2026-11-25T11:59:30.000000Z' },
  };
  expect(codes([...objects, newer])).toEqual(['image-not-found']);
  // One of a pod that had this name before does not concern it.
  expect(codes([...objects, { ...newer, regarding: { ...newer.regarding, uid: 'another' } }])).toEqual([
    'image-unrecognised',
  ]);
});

test('what mends itself within moments is not told before it has not', () => {
  const status = waiting('ErrImagePull', 'dial tcp 140.82.121.33:443: i/o timeout');
  const young = { meta: { creationTimestamp: '2026-11-25T11:59:40Z' } };
  expect(codes(scene({ status, pod: young }))).toEqual([]);
  expect(codes(scene({ status: waiting('ErrImagePull', 'x: not found'), pod: young }))).toEqual(['image-not-found']);
});

test('a tag that lost its v is offered with it, and going back comes first since revision 1 serves', () => {
  const v = the(
    scene({
      before: { containers: [container({ image: 'ghcr.io/acme/shop:v1.2.3' })] },
      status: backOff,
      events: [failed(`${image}: not found`)],
    }),
  );
  expect(words(v)).toBe(
    'shop can’t start: the image ghcr.io/acme/shop:1.2.4 does not exist in its registry; did you mean ghcr.io/acme/shop:v1.2.4?',
  );
  expect(v.near).toEqual(['ghcr.io/acme/shop:v1.2.4']);
  expect(fixes(v)).toEqual([
    'kubectl -n shop rollout undo deployment/shop --to-revision=1',
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { template: { spec: { containers: [{ name: 'shop', image: 'ghcr.io/acme/shop:v1.2.4' }] } } },
    },
  ]);
});

test('a Deployment alone knows that there was a revision before; and somebody has to know the tag', () => {
  const alone = scene({ status: backOff, events: [failed(`${image}: not found`)] }).filter(
    (o) => o.kind !== 'ReplicaSet',
  );
  expect(fixes(the(alone.filter((o) => !JSON.stringify(o).includes('5d8f7c6b9'))))).toEqual([
    'kubectl -n shop set image deployment/shop shop=ghcr.io/acme/shop:TAG',
    'kubectl -n shop rollout undo deployment/shop',
  ]);
});

test('a rate limit is not a reason to roll back', () => {
  const v = the(scene({ status: backOff, events: [failed('toomanyrequests: You have reached your pull rate limit')] }));
  expect(v.fixes.map((f) => f.kind)).toEqual(['create']);
});

test('with no old pod left, users are hit', () => {
  expect(the(scene({ status: backOff, old: 0, events: [failed(`${image}: not found`)] }))).toMatchObject({
    severity: 'critical',
    blast: { reach: 'users', text: 'None of 3 pods is ready: whoever uses it gets errors.' },
  });
});

test('a pull secret that does not exist is the cause of a refused login', () => {
  const spec = { imagePullSecrets: [{ name: 'regcred' }] };
  const more = [named('v1', 'Secret', 'ghcr-login', { type: 'kubernetes.io/dockerconfigjson' })];
  const events = [
    failed('403 Forbidden'),
    [
      'FailedToRetrieveImagePullSecret',
      'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
    ],
  ] as const;
  const v = the(scene({ spec, status: backOff, events, more }));
  expect(v).toMatchObject({ code: 'pull-secret-missing', near: ['ghcr-login'] });
  // Its near miss: the secret is missing, but the image is public and its tag wrong.
  expect(codes(scene({ spec, status: backOff, events: [events[1], failed(`${image}: not found`)] }))).toEqual([
    'image-not-found',
  ]);
});

test('a name that is no name, a policy that forbids to fetch, a refused signature', () => {
  const bad = { containers: [container({ image: 'ghcr.io/acme/Shop: 1.2.4' })] };
  const v = the(
    scene({
      spec: bad,
      status: waiting(
        'InvalidImageName',
        'Failed to apply default image tag "ghcr.io/acme/Shop: 1.2.4": couldn\'t parse image name "ghcr.io/acme/Shop: 1.2.4": invalid reference format',
      ),
    }),
  );
  expect(v).toMatchObject({ code: 'image-name-invalid', near: ['ghcr.io/acme/shop:1.2.4'] });
  expect(
    codes(
      scene({
        status: waiting('ErrImageNeverPull', `Container image "${image}" is not present with pull policy of Never`),
      }),
    ),
  ).toEqual(['image-never-pulled']);
  expect(codes(scene({ status: waiting('SignatureValidationFailed', `${image}: Source image rejected`) }))).toEqual([
    'image-signature',
  ]);
});

test('silence: a debug container that cannot be fetched, and a pull that is under way', () => {
  const debug = {
    containerStatuses: [running()],
    ephemeralContainerStatuses: [waiting('ImagePullBackOff', 'Back-off pulling image "busybox:nope"')],
  };
  expect(codes(scene({ pod: { status: debug } }))).toEqual([]);
  expect(
    codes(scene({ status: waiting('ContainerCreating'), pod: { meta: { creationTimestamp: ago(120) } } })),
  ).toEqual([]);
});

test('a registry that fails for many is one verdict with many names', () => {
  const shops = ['a', 'b', 'c'].flatMap((suffix) =>
    scene({ status: backOff, events: [failed('dial tcp: lookup ghcr.io: no such host')] }).map((o) =>
      JSON.parse(
        JSON.stringify(o)
          .replaceAll('"shop-', `"shop-${suffix}-`)
          .replaceAll('"name":"shop"', `"name":"shop-${suffix}"`)
          .replaceAll('"app":"shop"', `"app":"shop-${suffix}"`),
      ),
    ),
  );
  const v = the(shops);
  expect(v).toMatchObject({ code: 'registry-unreachable', object: { kind: 'Registry', name: 'ghcr.io' } });
  expect(v.affected.map((r) => r.name)).toEqual(['shop-a', 'shop-b', 'shop-c']);
  expect(words(v)).toBe(
    'The registry ghcr.io can’t be reached (its name is not known to DNS), so no image comes from it. That affects 3 workloads: shop-a, shop-b, shop-c.',
  );
});

test('a healthy rollout is silent', () => {
  expect(codes(scene({ spec: podSpec(), status: running() }))).toEqual([]);
});
