import { randomBytes } from 'node:crypto';
import type { Admission } from './admission/prepare.ts';
import { createAuthorizer } from './api/authorize.ts';
import { createHandler } from './api/handle.ts';
import { createObjects } from './api/objects.ts';
import { createPages } from './api/pages.ts';
import { createReviews } from './api/reviews.ts';
import { watch } from './api/watch.ts';
import type { Write } from './api/write.ts';
import { startControllers } from './controllers/index.ts';
import { createFailures, type FailureKind, type Target } from './failures/failures.ts';
import type { Faults } from './faults.ts';
import type { Fields } from './json.ts';
import { type Login, writeKubeconfig } from './kubeconfig.ts';
import { customKinds } from './operators/definitions.ts';
import { createRegistry } from './registry.ts';
import { foundation, system } from './seed/foundation.ts';
import { type NodeShape, nodeOf, someNodes } from './seed/nodes.ts';
import { createApiServer } from './server.ts';
import { createStore } from './store.ts';
import type { Change, Clock, InProcess, User } from './types.ts';

export type { Failure, FailureKind, Target } from './failures/failures.ts';
export { failures } from './failures/failures.ts';
export type { Fault, Faults } from './faults.ts';
export type { Fields, Json } from './json.ts';
export type { Change, Clock, InProcess, KubeObject, User } from './types.ts';

export type ClusterOptions = {
  readonly clock: Clock;
  readonly log?: { warn(fields: object, message: string): void };
  /** People and machines with a token, besides the admin; what they may do is said by bindings in the cluster. */
  readonly users?: readonly (User & { readonly token?: string })[];
  /** Objects that are there from the start, in this order. */
  readonly objects?: readonly Fields[];
  /** Nodes, or how many of the usual size: three when nothing is said. */
  readonly nodes?: number | readonly NodeShape[];
  /** How much faster than usual things happen. */
  readonly speed?: number;
  /** False: nothing moves by itself; the API only. */
  readonly controllers?: boolean;
  /** Which cluster it is, by the UID of its kube-system: another one each time when nothing is said. */
  readonly uid?: string;
  /** Changes that a watch can go back by, a kind. */
  readonly historySize?: number;
};

const admin: User = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** A Kubernetes API on this machine, for kubectl, helm and everything that talks to one. */
export function createCluster({
  clock,
  log,
  users = [],
  objects: initial = [],
  nodes = 3,
  speed = 1,
  controllers: moving = true,
  uid,
  historySize,
}: ClusterOptions) {
  const store = createStore(historySize === undefined ? {} : { historySize });
  const registry = createRegistry();
  const admission: Admission = { store, registry, now: clock.now };
  const objects = createObjects(admission);
  const authorizer = createAuthorizer(store, registry);
  const pages = createPages();
  const tokens = new Map<string, User>();
  let faults: Faults | undefined;
  let url = '';

  const issue = (user: User, token = randomBytes(24).toString('base64url')): string => {
    tokens.set(token, user);
    return token;
  };
  const serviceAccount = (name: string): User => ({
    name,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${name.split(':')[2]}`, 'system:authenticated'],
  });
  const adminToken = issue(admin);
  for (const { token, ...user } of users) issue({ ...user, groups: [...user.groups, 'system:authenticated'] }, token);

  const userOf = (token: string) => tokens.get(token);
  const handle = createHandler({
    store,
    registry,
    objects,
    pages,
    authorizer,
    clock,
    review: createReviews({ authorizer, userOf }),
    token: (account) => issue(serviceAccount(account)),
    logs: (pod, container, query) => controllers?.logs(pod, container, query) ?? '',
  });
  const server = createApiServer({
    registry,
    authorizer,
    handle,
    userOf,
    clock,
    faults: () => faults,
    version: {
      major: '1',
      minor: '34',
      gitVersion: 'v1.34.2',
      gitCommit: '',
      gitTreeState: 'clean',
      buildDate: '',
      goVersion: '',
      compiler: '',
      platform: 'linux/amd64',
    },
    log: (path, error) => log?.warn({ err: error, path }, 'the cluster could not answer a request'),
  });

  const unfollow = store.subscribe(({ type, resource, object }) => {
    if (resource.kind !== 'CustomResourceDefinition') return;
    if (type === 'DELETED') registry.undefine(object.metadata.name);
    else registry.define(object);
  });

  const placed = (kind: string, body: Fields) => {
    const meta = body.metadata as Fields | undefined;
    const name = typeof meta?.name === 'string' ? meta.name : '';
    const namespace = typeof meta?.namespace === 'string' ? meta.namespace : undefined;
    return { resource: registry.named(kind), namespace, name };
  };
  const by = (write: Partial<Write> = {}): Write => ({ manager: 'cluster', ...write });

  const inProcess: InProcess = {
    get: (kind, namespace, name) => store.get(registry.named(kind), namespace, name),
    list: (kind, namespace, selection) => objects.list(registry.named(kind), namespace, selection),
    create(kind, body, write) {
      const { resource, namespace } = placed(kind, body);
      return objects.create(resource, namespace, body, by(write));
    },
    update(kind, body, write) {
      const { resource, namespace, name } = placed(kind, body);
      return objects.update(resource, namespace, name, body, by(write));
    },
    apply(kind, body, write) {
      const { resource, namespace, name } = placed(kind, body);
      return objects.patch(resource, namespace, name, 'apply', body, by(write));
    },
    patch(kind, namespace, name, patch, { type = 'merge', ...write } = {}) {
      return objects.patch(registry.named(kind), namespace, name, type, patch, by(write));
    },
    delete(kind, namespace, name, options) {
      objects.delete(registry.named(kind), namespace, name, options);
    },
    finish: (object) => objects.finish(registry.named('pods'), object),
    watch: (kind, options, tell) => watch(store, registry.named(kind), options, tell),
  };

  const controllers = moving
    ? startControllers({
        store,
        registry,
        api: inProcess,
        clock,
        speed,
        log: (controller, error) => log?.warn({ err: error, controller }, 'a controller of the cluster failed'),
      })
    : undefined;

  for (const [index, shape] of (typeof nodes === 'number' ? someNodes(nodes) : nodes).entries()) {
    const { spec, status } = nodeOf(shape, index, clock.now());
    const made = inProcess.create('nodes', spec, { manager: 'kubelet' });
    inProcess.update('nodes', { ...made, status } as Fields, { manager: 'kubelet', subresource: 'status' });
  }
  for (const body of [...foundation, ...customKinds, ...initial]) {
    const resource = registry.ofKind(String(body.apiVersion), String(body.kind));
    if (!resource) throw new TypeError(`The cluster serves no ${String(body.kind)} of ${String(body.apiVersion)}.`);
    const own = body === system && uid !== undefined ? { uid } : {};
    inProcess.create(resource.group ? `${resource.plural}.${resource.group}` : resource.plural, body, own);
  }

  const broken = controllers ? createFailures({ api: inProcess, controllers, clock }) : undefined;
  const breaker = () => {
    if (!broken) throw new TypeError('Without controllers nothing can break: leave `controllers` out.');
    return broken;
  };

  function login(user = admin.name, context = 'playground'): Login {
    const token = [...tokens].find(([, { name }]) => name === user)?.[0];
    if (!token) throw new TypeError(`The cluster knows nobody who is called ${user}.`);
    return { context, user, token, url, ca: server.cert };
  }

  return {
    objects: inProcess,
    /** Makes something fail, the way people and machines do. */
    break: (kind: FailureKind, target: Target): void => breaker().break(kind, target),
    /** Takes it back; false when there is nothing to take back. */
    heal: (target: Target): boolean => breaker().heal(target),
    isBroken: (target: Target): boolean => breaker().broken(target),
    subscribe: (listener: (change: Change) => void): (() => void) => store.subscribe(listener),
    /** Opens the API on a loopback port. */
    async listen(port?: number): Promise<{ readonly url: string; readonly caPem: string; readonly token: string }> {
      url = await server.listen(port);
      return { url, caPem: server.cert, token: adminToken };
    },
    /** A kubeconfig for the admin, or for one of the users, once it listens. */
    kubeconfig: (name?: string, context?: string): string => writeKubeconfig([login(name, context)]),
    /** The same as a part of one that leads to several clusters. */
    login,
    /** From now on requests are treated as this says; undefined: well. */
    fail(next: Faults | undefined): void {
      faults = next;
    },
    /** Resets every open connection, as a load balancer does that restarts. */
    disconnect: server.disconnect,
    /** Forgets history and open pages: who resumes from an older version gets 410 Gone. */
    compact(): void {
      store.compact();
      pages.forget();
    },
    async close(): Promise<void> {
      unfollow();
      controllers?.stop();
      await server.close();
    },
  };
}

export type Cluster = ReturnType<typeof createCluster>;
