import type { Fields, Json } from '../json.ts';
import type { KubeObject, Resource } from '../types.ts';
import type { Column } from './column.ts';
import { columnsOf } from './columns.ts';

const described = ({ name, type = 'string', wide }: Column): Fields => ({
  name,
  type,
  format: name === 'Name' ? 'name' : '',
  description: '',
  priority: wide ? 1 : 0,
});

const partial = ({ metadata }: KubeObject): Fields => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
});

/** Objects as rows, which is what `kubectl get` prints. `headed`: a watch sends the columns once. */
export function table(
  resource: Resource,
  objects: readonly KubeObject[],
  now: number,
  metadata: Fields,
  { include, headed = true }: { readonly include: 'Metadata' | 'Object' | 'None'; readonly headed?: boolean },
): Fields {
  const columns = columnsOf(resource);
  const whole: Readonly<Record<typeof include, (one: KubeObject) => Json | undefined>> = {
    Metadata: partial,
    Object: (one) => one as Fields,
    None: () => undefined,
  };
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: headed ? columns.map(described) : [],
    rows: objects.map((one) => ({
      cells: columns.map((column) => column.of(one, now)),
      object: whole[include](one),
    })),
  };
}
export { partial };
