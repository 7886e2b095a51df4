import type { Registry } from '../registry.ts';
import { noSuchPath } from '../status.ts';
import type { Resource } from '../types.ts';

/** What a path of the resource API names. */
export type Target = {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
};

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** `/api/v1/namespaces/shop/pods/web/log` and its like; undefined when it is no path of a resource. */
export function targetOf(path: string, registry: Registry): Target | undefined {
  const parts = path.split('/').filter(Boolean).map(decode);
  const [root] = parts;
  if (root !== 'api' && root !== 'apis') return undefined;
  const [group, version, ...rest] = root === 'api' ? ['', ...parts.slice(1)] : parts.slice(1);
  if (group === undefined || version === undefined || rest.length === 0) return undefined;
  const find = (plural: string): Resource => {
    const found = registry.find(group, version, plural);
    if (!found) throw noSuchPath();
    return found;
  };
  const [first = '', namespace, plural, name, subresource] = rest;
  // `namespaces/shop/pods` names pods; `namespaces/shop/status` the namespace.
  if (first === 'namespaces' && namespace && plural && !(group === '' && ['status', 'finalize'].includes(plural))) {
    const resource = find(plural);
    if (!resource.namespaced) throw noSuchPath();
    return { resource, namespace, ...(name ? { name } : {}), ...(subresource ? { subresource } : {}) };
  }
  const resource = find(first);
  return { resource, ...(namespace ? { name: namespace } : {}), ...(plural ? { subresource: plural } : {}) };
}

const byMethod: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
};

/** The verb that rules name. */
export function verbOf(method: string, { name }: Target, query: URLSearchParams): string {
  if (method === 'GET' || method === 'HEAD') {
    if (isTrue(query.get('watch'))) return 'watch';
    return name ? 'get' : 'list';
  }
  if (method === 'DELETE') return name ? 'delete' : 'deletecollection';
  return byMethod[method] ?? method.toLowerCase();
}

export const isTrue = (value: string | null): boolean => value === 'true' || value === '1';
