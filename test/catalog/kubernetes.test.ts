import { expect, test } from 'vitest';
import { enums } from '../../src/catalog/kubernetes/enums.ts';
import { createSchemas } from '../../src/catalog/kubernetes/schemas.ts';
import type { Json } from '../../src/core/kernel/index.ts';
import { makeKinds } from './kinds.ts';

const crd: Json = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  spec: {
    group: 'example.com',
    names: { kind: 'Queue' },
    versions: [
      {
        name: 'v1',
        served: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['partitions'],
                properties: {
                  partitions: { type: 'integer', minimum: 1 },
                  port: { 'x-kubernetes-int-or-string': true },
                  config: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  mode: { type: 'string', enum: ['fast', 'safe'], nullable: true },
                },
              },
            },
          },
        },
      },
      { name: 'v0', served: false, schema: { openAPIV3Schema: { type: 'object' } } },
    ],
  },
};
const schemas = createSchemas([crd, { kind: 'Other' }]);
const wrong = (object: Json) => {
  const found = schemas.check(object);
  return found === 'unknown' ? found : found.map((w) => `${w.at.join('.')}: ${w.what}. ${w.todo}`);
};
const metadata = { name: 'x' };

const deployment = (spec: Json, more: Readonly<Record<string, Json>> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: spec },
    ...more,
  },
});

test('objects that the API takes', () => {
  expect(
    wrong(
      deployment({
        containers: [
          {
            name: 'a',
            image: 'b',
            resources: { limits: { memory: '1Gi', cpu: 1, 'nvidia.com/gpu': '1' }, requests: { cpu: '250m' } },
            ports: [{ name: 'http', containerPort: 80 }],
            livenessProbe: { httpGet: { port: 'http', path: '/' } },
          },
        ],
        volumes: [
          { name: 'v', emptyDir: { sizeLimit: '1Gi' } },
          // What is empty is what the API takes when nothing is said.
          { name: 'w', emptyDir: { medium: '' } },
          { name: 'x', emptyDir: { medium: 'HugePages-2Mi' } },
          { name: 'y', hostPath: { path: '/dev', type: '' } },
        ],
        tolerations: [{ operator: 'Exists', effect: '' }],
      }),
    ),
  ).toEqual([]);
  expect(wrong({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', labels: { a: 'b' } } })).toEqual([]);
  expect(
    wrong({
      apiVersion: 'example.com/v1',
      kind: 'Queue',
      metadata,
      spec: { partitions: 3, port: 'http', config: { a: { b: 1 } }, mode: null },
    }),
  ).toEqual([]);
});

test('objects that it refuses, or silently changes', () => {
  expect(
    wrong(
      deployment({ containers: [{ name: 'a', image: 'b', imagePulPolicy: 'x', ports: [{ containerPort: '80' }] }] }),
    ),
  ).toEqual([
    'spec.template.spec.containers.0.imagePulPolicy: Kubernetes knows no field “imagePulPolicy” here, and would drop it. Write “imagePullPolicy”.',
    'spec.template.spec.containers.0.ports.0.containerPort: "80" must be integer. Write what the API expects here; a number in quotes is a text.',
  ]);
  expect(wrong({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 1 } })).toEqual([
    'data.a: 1 must be string. Write what the API expects here; a number in quotes is a text.',
  ]);
  expect(wrong({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })).toEqual([
    'metadata: metadata.name is missing. Give the object a name.',
  ]);
  expect(wrong({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: {} })).toEqual([
    'spec: “selector” is missing. Add it: the API refuses the object without it.',
    'spec: “template” is missing. Add it: the API refuses the object without it.',
  ]);
  expect(wrong(deployment({ containers: [{ name: 'a', resources: { limits: { memory: 'lots' } } }] }))).toContainEqual(
    expect.stringContaining('"lots" must match'),
  );
  expect(
    wrong({ apiVersion: 'example.com/v1', kind: 'Queue', metadata, spec: { partitions: 0, mod: 'fast', mode: 'x' } }),
  ).toEqual([
    'spec.mod: Kubernetes knows no field “mod” here, and would drop it. Write “mode”.',
    'spec.partitions: 0 must be >= 1. Write what the API expects here; a number in quotes is a text.',
    'spec.mode: "x" is none of fast, safe. Write “fast” or “safe”.',
  ]);
});

/** What is wrong with the one container of a deployment, or with its pod, from `containers.0` on. */
const pod = (container: Readonly<Record<string, Json>>, spec: Readonly<Record<string, Json>> = {}) =>
  said(deployment({ containers: [{ name: 'a', image: 'b', ...container }], ...spec })).map((w) =>
    w.replace('spec.template.spec.', ''),
  );
const said = (object: Json) => [wrong(object)].flat().map((w) => w.replace(/\. .*$/, ''));
const object = (apiVersion: string, kind: string, spec: Json) => said({ apiVersion, kind, metadata, spec });

test('fields that do not fit each other: pods', () => {
  expect(
    pod({
      resources: {
        requests: { cpu: 2, memory: '2Gi', 'nvidia.com/gpu': 1 },
        limits: { cpu: '1500m', memory: '2048Mi' },
      },
    }),
  ).toEqual([
    'containers.0.resources.requests.cpu: it requests 2 of cpu, and its limit is 1500m',
    'containers.0.resources.requests.nvidia.com/gpu: nvidia.com/gpu is requested as 1 and limited to nothing',
  ]);
  expect(
    pod(
      {
        volumeMounts: [
          { name: 'cach', mountPath: '/x' },
          { name: 'tmp', mountPath: '/x' },
        ],
      },
      {
        volumes: [
          { name: 'cache', emptyDir: {} },
          { name: 'tmp', emptyDir: {}, configMap: { name: 'x' } },
          { name: 'tmp' },
        ],
      },
    ),
  ).toEqual([
    'volumes.2.name: the volume “tmp” is there twice',
    'volumes.1: it comes from several: emptyDir, configMap',
    'containers.0.volumeMounts.0.name: there is no volume “cach” in this pod',
    'containers.0.volumeMounts.1.mountPath: the path “/x” is there twice',
  ]);
  const ports = [
    { name: 'http', containerPort: 80 },
    { name: 'http', containerPort: 80, protocol: 'UDP' },
    { containerPort: 80 },
    { containerPort: 70_000 },
  ];
  expect(pod({ ports, livenessProbe: { httpGet: { port: 'web' }, successThreshold: 2 }, readinessProbe: {} })).toEqual([
    'containers.0.ports.1.name: the port “http” is there twice',
    'containers.0.ports.2.containerPort: the port “80/TCP” is there twice',
    'containers.0.ports.3.containerPort: 70000 is not between 1 and 65535',
    'containers.0.livenessProbe.httpGet.port: no port of this container is called “web”',
    'containers.0.livenessProbe.successThreshold: 2 is not 1',
    'containers.0.readinessProbe: it says not how to look',
  ]);
  expect(pod({}, { initContainers: [{ name: 'a', image: 'b' }] })).toEqual([
    'containers.0.name: the container “a” is there twice',
  ]);
  expect(pod({}, { restartPolicy: 'Never' })).toEqual(['restartPolicy: “Never” is not allowed for this kind']);
  expect(pod({}, { containers: [] })).toEqual(['containers: there is no container']);
  expect(object('batch/v1', 'Job', { template: { spec: { containers: [{ name: 'a', image: 'b' }] } } })).toEqual([
    'spec.template.spec: “restartPolicy” is missing',
  ]);
  const mounts = { containers: [{ name: 'a', image: 'b', volumeMounts: [{ name: 'data', mountPath: '/' }] }] };
  const template = { metadata: { labels: { a: 'b' } }, spec: mounts };
  const set = { selector: { matchLabels: { a: 'b' } }, serviceName: 'x', template };
  expect(object('apps/v1', 'StatefulSet', set)).toHaveLength(1);
  const claims = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }];
  expect(object('apps/v1', 'StatefulSet', { ...set, volumeClaimTemplates: claims })).toEqual([]);
});

test('fields that do not fit each other: the rest', () => {
  const fine = { containers: [{ name: 'a', image: 'b' }] };
  expect(said(deployment(fine, { selector: { matchLabels: { a: 'c', d: 'e' } } }))).toEqual([
    'spec.selector.matchLabels.a: it selects a=c, and the template’s pods have a=b',
    'spec.selector.matchLabels.d: it selects d=e, and the template’s pods have no d',
  ]);
  expect(said(deployment(fine, { strategy: { type: 'Recreate', rollingUpdate: {} } }))).toEqual([
    'spec.strategy.rollingUpdate: it is not allowed with type Recreate',
  ]);
  expect(said(deployment(fine, { strategy: { rollingUpdate: { maxSurge: '0%', maxUnavailable: 0 } } }))).toHaveLength(
    1,
  );
  expect(
    object('autoscaling/v2', 'HorizontalPodAutoscaler', {
      minReplicas: 3,
      maxReplicas: 2,
      scaleTargetRef: { kind: 'Deployment', name: 'x' },
    }),
  ).toEqual(['spec.maxReplicas: it may grow to 2, and has 3 at least']);
  expect(
    object('v1', 'Service', { ports: [{ port: 80 }, { port: 80, name: 'b', nodePort: 1 }, { port: 0, name: 'b' }] }),
  ).toEqual([
    'spec.ports.0: it has no name',
    'spec.ports.1.nodePort: it is not allowed with type ClusterIP',
    'spec.ports.2.port: 0 is not between 1 and 65535',
    'spec.ports.2.name: the port “b” is there twice',
    'spec.ports.1.port: the port “80/TCP” is there twice',
  ]);
  expect(object('v1', 'Service', {})).toEqual(['spec: it has no port']);
  expect(object('v1', 'Service', { clusterIP: 'None' })).toEqual([]);
  expect(object('v1', 'PersistentVolumeClaim', {})).toHaveLength(2);
  expect(
    said({ apiVersion: 'v1', kind: 'Secret', metadata, data: { a: 'not base64!' }, stringData: { 'a b': 'x' } }),
  ).toHaveLength(2);
  expect(said({ apiVersion: 'v1', kind: 'Secret', metadata, data: { a: 'aGVsbG8g\nd29ybGQ=\n' } })).toEqual([]);
  expect(
    object('networking.k8s.io/v1', 'Ingress', {
      rules: [{ http: { paths: [{ path: 'x', pathType: 'Prefix', backend: {} }] } }],
    }),
  ).toHaveLength(1);
});

test('fields that take one of a few words', () => {
  expect(wrong(deployment({ containers: [{ name: 'a', image: 'b', imagePullPolicy: 'IfNotPresnt' }] }))).toEqual([
    'spec.template.spec.containers.0.imagePullPolicy: "IfNotPresnt" is none of Always, IfNotPresent, Never. Write “IfNotPresent”.',
  ]);
  expect(object('v1', 'Service', { type: 'Loadbalancer', ports: [{ port: 1, protocol: 'tcp' }] })).toEqual([
    'spec.ports.0.protocol: "tcp" is none of TCP, UDP, SCTP',
    'spec.type: "Loadbalancer" is none of ClusterIP, NodePort, LoadBalancer, ExternalName',
  ]);
  expect(
    object('v1', 'PersistentVolumeClaim', { accessModes: ['RWO'], resources: { requests: { storage: '1Gi' } } }),
  ).toEqual(['spec.accessModes.0: "RWO" is none of ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod']);
  const { models } = makeKinds();
  for (const name of Object.keys(enums)) {
    const [model = '', field = ''] = name.split('.');
    expect([name, models[model]?.[field] ?? models[model]?.[`${field}!`]]).toEqual([
      name,
      expect.stringMatching(/^\[?string\]?$/),
    ]);
  }
});

test('the rules that a definition carries in CEL', () => {
  const ruled = createSchemas([
    {
      kind: 'CustomResourceDefinition',
      spec: {
        group: 'example.com',
        names: { kind: 'Pool' },
        versions: [
          {
            name: 'v1',
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: {
                    type: 'object',
                    'x-kubernetes-validations': [
                      { rule: 'self.min <= self.max', message: 'min is more than max', fieldPath: '.min' },
                      { rule: 'self.mode == oldSelf.mode', message: 'mode stays' },
                      {
                        rule: "!has(self.__namespace__) || self.hosts.all(h, h != 'x')",
                        messageExpression: "'not in ' + self.__namespace__",
                      },
                      { rule: 'isURL(self.url)' },
                    ],
                    properties: {
                      min: { type: 'integer', default: 1 },
                      max: { type: 'integer' },
                      mode: { type: 'string' },
                      url: { type: 'string' },
                      namespace: { type: 'string' },
                      hosts: {
                        type: 'array',
                        items: { type: 'string', 'x-kubernetes-validations': [{ rule: "self.startsWith('h')" }] },
                      },
                    },
                  },
                },
              },
            },
          },
        ],
      },
    },
  ]);
  const pool = (spec: Json) => {
    const found = ruled.check({ apiVersion: 'example.com/v1', kind: 'Pool', metadata, spec });
    return found === 'unknown' ? found : found.map((w) => `${w.at.join('.')}: ${w.what}. ${w.todo}`);
  };
  expect(pool({ max: 2, hosts: ['h1'] })).toEqual([]);
  expect(pool({ max: 0 })).toEqual([
    'spec.min: min is more than max. The definition asks for it: self.min <= self.max',
  ]);
  // Without max the rule can’t be worked out, and the API refuses that too.
  expect(pool({ min: 1 })).toHaveLength(1);
  expect(pool({ max: 2, namespace: 'n', hosts: ['h', 'x'] })).toEqual([
    "spec: not in n. The definition asks for it: !has(self.__namespace__) || self.hosts.all(h, h != 'x')",
    "spec.hosts.1: it breaks the rule self.startsWith('h'). The definition asks for it: self.startsWith('h')",
  ]);
  // Of the wrong shape, told as that alone.
  expect(pool({ max: 'x' })).toHaveLength(1);
  expect([...ruled.skipped]).toEqual(['isURL(self.url)']);
});

test('a rule that never ends, and a pattern that only RE2 reads so, are left to the cluster', () => {
  const ten = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]';
  const endless = [...'abcdefghijkl'].reduce((inside, name) => `${ten}.all(${name}, ${inside})`, "self.name != ''");
  const rules = [
    endless,
    "self.name.matches('^(a+)+$')",
    "self.name.matches('(?i)^A')",
    "self.name.matches('^[[:lower:]]+!$')",
  ];
  const name = `${'a'.repeat(60)}!`;
  const hostile = createSchemas(
    [
      {
        kind: 'CustomResourceDefinition',
        spec: {
          group: 'example.com',
          names: { kind: 'Trap' },
          versions: [
            {
              name: 'v1',
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: { name: { type: 'string' } },
                  'x-kubernetes-validations': rules.map((rule) => ({ rule })),
                },
              },
            },
          ],
        },
      },
    ],
    50,
  );
  expect(hostile.check({ apiVersion: 'example.com/v1', kind: 'Trap', metadata, name })).toEqual([]);
  expect([...hostile.skipped]).toEqual(rules);
});

test('kinds without a schema are said to be unknown', () => {
  expect(wrong({ apiVersion: 'kafka.strimzi.io/v1', kind: 'KafkaTopic', metadata })).toBe('unknown');
  expect(wrong({ apiVersion: 'apps/v1beta1', kind: 'Deployment', metadata })).toBe('unknown');
  expect(wrong({ apiVersion: 'example.com/v0', kind: 'Queue', metadata })).toBe('unknown');
  expect(wrong('text')).toBe('unknown');
});
