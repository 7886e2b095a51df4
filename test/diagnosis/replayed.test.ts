import { expect, test } from 'vitest';
import { codes, the, words } from './check.ts';
import { crashing, scene, waiting } from './objects.ts';

type Obj = Record<string, unknown>;

/** What the kubelet and the runtimes write, met on clusters of others, and what a developer is told. */
const pull = (why: string): Obj =>
  waiting('ImagePullBackOff', `Back-off pulling image "ghcr.io/acme/shop:1.2.4": ErrImagePull: ${why}`);
const start = (why: string): Obj =>
  crashing(128, 'StartError', {
    message: `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${why}: unknown`,
  });

test.each<readonly [string, Obj, string]>([
  [
    'registry-unreachable',
    pull(
      'failed to do request: Head "https://ghcr.io/v2/acme/shop/manifests/1.2.4": http: server gave HTTP response to HTTPS client',
    ),
    'it answers without encryption, which the machine does not take',
  ],
  [
    'image-format-old',
    pull(
      'not implemented: media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1, please rebuild the image',
    ),
    'is in an old format that the machines no longer take (Docker’s schema 1)',
  ],
  [
    'command-not-found',
    waiting(
      'CreateContainerError',
      'container create failed: executable file `wgt` not found in $PATH: No such file or directory',
    ),
    'is told to run wgt, which its image does not have; did you mean wget?',
  ],
  [
    'command-not-executable',
    start('error during container init: chdir to cwd ("/srv/app") set in config.json failed: permission denied'),
    'should start in the folder /srv/app (workingDir), which its user may not enter.',
  ],
  [
    'container-create-failed',
    waiting(
      'CreateContainerError',
      'failed to generate container "ab" spec: failed to generate spec: unable to find user app: no matching entries in passwd file',
    ),
    'is to run as the user app, whom its image does not know.',
  ],
  ['native-crash', crashing(3_221_225_781, 'Error'), 'lacks a library that it was built with (Windows: DLL not found)'],
])('%s: %#', (code, status, said) => {
  const v = the(scene({ status }));
  expect(v).toMatchObject({ code, confidence: 'certain' });
  expect(words(v)).toContain(said);
});

const creating = waiting('ContainerCreating');
test.each<readonly [string, string, string, string]>([
  [
    'ip-addresses-exhausted',
    'FailedCreatePodSandBox',
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "ab": plugin type="cilium-cni" name="cilium" failed (add): unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure  range is full',
    'no IP address is left for it there',
  ],
  [
    'runtime-not-installed',
    'FailedCreatePodSandBox',
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "gvisor" is configured',
    'the container runtime that its runtime class names is not installed there',
  ],
  [
    'volume-mount-failed',
    'FailedMount',
    'MountVolume.SetUp failed for volume "vault" : rpc error: code = Unknown desc = failed to get secretproviderclass shop/db, error: SecretProviderClass.secrets-store.csi.x-k8s.io "db" not found',
    'by the SecretProviderClass db, which does not exist in shop.',
  ],
  [
    'volume-mount-failed',
    'FailedMount',
    'MountVolume.SetUp failed for volume "vault" : rpc error: code = Unknown desc = failed to mount secrets store objects for pod shop/shop-x, err: rpc error: code = Unknown desc = failed to mount objects, error: failed to get objectType:secret, objectName:db-pass: keyvault.BaseClient#GetSecret: Failure responding to request: StatusCode=403',
    'the secrets from outside the cluster for its volume vault can’t be fetched: the vault refuses its account.',
  ],
])('%s: %s %#', (code, reason, message, said) => {
  const v = the(scene({ status: creating, events: [[reason, message]] }));
  expect(v).toMatchObject({ code, confidence: 'certain' });
  expect(words(v)).toContain(said);
  // The same said of a pod that runs by now is of before.
  expect(codes(scene({ events: [[reason, message]] }))).toEqual([]);
});
