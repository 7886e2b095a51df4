import { type Condition, withCondition } from '../controllers/condition.ts';
import { type Controller, controllerRef, self, type World } from '../controllers/runtime.ts';
import { at, type Fields, fieldsOf, type Json } from '../json.ts';
import type { KubeObject } from '../types.ts';

/** One look of an operator at one of its objects. */
export type Look = {
  readonly object: KubeObject;
  readonly world: World;
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since it was first seen, by the clock of the cluster. */
  readonly age: number;
  /** It was told to fail: it never gets on. */
  readonly stuck: boolean;
  /** Makes or corrects an object that belongs to this one. */
  own(kind: string, body: Fields): KubeObject;
  /** Makes an object once, and leaves it alone after that. */
  once(kind: string, body: () => Fields): KubeObject;
  status(fields: Fields, ...conditions: readonly Condition[]): void;
};

export type Operator = {
  readonly kind: string;
  /** Kinds whose changes concern their owner. */
  readonly owns?: readonly string[];
  readonly watches?: Controller['watches'];
  /** It sees a change of its object only after a moment, as real ones do; until then its status is about what was before. */
  readonly late?: true;
  readonly look: (look: Look) => number | undefined;
};

export function controllerOf(
  { kind, owns = [], watches = {}, late, look }: Operator,
  stuck: ReadonlySet<string>,
): Controller {
  const seen = new Map<string, number>();
  /** What was asked for last, and since when. */
  const asked = new Map<string, { readonly what: string; readonly since: number }>();
  const manager = `${kind.split('.')[0]}-operator`;
  const owner = ({ metadata }: KubeObject): readonly string[] =>
    (metadata.ownerReferences ?? [])
      .filter((one) => one.controller)
      .map((one) => `${metadata.namespace ?? ''}/${one.name}`);
  return {
    name: manager,
    watches: { ...Object.fromEntries(owns.map((one) => [one, owner])), ...watches, [kind]: self },
    reconcile(namespace, name, world) {
      const object = world.api.get(kind, namespace, name);
      if (!object) return undefined;
      const { uid } = object.metadata;
      const now = world.now().getTime();
      const first = seen.get(uid) ?? now;
      seen.set(uid, first);
      const what = JSON.stringify([object.spec, object.metadata.annotations]);
      const before = asked.get(uid);
      const since = before?.what === what ? before.since : before ? now : now - world.times.operator;
      asked.set(uid, { what, since });
      const left = since + world.times.operator - now;
      if (late && left > 0 && !object.metadata.deletionTimestamp) return left;
      const owned = (body: Fields): Fields => ({
        ...body,
        metadata: { ...fieldsOf(body.metadata), namespace, ownerReferences: [controllerRef(object)] },
      });
      return look({
        object,
        world,
        namespace,
        name,
        age: now - first,
        stuck: stuck.has(uid),
        own: (of, body) => world.api.apply(of, owned(body), { manager, force: true }),
        once(of, body) {
          const wanted = body();
          return (
            world.api.get(of, namespace, String(at(wanted, 'metadata', 'name'))) ??
            world.api.create(of, owned(wanted), { manager })
          );
        },
        status(fields, ...conditions) {
          const current = world.api.get(kind, namespace, name);
          if (!current) return;
          const all = conditions.reduce<Json | undefined>(
            (list, one) => withCondition(list, one, world.now()),
            current.status?.conditions,
          );
          world.status(
            kind,
            current,
            { ...current.status, ...fields, ...(all === undefined ? {} : { conditions: all }) },
            manager,
          );
        },
      });
    },
  };
}

export const ok = (type: string, reason: string, message = ''): Condition => ({
  type,
  status: 'True',
  reason,
  message,
});
export const not = (type: string, reason: string, message = ''): Condition => ({
  type,
  status: 'False',
  reason,
  message,
});
export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
export const secretData = (values: Readonly<Record<string, string>>): Fields =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)]));

export const withoutFinalizer = (object: KubeObject, finalizer: string): Fields => ({
  ...object,
  metadata: { ...object.metadata, finalizers: (object.metadata.finalizers ?? []).filter((one) => one !== finalizer) },
});
