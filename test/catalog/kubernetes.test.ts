import { expect, test } from 'vitest';
import { createSchemas } from '../../src/catalog/kubernetes/schemas.ts';
import type { Json } from '../../src/core/kernel/index.ts';

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

const deployment = (spec: Json) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: { selector: { matchLabels: { a: 'b' } }, template: { spec: spec } },
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
            ports: [{ containerPort: 80 }],
            livenessProbe: { httpGet: { port: 'http', path: '/' } },
          },
        ],
        volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }],
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
    wrong(deployment({ containers: [{ name: 'a', imagePulPolicy: 'x', ports: [{ containerPort: '80' }] }] })),
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
    'spec.mode: "x" must be equal to one of the allowed values. Write what the API expects here; a number in quotes is a text.',
  ]);
});

test('kinds without a schema are said to be unknown', () => {
  expect(wrong({ apiVersion: 'kafka.strimzi.io/v1', kind: 'KafkaTopic', metadata })).toBe('unknown');
  expect(wrong({ apiVersion: 'apps/v1beta1', kind: 'Deployment', metadata })).toBe('unknown');
  expect(wrong({ apiVersion: 'example.com/v0', kind: 'Queue', metadata })).toBe('unknown');
  expect(wrong('text')).toBe('unknown');
});
