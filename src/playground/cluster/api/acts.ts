import { at, fieldsOf, textOf } from '../json.ts';
import type { Registry } from '../registry.ts';
import { ApiError } from '../status.ts';
import type { Store } from '../store.ts';
import type { Clock, KubeObject } from '../types.ts';
import type { Answer, Exchange } from './exchange.ts';
import type { Objects } from './objects.ts';
import type { Target } from './request.ts';
import { containerOf, evictionBlocked } from './subresources.ts';

type Parts = {
  readonly store: Store;
  readonly registry: Registry;
  readonly objects: Objects;
  readonly clock: Clock;
  readonly token: (account: string) => string;
  readonly logs: (pod: KubeObject, container: string, query: URLSearchParams) => string;
};
type Act = (target: Target & { readonly name: string }, exchange: Exchange) => Answer;

/** Subresources that are acts, not parts of the object. */
export function createActs({ store, registry, objects, clock, token, logs }: Parts): Readonly<Record<string, Act>> {
  return {
    log({ resource, namespace, name }, { url }) {
      const pod = objects.get(resource, namespace, name);
      return { status: 200, body: logs(pod, containerOf(pod, url.searchParams.get('container')), url.searchParams) };
    },
    eviction({ resource, namespace, name }, { body }) {
      const pod = objects.get(resource, namespace, name);
      const blocked = evictionBlocked(pod, store.list(registry.named('poddisruptionbudgets'), namespace));
      if (blocked) throw blocked;
      const grace = at(body, 'deleteOptions', 'gracePeriodSeconds');
      objects.delete(resource, namespace, name, typeof grace === 'number' ? { grace } : {});
      return { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
    },
    binding({ resource, namespace, name }, { body }) {
      const pod = objects.get(resource, namespace, name);
      if (pod.spec?.nodeName)
        throw new ApiError(409, 'Conflict', `pod ${name} is already assigned to node "${textOf(pod.spec.nodeName)}"`);
      store.put(resource, { ...pod, spec: { ...pod.spec, nodeName: textOf(at(body, 'target', 'name')) } });
      return { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
    },
    token({ resource, namespace, name }, { body }) {
      objects.get(resource, namespace, name);
      const expirationTimestamp = new Date(clock.now().getTime() + 3_600_000).toISOString();
      return {
        status: 201,
        body: {
          ...fieldsOf(body),
          status: { token: token(`system:serviceaccount:${namespace}:${name}`), expirationTimestamp },
        },
      };
    },
  };
}
