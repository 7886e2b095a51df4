import { at, type Fields, isFields, listOf, textOf } from './json.ts';
import { builtIn } from './kinds.ts';
import type { KubeObject, Resource } from './types.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The kinds that a CustomResourceDefinition adds, one a served version. */
export function definedBy(definition: KubeObject): readonly Resource[] {
  const { spec } = definition;
  const names = at(spec, 'names');
  const text = (field: string) => textOf(at(names, field));
  return listOf(spec?.versions)
    .filter((version) => at(version, 'served') === true)
    .map((version) => {
      const subresources = at(version, 'subresources');
      const scale = at(subresources, 'scale');
      return {
        group: textOf(spec?.group),
        version: textOf(at(version, 'name')),
        kind: text('kind'),
        plural: text('plural'),
        singular: text('singular') || text('kind').toLowerCase(),
        namespaced: spec?.scope === 'Namespaced',
        shortNames: listOf(at(names, 'shortNames')).map(String),
        categories: listOf(at(names, 'categories')).map(String),
        subresources: [
          ...(isFields(at(subresources, 'status')) ? ['status'] : []),
          ...(isFields(scale) ? ['scale'] : []),
        ],
        verbs,
        schema: at(version, 'schema', 'openAPIV3Schema') as Fields | undefined,
        custom: {
          columns: listOf(at(version, 'additionalPrinterColumns')).filter(isFields),
          definition: definition.metadata.name,
          ...(isFields(scale) ? { scale } : {}),
        },
      };
    });
}

/** All kinds that are served now. */
export function createRegistry() {
  const byPath = new Map<string, Resource>(builtIn.map((one) => [`${one.group}/${one.version}/${one.plural}`, one]));
  let all: readonly Resource[] = [...byPath.values()];

  return {
    all: (): readonly Resource[] => all,
    find: (group: string, version: string, plural: string): Resource | undefined =>
      byPath.get(`${group}/${version}/${plural}`),
    /** By kind, as owner references and role references name it. */
    ofKind(apiVersion: string, kind: string): Resource | undefined {
      const [version = '', group = ''] = apiVersion.split('/').toReversed();
      return all.find((one) => one.kind === kind && one.group === group && one.version === version);
    },
    /** `pods`, `deployments.apps`, `clusters.postgresql.cnpg.io`. */
    named(name: string): Resource {
      const [plural = '', ...rest] = name.split('.');
      const group = rest.join('.');
      const found = all.find((one) => one.plural === plural && (rest.length === 0 || one.group === group));
      if (!found) throw new TypeError(`The cluster serves nothing that is called ${name}.`);
      return found;
    },
    define(definition: KubeObject): void {
      this.undefine(definition.metadata.name);
      for (const one of definedBy(definition)) byPath.set(`${one.group}/${one.version}/${one.plural}`, one);
      all = [...byPath.values()];
    },
    undefine(definition: string): void {
      for (const [path, one] of byPath) if (one.custom?.definition === definition) byPath.delete(path);
      all = [...byPath.values()];
    },
  };
}

export type Registry = ReturnType<typeof createRegistry>;
