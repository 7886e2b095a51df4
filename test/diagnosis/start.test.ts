import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import { container, crashing, node, scene, terminated, waiting } from './objects.ts';

const oci = (rest: string) =>
  `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${rest}: unknown`;

test('a command that the image does not have, a slip away from one that it may', () => {
  const spec = { containers: [container({ command: ['wge', '-q'] })] };
  const status = crashing(128, 'StartError', { message: oci('exec: "wge": executable file not found in $PATH') });
  const v = the(scene({ spec, status }));
  expect(v).toMatchObject({ code: 'command-not-found', near: ['wget'] });
  expect(words(v)).toBe(
    'shop can’t start: its container shop is told to run wge, which its image does not have; did you mean wget?',
  );
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: { template: { spec: { containers: [{ name: 'shop', command: ['wget', '-q'] }] } } },
    }),
  );
  const direct = waiting(
    'RunContainerError',
    oci('exec: "/app/strat.sh": stat /app/strat.sh: no such file or directory'),
    { restartCount: 1 },
  );
  expect(codes(scene({ status: direct }))).toEqual(['command-not-found']);
  expect(codes(scene({ status: crashing(127, 'Error') }))).toEqual(['command-not-found']);
});

test('a file that may not be executed', () => {
  const v = the(
    scene({ status: crashing(126, 'StartError', { message: oci('exec: "/entrypoint.sh": permission denied') }) }),
  );
  expect(v.code).toBe('command-not-executable');
  expect(words(v)).toContain('/entrypoint.sh');
});

test('a program for another processor, by name of the machine’s own', () => {
  const more = [node('node-1', { info: { architecture: 'arm64' } })];
  const v = the(
    scene({ status: crashing(128, 'StartError', { message: oci('exec: "/app": exec format error') }), more }),
  );
  expect(v.code).toBe('wrong-architecture');
  expect(words(v)).toContain('arm64');
  // There is no other machine yet.
  expect(v.fixes.map((f) => f.title)).not.toContain('Run only on amd64 machines');
  const two = [...more, node('node-2')];
  expect(
    the(
      scene({ status: crashing(128, 'StartError', { message: oci('exec: "/app": exec format error') }), more: two }),
    ).fixes.map((f) => f.title),
  ).toContain('Run only on amd64 machines');
});

test('the postStart hook ends a container with 137, which is not a lack of memory', () => {
  const events = [['FailedPostStartHook', 'PostStartHook failed']] as const;
  const v = the(scene({ status: crashing(137, 'Error'), events }));
  expect(v.code).toBe('post-start-hook-failed');
  expect(codes(scene({ status: crashing(137, 'Error') }))).toEqual(['killed']);
});

test('a file that is mounted onto a folder', () => {
  const message = oci(
    'error mounting "/var/lib/kubelet/pods/1/volumes/config" to rootfs at "/etc/app.conf": not a directory',
  );
  const v = the(scene({ status: waiting('RunContainerError', message, { restartCount: 2 }) }));
  expect(v.code).toBe('mount-impossible');
  expect(words(v)).toContain('/etc/app.conf');
});

test('a container that cannot be created', () => {
  const v = the(
    scene({ status: waiting('CreateContainerError', 'failed to generate container "9d" spec: no command specified') }),
  );
  expect(v.code).toBe('container-create-failed');
  expect(words(v)).toContain('has no command');
  const reserved = the(
    scene({
      status: waiting('CreateContainerError', 'failed to reserve container name "shop": name is reserved for "1f"'),
    }),
  );
  expect(words(reserved)).toContain('has not let go');
});

test('a machine that cannot start it is the machine’s fault, and not at the first try', () => {
  const message = 'failed to create shim task: context canceled';
  expect(codes(scene({ status: crashing(128, 'ContainerCannotRun', { message }) }))).toEqual(['runtime-start-failed']);
  const first = {
    ...waiting('RunContainerError', message),
    state: terminated(128, 'ContainerCannotRun', { message }),
    restartCount: 0,
  };
  expect(codes(scene({ status: first, pod: { meta: { creationTimestamp: '2026-11-25T11:59:30Z' } } }))).toEqual([]);
});

test('a shell that is “not there” on a cluster of two processors was built for the other one', () => {
  const status = crashing(128, 'StartError', { message: oci('exec "/bin/sh": no such file or directory') });
  const nodes = [node('node-1', { info: { architecture: 'arm64' } }), node('node-2')];
  expect(codes(scene({ status, more: nodes }))).toEqual(['wrong-architecture']);
  expect(codes(scene({ status, more: [node('node-1'), node('node-2')] }))).toEqual(['command-not-found']);
});
