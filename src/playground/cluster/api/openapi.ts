import type { Draft, Fields, Json } from '../json.ts';
import { type Node, nodeOf } from '../schema/node.ts';
import { apiVersionOf, type Resource } from '../types.ts';

/*
 * OpenAPI v3 as clients use it: kubectl looks whether the server validates fields itself (a query parameter of PATCH),
 * reads the schemas for `explain`, and finds out how lists merge.
 */

/** `V1Container` as `io.k8s.api.V1.Container`: clients show what stands behind the last dot. */
const schemaName = (name: string): string => `io.k8s.api.${name.replace(/^((?:[A-Z][a-z]*)?V\d+)/, '$1.')}`;
const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

const jsonTypes: Readonly<Record<string, Fields>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  intOrString: { $ref: `#/components/schemas/${intOrString}` },
  any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

function schemaOf(node: Node, wanted: Map<string, Node>): Fields {
  if (node.is === 'scalar') return jsonTypes[node.type] ?? {};
  if (node.is === 'map') return { type: 'object', additionalProperties: schemaOf(node.of, wanted) };
  if (node.is === 'list')
    return {
      type: 'array',
      items: schemaOf(node.of, wanted),
      'x-kubernetes-list-type': node.set ? 'set' : node.keys.length > 0 ? 'map' : 'atomic',
      ...(node.keys.length > 0 ? { 'x-kubernetes-list-map-keys': node.keys } : {}),
      ...(node.merge ? { 'x-kubernetes-patch-strategy': 'merge', 'x-kubernetes-patch-merge-key': node.merge } : {}),
    };
  if (!/^(?:[A-Z]\w*)?V\d/.test(node.name)) return properties(node, wanted);
  wanted.set(node.name, node);
  return { allOf: [{ $ref: `#/components/schemas/${schemaName(node.name)}` }] };
}

function properties(node: Extract<Node, { is: 'object' }>, wanted: Map<string, Node>): Fields {
  const must = [...node.fields].filter(([, field]) => field.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      [...node.fields].map(([name, { node: of, schema }]) => {
        const described = typeof schema?.description === 'string' ? { description: schema.description } : {};
        return [name, { ...described, ...schemaOf(of, wanted) }];
      }),
    ),
    ...(must.length > 0 ? { required: must } : {}),
    ...(node.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

const query = (name: string): Fields => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(query);

function pathsOf(one: Resource): Draft {
  const root = one.group ? `/apis/${one.group}/${one.version}` : `/api/${one.version}`;
  const gvk = { group: one.group, version: one.version, kind: one.kind };
  const list = `${root}${one.namespaced ? '/namespaces/{namespace}' : ''}/${one.plural}`;
  const operation = (action: string): Fields => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
    parameters,
    responses: { 200: { description: 'OK' } },
  });
  if (!one.verbs.includes('patch')) return { [list]: { post: operation('post') } };
  return {
    [list]: { get: operation('list'), post: operation('post') },
    [`${list}/{name}`]: {
      get: operation('get'),
      put: operation('put'),
      patch: operation('patch'),
      delete: operation('delete'),
    },
  };
}

/** The document of one group and version. */
export function openApi(resources: readonly Resource[]): Fields {
  const schemas: Draft = { [intOrString]: { type: 'string', format: 'int-or-string' } };
  const paths: Draft = {};
  const wanted = new Map<string, Node>();
  for (const one of resources) {
    Object.assign(paths, pathsOf(one));
    const node = nodeOf(one);
    const name =
      typeof one.schema === 'string'
        ? schemaName(one.schema)
        : `${one.group.split('.').toReversed().join('.')}.${one.version}.${one.kind}`;
    schemas[name] = {
      ...(node.is === 'object' ? properties(node, wanted) : { type: 'object' }),
      'x-kubernetes-group-version-kind': [{ group: one.group, version: one.version, kind: one.kind }],
    };
  }
  // Types name further types: until none is new.
  for (const [name, node] of wanted)
    if (node.is === 'object' && schemas[schemaName(name)] === undefined)
      schemas[schemaName(name)] = properties(node, wanted);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.34.2' },
    paths,
    components: { schemas },
  };
}

export function openApiIndex(resources: readonly Resource[], version: number): Fields {
  const groups = new Set(resources.map((one) => (one.group ? `apis/${apiVersionOf(one)}` : `api/${one.version}`)));
  return {
    paths: Object.fromEntries(
      [...groups].map((path): [string, Json] => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${version}` }]),
    ),
  };
}
