import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { toolTest } from '../support/tools.ts';
import { images, live } from './live.ts';

const [repository, one] = images.one.split(':');
const [two, gone] = [images.two, images.gone].map((image) => image.split(':')[1]);
let world: Awaited<ReturnType<typeof live>>;
beforeAll(async () => {
  world = await live();
  const chart = join(world.folder, 'chart');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: "1"\n');
  writeFileSync(join(chart, 'values.yaml'), `replicas: 1\ntag: "${one}"\n`);
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
      containers: [{name: web, image: "${repository}:{{ .Values.tag }}", ports: [{name: http, containerPort: 8080}]}]
`,
  );
});
afterAll(async () => {
  expect(world.problems).toEqual([]);
  await world.close();
});

const shop = async (path: string): Promise<string> =>
  (await world.kubectl(`get deployment shop -o jsonpath={${path}}`)).out;

toolTest(['helm', 'kubectl'], 'install --wait, upgrade, a failing upgrade, rollback, uninstall', async () => {
  const installed = await world.helm('install shop chart --wait --timeout 120s');
  expect(installed.err).toBe('');
  expect(installed.out).toContain('STATUS: deployed');
  expect(await shop('.status.availableReplicas')).toBe('1');

  const upgraded = await world.helm(
    `upgrade shop chart --set replicas=2 --set-string tag=${two} --wait --timeout 120s`,
  );
  expect(upgraded.out).toContain('has been upgraded');
  expect(await shop('.status.availableReplicas')).toBe('2');

  const failed = await world.helm(`upgrade shop chart --set replicas=2,tag=${gone} --wait --timeout 3s`);
  expect(failed.code).toBe(1);
  expect(failed.err).toContain('UPGRADE FAILED');

  const back = await world.helm('rollback shop 2 --wait --timeout 120s');
  expect(back.out).toContain('Rollback was a success');
  expect(await shop('.spec.template.spec.containers[0].image')).toBe(images.two);
  const history = await world.helm('history shop');
  expect(history.out).toMatch(/\n3 .*failed .*\n4 .*deployed .*Rollback to 2/);

  const ended = await world.helm('uninstall shop --wait');
  expect(ended.out).toContain('release "shop" uninstalled');
  expect((await world.kubectl('get deployments,services -o name')).out).toBe('');
});
