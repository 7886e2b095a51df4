import { z } from 'zod';
import { isObject } from '../../core/catalog/render.ts';
import type { Json } from '../../core/kernel/inbound.ts';

/** What a role has to name so that a path may make its objects. */
export type Resource = {
  readonly apiGroup: string;
  readonly resource: string;
  /** All that making one takes, unless it says less. */
  readonly verbs?: readonly string[];
};

const named = z.object({
  spec: z.object({ group: z.string(), names: z.object({ kind: z.string(), plural: z.string() }) }),
});

/** As Kubernetes itself makes the name of a resource from that of a kind. */
function plural(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  return name.endsWith('s') ? `${name}es` : name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** `crds` say the names of their own kinds. */
export function resourceOf(object: Json, crds: readonly Json[]): Resource | undefined {
  if (!isObject(object) || typeof object.apiVersion !== 'string' || typeof object.kind !== 'string') return undefined;
  const [group = ''] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : [];
  for (const crd of crds) {
    const { data } = named.safeParse(crd);
    if (data?.spec.group === group && data.spec.names.kind === object.kind)
      return { apiGroup: group, resource: data.spec.names.plural };
  }
  return { apiGroup: group, resource: plural(object.kind) };
}

/** The rules of a role, a line each, as the chart's values take them. */
export const rulesFor = (resources: readonly Resource[]): readonly string[] =>
  [...Map.groupBy(resources, (r) => JSON.stringify([r.apiGroup, r.verbs ?? []]))]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([, of]) => {
      const [{ apiGroup, verbs } = { apiGroup: '' }] = of;
      const names = [...new Set(of.map((r) => r.resource))].toSorted();
      const only = verbs ? `, verbs: [${verbs.join(', ')}]` : '';
      return `- { apiGroups: [${apiGroup === '' ? '""' : apiGroup}], resources: [${names.join(', ')}]${only} }`;
    });
