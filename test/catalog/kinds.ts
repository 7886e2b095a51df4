import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as client from '@kubernetes/client-node';
import { z } from 'zod';

/*
 * The shapes of Kubernetes' own kinds, in few bytes, made from Kubernetes' client: its models know names and types of
 * all fields, its declarations which of them have to be there. `UPDATE_KINDS=1 npx vitest run test/catalog/kinds.test.ts`
 * writes them anew after the client was updated; the formatter lays them out.
 */
export const kindsFile = join(import.meta.dirname, '../../src/catalog/kubernetes/kinds.json');

const core = [
  'Namespace',
  'Pod',
  'Service',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'PersistentVolumeClaim',
  'ResourceQuota',
  'LimitRange',
];
const groups: Readonly<Record<string, readonly string[]>> = {
  v1: core,
  'apps/v1': ['Deployment', 'StatefulSet', 'DaemonSet'],
  'batch/v1': ['Job', 'CronJob'],
  'networking.k8s.io/v1': ['NetworkPolicy', 'Ingress'],
  'policy/v1': ['PodDisruptionBudget'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
  'scheduling.k8s.io/v1': ['PriorityClass'],
  'storage.k8s.io/v1': ['StorageClass'],
};

/** Fields that hold amounts such as 500m or 10Gi, which may be written as numbers; the models call them texts. */
const quantities: Readonly<Record<string, readonly string[]>> = {
  V1ResourceRequirements: ['limits', 'requests'],
  V1VolumeResourceRequirements: ['limits', 'requests'],
  V1ResourceQuotaSpec: ['hard'],
  V1LimitRangeItem: ['default', 'defaultRequest', 'max', 'maxLimitRequestRatio', 'min'],
  V1EmptyDirVolumeSource: ['sizeLimit'],
  V1ResourceFieldSelector: ['divisor'],
  V1PodSpec: ['overhead'],
  V2MetricTarget: ['averageValue', 'value'],
};

const model = z.looseObject({
  attributeTypeMap: z.array(z.object({ baseName: z.string(), type: z.string(), format: z.string() })),
});
const models = new Map(
  Object.entries(client).flatMap(([name, value]) => {
    const parsed = typeof value === 'function' ? model.safeParse(Object.assign({}, value)) : undefined;
    return parsed?.success ? [[name, parsed.data.attributeTypeMap] as const] : [];
  }),
);
const declarations = join(dirname(fileURLToPath(import.meta.resolve('@kubernetes/client-node'))), 'gen/models');

/** The fields that a model's declaration does not mark as optional. */
function required(name: string): ReadonlySet<string> {
  const text = readFileSync(join(declarations, `${name}.d.ts`), 'utf8');
  return new Set([...text.matchAll(/^\s+'(\w+)': /gm)].map((m) => m[1] as string));
}

const inside = (type: string) => /^(?:Array<|\{ \[key: string\]: )?(?:Array<)?([A-Za-z0-9]+)/.exec(type)?.[1] ?? '';

function typeOf(owner: string, { baseName, type, format }: { baseName: string; type: string; format: string }): string {
  if (quantities[owner]?.includes(baseName)) return type.startsWith('{') ? '{Quantity}' : 'Quantity';
  if (type === 'number') return format === 'double' ? 'number' : 'integer';
  return type.replace(/^\{ \[key: string\]: (.*); \}$/, '{$1}').replace(/Array<(.*)>/, '[$1]');
}

export function makeKinds() {
  const kinds: Record<string, string> = {};
  const out: Record<string, Record<string, string>> = {};
  const add = (name: string): void => {
    const fields = models.get(name);
    if (!fields || out[name]) return;
    const needed = required(name);
    out[name] = {};
    for (const field of fields) {
      // What the cluster says back is nobody's to write.
      if (field.baseName === 'status' || field.baseName === 'managedFields') continue;
      (out[name] as Record<string, string>)[`${field.baseName}${needed.has(field.baseName) ? '!' : ''}`] = typeOf(
        name,
        field,
      );
      add(inside(field.type));
    }
  };
  for (const [apiVersion, names] of Object.entries(groups))
    for (const kind of names) {
      const name = `V${apiVersion.endsWith('2') ? 2 : 1}${kind}`;
      kinds[`${apiVersion} ${kind}`] = name;
      add(name);
    }
  return { kinds, models: out };
}
