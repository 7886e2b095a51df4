import { afterAll, describe, expect, test } from 'vitest';
import { loadCatalog } from '../../src/catalog/load.ts';
import { shippedCatalog } from '../../src/config.ts';
import { priorOf, readValues } from '../../src/core/catalog/form.ts';
import type { GoldenPath } from '../../src/core/catalog/path.ts';
import { orderOf } from '../../src/core/catalog/render.ts';
import { sampleFacts } from '../../src/core/catalog/samples.ts';
import type { Verb } from '../../src/core/runs/run.ts';
import type { Fields } from '../../src/playground/cluster/index.ts';
import { openInStep } from '../actions/contract/in-step.ts';
import { finish } from '../actions/contract/suite.ts';

/** The paths that ship, made by the real backend in the playground's cluster, whose operators follow the real ones. */
const { paths } = await loadCatalog(shippedCatalog);
const ours = paths.filter((p) => p.backend.kind === 'kubernetes');

const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const { cluster, backend } = await openInStep({
  nodes: [
    { name: 'node-1', cpu: 16, memory: 64 },
    { name: 'gpu-1', cpu: 16, memory: 128, gpus: 4 },
  ],
  objects: ['sample-team', 'kafka', 'argocd'].map(namespace),
});
afterAll(() => cluster.close());

function order(path: GoldenPath, verb: Verb, n: number) {
  const read = readValues(path, { ...priorOf(path), ...path.verify?.parameters });
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  const operation = path.operations.find((o) => o.verb === verb)?.name;
  const facts = { ...sampleFacts(path, read.values), verb, request: { number: n } };
  return orderOf(path, facts, { run: `q${n}-${verb}`, verb, ...(operation === undefined ? {} : { operation }) });
}

/** Whether one of the things is marked as asleep, as its operator understands it. */
const asleep = (): boolean =>
  ['clusters.postgresql.cnpg.io', 'notebooks.kubeflow.org']
    .flatMap((kind) => cluster.objects.list(kind, 'sample-team'))
    .some(
      ({ metadata: { annotations = {} } }) =>
        'kubeflow-resource-stopped' in annotations || annotations['cnpg.io/hibernation'] === 'on',
    );

const passwords = (): readonly unknown[] =>
  cluster.objects.list('secrets', 'sample-team').map(({ data }) => (data as Fields | undefined)?.password);

describe.each(ours.map((p) => [p.name, p] as const))('%s', (_, path) => {
  test('is previewed, made, put through its operations and deleted, and leaves nothing', async () => {
    const preview = await backend.preview(order(path, 'create', 1), new AbortController().signal);
    expect([preview.refused, preview.destroys]).toEqual([undefined, 0]);
    expect(preview.changes.every((c) => c.does === 'create')).toBe(true);

    const verbs = (['create', 'change', 'restart', 'rotate', 'hibernate', 'wake', 'delete'] as const).filter(
      (verb) => verb === 'create' || path.operations.some((o) => o.verb === verb),
    );
    for (const [n, verb] of verbs.entries()) {
      const before = passwords();
      const last = (await finish(backend, order(path, verb, n + 1))).at(-1);
      expect([verb, last?.state, last?.message]).toEqual([verb, 'ready', undefined]);
      // Another one, and as many: what the operators made for this thing.
      if (verb === 'rotate') {
        expect(passwords()).toHaveLength(before.length);
        expect(passwords().filter((one) => before.includes(one))).toEqual([]);
      }
      if (verb === 'hibernate') expect(asleep()).toBe(true);
      if (verb === 'wake') expect(asleep()).toBe(false);
    }
    const again = await backend.preview(order(path, 'delete', 9), new AbortController().signal);
    expect(again.changes.filter((c) => c.does === 'delete')).toEqual([]);
  });
});
