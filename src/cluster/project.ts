type Obj = { readonly [key: string]: unknown };

const isObj = (x: unknown): x is Obj => typeof x === 'object' && x !== null && !Array.isArray(x);
const keysOnly = (x: unknown): Obj => (isObj(x) ? Object.fromEntries(Object.keys(x).map((key) => [key, ''])) : {});

/** An object with what the rules read, and without what nobody should see or keep: values of Secrets and ConfigMaps, managers' fields. */
export function project(o: Obj, kind: string, apiVersion: string): Obj {
  const slim: { [key: string]: unknown } = { ...o, kind, apiVersion, metadata: metadata(o.metadata) };
  if (kind === 'Secret' || kind === 'ConfigMap')
    for (const part of ['data', 'binaryData', 'stringData']) if (isObj(o[part])) slim[part] = keysOnly(o[part]);
  return slim;
}

const applied = 'kubectl.kubernetes.io/last-applied-configuration';

function metadata(meta: unknown): Obj {
  if (!isObj(meta)) return {};
  const { managedFields, annotations, ...rest } = meta;
  const times = Array.isArray(managedFields) ? managedFields.flatMap((f) => (isObj(f) ? [{ time: f.time }] : [])) : [];
  const notes = isObj(annotations)
    ? Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== applied))
    : undefined;
  return {
    ...rest,
    ...(times.length === 0 ? {} : { managedFields: times }),
    ...(notes === undefined ? {} : { annotations: notes }),
  };
}
