import {
  type ClusterOptions,
  createCluster,
  type Fields,
  type KubeObject,
} from '../../src/playground/cluster/index.ts';
import { virtualClock } from '../support/clock.ts';

/** Always the same one, unless another is asked for. */
const uid = '5f0c7d1e-2b3a-4c4d-8e5f-60718293a4b5';

/** A cluster whose time stands still until it is moved. */
export function still(options: Partial<ClusterOptions> = {}, clock = virtualClock()) {
  const problems: object[] = [];
  const cluster = createCluster({ clock, uid, log: { warn: (fields) => problems.push(fields) }, ...options });
  const { objects } = cluster;
  return {
    clock,
    cluster,
    objects,
    /** What its own code stumbled over: nothing, ever. */
    problems,
    deploy: (name: string, more: Partial<Workload> = {}) => objects.create('deployments.apps', deployment(name, more)),
    pods: (namespace = 'default'): readonly KubeObject[] => objects.list('pods', namespace),
    get(kind: string, name: string, namespace: string | undefined = 'default'): KubeObject {
      const found = objects.get(kind, namespace, name);
      if (!found) throw new Error(`there is no ${kind} ${name} in ${namespace}`);
      return found;
    },
    events: (namespace = 'default'): readonly string[] =>
      objects.list('events', namespace).map((one) => `${one.type} ${one.reason}: ${one.message}`),
  };
}

type Workload = {
  readonly namespace: string;
  readonly replicas: number;
  readonly image: string;
  readonly container: Fields;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Fields;
};

export const deployment = (
  name: string,
  {
    namespace = 'default',
    replicas = 2,
    image = 'registry.acme.example/web:1.0.0',
    container = {},
    annotations = {},
    spec = {},
  }: Partial<Workload> = {},
): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    ...spec,
    template: {
      metadata: { labels: { app: name }, annotations },
      spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080 }], ...container }] },
    },
  },
});

export const condition = (object: KubeObject, type: string): Fields => {
  const all = (object.status?.conditions ?? []) as readonly Fields[];
  const found = all.find((one) => one.type === type);
  if (!found) throw new Error(`${object.kind} ${object.metadata.name} has no condition ${type}`);
  return found;
};
export const containerStatus = (pod: KubeObject): Fields =>
  ((pod.status?.containerStatuses ?? []) as readonly Fields[])[0] ?? {};
