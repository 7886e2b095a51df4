import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { toolTest } from '../support/tools.ts';
import { live } from './live.ts';

let world: Awaited<ReturnType<typeof live>>;
beforeAll(async () => {
  world = await live();
  const chart = join(world.folder, 'chart');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: "1"\n');
  writeFileSync(join(chart, 'values.yaml'), 'replicas: 1\ntag: "1.0.0"\n');
  writeFileSync(
    join(chart, 'templates', 'all.yaml'),
    `apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers: [{name: web, image: "registry.acme.example/web:{{ .Values.tag }}", ports: [{name: http, containerPort: 8080}]}]
`,
  );
});
afterAll(async () => {
  expect(world.problems).toEqual([]);
  await world.close();
});

const image = (): unknown => world.cluster.objects.get('deployments.apps', 'default', 'shop')?.spec?.template;

toolTest(
  ['helm'],
  'install --wait, upgrade, a failing upgrade, rollback, uninstall',
  async () => {
    const installed = await world.helm('install shop chart --wait --timeout 30s');
    expect(installed.err).toBe('');
    expect(installed.out).toContain('STATUS: deployed');
    expect(world.cluster.objects.get('deployments.apps', 'default', 'shop')?.status).toMatchObject({
      availableReplicas: 1,
    });

    const upgraded = await world.helm('upgrade shop chart --set replicas=2,tag=2.0.0 --wait --timeout 30s');
    expect(upgraded.out).toContain('has been upgraded');
    expect(world.cluster.objects.get('deployments.apps', 'default', 'shop')?.status).toMatchObject({
      availableReplicas: 2,
    });

    const failed = await world.helm('upgrade shop chart --set replicas=2,tag=does-not-exist --wait --timeout 3s');
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('UPGRADE FAILED');

    const back = await world.helm('rollback shop 2 --wait --timeout 30s');
    expect(back.out).toContain('Rollback was a success');
    expect(JSON.stringify(image())).toContain('registry.acme.example/web:2.0.0');
    const history = await world.helm('history shop');
    expect(history.out).toMatch(/\n3 .*failed .*\n4 .*deployed .*Rollback to 2/);

    const gone = await world.helm('uninstall shop --wait');
    expect(gone.out).toContain('release "shop" uninstalled');
    expect(world.cluster.objects.list('deployments.apps', 'default')).toEqual([]);
    expect(world.cluster.objects.list('services', 'default')).toEqual([]);
  },
  90_000,
);
