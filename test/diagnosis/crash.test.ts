import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import { ago, condition, container, crashing, named, podSpec, running, scene, terminated, wide } from './objects.ts';

const key = 'shop/shop-7c9d5f4b8-n0/shop';
const logs = (text: string) => ({ logs: { [key]: text } });

test('out of memory: the limit is raised by half as much again', () => {
  const v = the(scene({ status: crashing(137, 'OOMKilled') }));
  expect(v.code).toBe('out-of-memory');
  expect(words(v)).toBe(
    'shop keeps ending: its container shop needs more memory than the 256Mi it may use, and was ended for it 5 times.',
  );
  expect(fixes(v)).toEqual([
    expect.objectContaining({
      spec: { template: { spec: { containers: [{ name: 'shop', resources: { limits: { memory: '384Mi' } } }] } } },
    }),
  ]);
});

test('where the machine ran out of memory, a limit is not offered: it would only end it sooner', () => {
  const spec = { containers: [container({ resources: {} })] };
  const v = the(scene({ spec, status: crashing(137, 'OOMKilled') }));
  expect(words(v)).toContain('it has no limit of its own');
  expect(v.fixes.map((f) => f.kind)).toEqual(['look']);
});

test('137 after a failed liveness probe is not a lack of memory', () => {
  const probe = {
    httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
    periodSeconds: 10,
    failureThreshold: 3,
    timeoutSeconds: 1,
  };
  const spec = { containers: [container({ livenessProbe: probe })] };
  const killing = ['Killing', 'Container shop failed liveness probe, will be restarted', { type: 'Normal' }] as const;
  const unhealthy = (message: string) => ['Unhealthy', `Liveness probe failed: ${message}`] as const;
  const long = { startedAt: ago(3_600), finishedAt: ago(60) };
  const status = crashing(137, 'Error', long);
  const hung = the(
    scene({
      spec,
      status,
      events: [killing, unhealthy('Get "http://10.1.0.7:8080/healthz": context deadline exceeded')],
    }),
  );
  expect(hung.code).toBe('liveness-failing');
  expect(hung.fixes.map((f) => f.title)).toContain('Give the probe 5 s');
  const path = the(scene({ spec, status, events: [killing, unhealthy('HTTP probe failed with statuscode: 404')] }));
  expect(path.code).toBe('liveness-probe-wrong');
  expect(words(path)).toContain('/healthz');
  const port = { containers: [container({ livenessProbe: { ...probe, httpGet: { path: '/healthz', port: 8081 } } })] };
  const refused = unhealthy('Get "http://10.1.0.7:8081/healthz": dial tcp 10.1.0.7:8081: connect: connection refused');
  const wrong = the(scene({ spec: port, status, events: [killing, refused] }));
  expect(wrong.code).toBe('liveness-probe-wrong');
  expect(fixes(wrong)).toContainEqual(
    expect.objectContaining({
      spec: { template: { spec: { containers: [{ name: 'shop', livenessProbe: { httpGet: { port: 8080 } } }] } } },
    }),
  );
  // Killed each time before it listened at all: it is slow, not hung.
  const slow = the(
    scene({
      spec,
      status: crashing(137, 'Error', { startedAt: ago(95), finishedAt: ago(60) }),
      events: [killing, unhealthy('dial tcp 10.1.0.7:8080: connect: connection refused')],
    }),
  );
  expect(slow.code).toBe('slow-start-killed');
  expect(slow.fixes[0]).toMatchObject({
    patch: {
      spec: {
        template: { spec: { containers: [{ startupProbe: { httpGet: { path: '/healthz' }, failureThreshold: 12 } }] } },
      },
    },
  });
  // A probe of another container says nothing of this one.
  const other = ['Killing', 'Container istio-proxy failed liveness probe, will be restarted'] as const;
  expect(codes(scene({ spec, status, events: [other] }))).toEqual(['killed']);
});

test('a startup probe that runs out', () => {
  const spec = {
    containers: [container({ startupProbe: { tcpSocket: { port: 8080 }, periodSeconds: 5, failureThreshold: 6 } })],
  };
  const events = [
    ['Killing', 'Container shop failed startup probe, will be restarted'],
    ['Unhealthy', 'Startup probe failed: dial tcp 10.1.0.7:8080: connect: connection refused'],
  ] as const;
  const v = the(scene({ spec, status: crashing(143, 'Error'), events }));
  expect(v.code).toBe('startup-probe-failed');
  expect(words(v)).toContain('30 s');
});

test.each([
  ['exits-at-once', 0, 'Completed'],
  ['app-crash', 1, 'Error'],
  ['app-crash', 2, 'Error'],
  ['app-crash', 255, 'Error'],
  ['app-crash', -1073741510, 'Error'],
  ['native-crash', -1073741819, 'Error'],
  ['killed', 137, 'Error'],
  ['terminated', 143, 'Error'],
  ['native-crash', 139, 'Error'],
  ['native-crash', 134, 'Error'],
  ['native-crash', 132, 'Error'],
  ['native-crash', 159, 'Error'],
  ['app-crash', 158, 'Error'],
] as const)('%s: exit code %i', (code, exit, reason) => {
  const v = the(scene({ status: crashing(exit, reason) }));
  expect(v).toMatchObject({
    code,
    wants: { logs: [{ namespace: 'shop', pod: 'shop-7c9d5f4b8-n0', container: 'shop', previous: true }] },
  });
  expect(v.evidence).toContainEqual(
    expect.objectContaining({
      path: 'status.containerStatuses[shop].lastState.terminated.exitCode',
      says: String(exit),
    }),
  );
});

test.each([
  ['missing-variable', 'panic: Environment variable DEPLOY_ENV is undefined'],
  ['missing-variable', '  File "app.py", line 3\nKeyError: \'DB_HOST\''],
  ['missing-variable', '/entrypoint.sh: line 3: DB_HOST: unbound variable'],
  [
    'host-unknown',
    'psycopg2.OperationalError: could not translate host name "ticketing-db-x" to address: Name or service not known',
  ],
  ['host-unknown', 'Error: getaddrinfo ENOTFOUND ticketing-db-x'],
  ['dependency-unreachable', 'Error: connect ECONNREFUSED 10.96.12.4:5432'],
  ['dependency-unreachable', 'redis: no available connection'],
  ['credentials-refused', 'FATAL: password authentication failed for user "shop"'],
  ['certificate-expired', 'x509: certificate has expired or is not yet valid: current time is after 2026-11-01'],
  [
    'rbac-forbidden',
    'pods is forbidden: User "system:serviceaccount:shop:default" cannot list resource "pods" in API group "" in the namespace "shop"',
  ],
  ['disk-full', 'could not write to file "base/1": No space left on device'],
  ['file-permission', "Error: EACCES: permission denied, open '/data/lock'"],
  ['file-permission', "OSError: [Errno 30] Read-only file system: '/app/tmp'"],
  ['port-privileged', 'listen tcp :80: bind: permission denied'],
  ['port-privileged', 'nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)'],
  ['port-privileged', 'Error: listen EACCES: permission denied 0.0.0.0:443'],
  ['port-privileged', '(13)Permission denied: AH00072: make_sock: could not bind to address [::]:80'],
  ['refuses-root', '"root" execution of the PostgreSQL server is not permitted.'],
  ['refuses-root', 'java.lang.RuntimeException: can not run elasticsearch as root'],
  // Neither of a port nor of a file: what the program says is quoted.
  ['app-crash', 'ERROR: permission denied for table orders'],
  ['app-crash', 'WARNING: Running pip as the root user can break permissions'],
  ['file-permission', "Error: EACCES: permission denied, open '/data/lock:80'"],
  ['port-in-use', 'Error: listen EADDRINUSE: address already in use :::8080'],
  ['heap-exhausted', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  ['module-missing', "Error: Cannot find module 'express'"],
  ['wrong-architecture-at-run', 'exec /usr/local/bin/app: exec format error'],
  ['app-crash', 'Segfault? No: an exception of our own'],
] as const)('%s, read in the log: %s', (code, log) => {
  const v = the(scene({ status: crashing(1, 'Error') }), logs(`starting\n${log}\n`));
  expect(v).toMatchObject({ code, wants: { logs: [] } });
  expect(v.evidence.some((e) => e.path === 'log of shop')).toBe(true);
});

const disk = (over: { spec?: object; status?: object } = {}) =>
  named('v1', 'PersistentVolumeClaim', 'data', {
    spec: { storageClassName: 'fast', resources: { requests: { storage: '10Gi' } }, ...over.spec },
    status: { phase: 'Bound', capacity: { storage: '10Gi' }, ...over.status },
  });
const mounted = {
  containers: [container({ volumeMounts: [{ name: 'disk', mountPath: '/data' }] })],
  volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'data' } }],
};
const filled = (...more: Record<string, unknown>[]) =>
  the(scene({ spec: mounted, status: crashing(1, 'Error'), more }), logs('write /data/wal: No space left on device\n'));
const offered = (v: ReturnType<typeof the>) => v.fixes.map((f) => f.title);

test('a full disk is expanded where its class lets it grow, and only there', () => {
  const grows = wide('storage.k8s.io/v1', 'StorageClass', 'fast', { allowVolumeExpansion: true });
  const v = filled(disk(), grows);
  expect(words(v)).toContain('its disk (the volume data, 10Gi) is full');
  expect(v.fixes[0]).toMatchObject({
    kind: 'patch',
    title: 'Expand the volume data to 15Gi',
    patch: {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop' },
      spec: { resources: { requests: { storage: '15Gi' } } },
    },
  });
  const look = ['See how full it is', 'Read its last log lines'];
  expect(offered(filled(disk(), wide('storage.k8s.io/v1', 'StorageClass', 'fast')))).toEqual(look);
  expect(offered(filled(disk({ spec: { storageClassName: 'gone' } }), grows))).toEqual(look);
});

test('low ports are allowed beside the sysctls that it has, and no command carries another port', () => {
  const sysctls = [{ name: 'net.core.somaxconn', value: '1024' }];
  const v = the(
    scene({ spec: { securityContext: { sysctls } }, status: crashing(1, 'Error') }),
    logs('listen tcp 0.0.0.0:443: bind: permission denied'),
  );
  expect(words(v)).toBe('shop keeps ending: it wants to listen on port 443, which only root may (all below 1024).');
  expect(fixes(v).find((f) => typeof f === 'object')).toMatchObject({
    spec: {
      template: {
        spec: {
          securityContext: {
            sysctls: [...sysctls, { name: 'net.ipv4.ip_unprivileged_port_start', value: '443' }],
          },
        },
      },
    },
  });
});

test('a disk that could not be enlarged is why it is still full: one cause, with what storage says', () => {
  const claim = disk({
    spec: { resources: { requests: { storage: '15Gi' } } },
    status: {
      conditions: [condition('ControllerResizeError', 'True', { message: 'only once in six hours' })],
      allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' },
    },
  });
  const v = filled(claim);
  expect(v).toMatchObject({
    code: 'volume-resize-failed',
    object: { kind: 'PersistentVolumeClaim', name: 'data' },
    affected: [{ kind: 'Deployment', name: 'shop' }],
  });
  expect(v.evidence.map((e) => e.says)).toEqual(['only once in six hours', 'ControllerResizeInfeasible']);
  // On its way it is as large as it was.
  expect(words(filled(disk({ spec: { resources: { requests: { storage: '15Gi' } } } })))).toContain(
    'data, 10Gi) is full',
  );
});

test('a disk that is being expanded already is not expanded again', () => {
  const grows = wide('storage.k8s.io/v1', 'StorageClass', 'fast', { allowVolumeExpansion: true });
  const asked = { resources: { requests: { storage: '15Gi' } }, storageClassName: 'fast' };
  expect(offered(filled(disk({ spec: asked }), grows))[0]).toBe('See how far it has grown');
  const mounting = { capacity: { storage: '10Gi' }, conditions: [condition('FileSystemResizePending', 'True')] };
  expect(offered(filled(disk({ spec: asked, status: mounting }), grows))[0]).toBe(
    'Delete shop-7c9d5f4b8-n0, so that its disk grows as it is mounted again',
  );
});

test('a termination message tells as much as a log', () => {
  expect(
    codes(scene({ status: crashing(1, 'Error', { message: 'Environment variable DEPLOY_ENV is not set' }) })),
  ).toEqual(['missing-variable']);
});

test('a host that this version changed is named with its variable, and the old value is offered', () => {
  const spec = (host: string) => ({
    containers: [
      container({
        env: [
          { name: 'DB_HOST', value: host },
          { name: 'DB_PASSWORD', value: 'hunter2' },
        ],
      }),
    ],
  });
  const v = the(
    scene({
      spec: spec('ticketing-db-x'),
      before: spec('ticketing-db'),
      status: crashing(1, 'Error'),
      more: [named('v1', 'Service', 'ticketing-db', { spec: { ports: [{ port: 5432 }] } })],
    }),
    logs('could not translate host name "ticketing-db-x" to address'),
  );
  expect(v).toMatchObject({ code: 'host-unknown', near: ['ticketing-db'] });
  expect(words(v)).toBe(
    'shop keeps ending: it can’t reach ticketing-db-x (its name is not known), which stands in its variable DB_HOST; did you mean ticketing-db?',
  );
  expect(v.changed?.changes).toEqual([
    { path: 'containers[shop].env[DB_HOST]', before: 'ticketing-db', after: 'ticketing-db-x' },
  ]);
  expect(v.fixes.map((f) => f.title)).toEqual([
    'Roll back to revision 1',
    'Set DB_HOST to ticketing-db',
    'Read its last log lines',
  ]);
  expect(JSON.stringify(v)).not.toContain('hunter2');
});

test('a changed password is told as changed, never shown', () => {
  const spec = (value: string) => ({
    containers: [
      container({
        env: [
          { name: 'DB_PASSWORD', value },
          { name: 'URL', value: `postgres://shop:${value}@db/x` },
        ],
      }),
    ],
  });
  const v = the(
    scene({ spec: spec('correcthorse'), before: spec('batterystaple'), status: crashing(1, 'Error') }),
    logs('boom password=correcthorse'),
  );
  expect(JSON.stringify(v)).not.toMatch(/correcthorse|batterystaple/);
});

test('DNS that a network policy forbids is the policy’s fault', () => {
  const deny = named('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny-egress', {
    spec: { podSelector: {}, policyTypes: ['Egress'] },
  });
  const open = named('networking.k8s.io/v1', 'NetworkPolicy', 'allow-dns', {
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] },
  });
  const log = logs('could not resolve host: api.acme.com');
  const v = the(scene({ status: crashing(1, 'Error'), more: [deny] }), log);
  expect(v.code).toBe('dns-blocked');
  expect(v.fixes[0]).toMatchObject({
    kind: 'create',
    patch: { kind: 'NetworkPolicy', metadata: { name: 'allow-dns', namespace: 'shop' } },
  });
  expect(codes(scene({ status: crashing(1, 'Error'), more: [deny, open] }), log)).toEqual(['host-unknown']);
});

test('a secret that was changed after the start wants a restart', () => {
  const spec = { containers: [container({ envFrom: [{ secretRef: { name: 'shop-db' } }] })] };
  const secret = (time: string) =>
    named(
      'v1',
      'Secret',
      'shop-db',
      {},
      { creationTimestamp: ago(90_000), managedFields: [{ manager: 'kubectl', time }] },
    );
  const status = crashing(1, 'Error');
  const log = logs('FATAL: password authentication failed for user "shop"');
  expect(fixes(the(scene({ spec, status, more: [secret(ago(60))] }), log))).toContain(
    'kubectl -n shop rollout restart deployment/shop',
  );
  expect(fixes(the(scene({ spec, status, more: [secret(ago(80_000))] }), log)).join()).not.toContain('rollout restart');
});

test('between two back-offs it runs for a while: the same failure, not its end', () => {
  const flapping = (finishedAt: string, restartCount = 4) =>
    running({
      restartCount,
      lastState: terminated(1, 'Error', { finishedAt }),
      state: { running: { startedAt: ago(30) } },
    });
  expect(codes(scene({ status: flapping(ago(40)) }))).toEqual(['app-crash']);
  expect(codes(scene({ status: flapping(ago(1_000)) }))).toEqual([]);
  expect(codes(scene({ status: flapping(ago(40), 1) }))).toEqual([]);
});

test('an init container or a sidecar is named as such', () => {
  const init = { initContainers: [container({ name: 'migrate' })] };
  const waitingMain = {
    containerStatuses: [],
    phase: 'Pending',
    initContainerStatuses: [{ ...crashing(1, 'Error'), name: 'migrate' }],
  };
  expect(words(the(scene({ spec: init, pod: { status: waitingMain } })))).toContain(
    'its init container migrate ends with an error',
  );
  const sidecar = { initContainers: [container({ name: 'proxy', restartPolicy: 'Always' })] };
  const beside = {
    containerStatuses: [running()],
    initContainerStatuses: [{ ...crashing(1, 'Error'), name: 'proxy' }],
  };
  expect(words(the(scene({ spec: sidecar, pod: { status: beside } })))).toContain(
    'its sidecar container proxy ends with an error',
  );
  const done = {
    containerStatuses: [running()],
    initContainerStatuses: [{ ...running({ ready: true }), name: 'migrate', state: terminated(0, 'Completed') }],
  };
  expect(codes(scene({ spec: init, pod: { status: done } }))).toEqual([]);
});

test('what it depends on fails itself: that is told, with who suffers', () => {
  const db = JSON.parse(
    JSON.stringify(scene({ status: crashing(137, 'OOMKilled'), old: 0 }))
      .replaceAll('"shop-', '"db-')
      .replaceAll('"name":"shop"', '"name":"db"')
      .replaceAll('"app":"shop"', '"app":"db"'),
  );
  const service = named('v1', 'Service', 'db', {
    spec: { clusterIP: '10.96.0.5', selector: { app: 'db' }, ports: [{ port: 8080, targetPort: 8080 }] },
  });
  const v = the(
    [...scene({ spec: podSpec(), status: crashing(1, 'Error') }), ...db, service],
    logs('dial tcp 10.96.0.5:5432: connect: connection refused'),
  );
  expect(v).toMatchObject({
    code: 'out-of-memory',
    object: { name: 'db' },
    affected: [{ kind: 'Deployment', name: 'shop' }],
  });
});

test('little is known: a crash loop without its last end, a first end for memory, a probe without the kill', () => {
  const bare = the(
    scene({
      status: { name: 'shop', ready: false, restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    }),
  );
  expect(bare.code).toBe('app-crash');
  expect(words(bare)).toBe('shop keeps ending: its container shop ends again and again. Its log says why.');
  const first = { ...running({ ready: false, state: terminated(137, 'OOMKilled') }), restartCount: 0 };
  expect(codes(scene({ status: first }))).toEqual(['out-of-memory']);
  expect(codes(scene({ status: { ...first, state: terminated(1, 'Error') } }))).toEqual([]);
  const probe = (fieldPath: string) =>
    [
      [
        'Unhealthy',
        'Liveness probe failed: HTTP probe failed with statuscode: 500',
        { involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'shop-7c9d5f4b8-n0', fieldPath } },
      ],
    ] as const;
  expect(codes(scene({ status: crashing(137, 'Error'), events: probe('spec.containers{shop}') }))).toEqual([
    'liveness-failing',
  ]);
  expect(codes(scene({ status: crashing(137, 'Error'), events: probe('spec.containers{proxy}') }))).toEqual(['killed']);
  expect(codes(scene({ status: crashing(1, 'Error'), events: probe('spec.containers{shop}') }))).toEqual(['app-crash']);
});
