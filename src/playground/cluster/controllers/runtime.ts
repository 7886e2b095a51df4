import type { Write } from '../api/write.ts';
import { equal, type Fields } from '../json.ts';
import { ApiError } from '../status.ts';
import type { Change, Clock, InProcess, KubeObject, Resource } from '../types.ts';
import { createRecorder, type Recorder } from './events.ts';
import type { Times } from './times.ts';

/** What controllers see and use. */
export type World = {
  readonly api: InProcess;
  readonly events: Recorder;
  readonly times: Times;
  now(): Date;
  /** What an object owns, by its uid. */
  owned(kind: string, uid: string): readonly KubeObject[];
  /** Writes a status when it differs. */
  status(kind: string, object: KubeObject, status: Fields, manager?: string): void;
  /** The same for everything else of an object. */
  write(kind: string, object: KubeObject, next: Fields, manager?: string): void;
};

/** Brings one object to where it should be, however often it is called; returns milliseconds until it wants to be called again. */
export type Controller = {
  readonly name: string;
  /** By kind: which keys (`namespace/name` of what the controller is for) a change concerns. */
  readonly watches: Readonly<Record<string, (object: KubeObject) => readonly string[]>>;
  readonly reconcile: (namespace: string, name: string, world: World) => number | undefined;
};

export const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
export const self = (object: KubeObject): readonly string[] => [keyOf(object)];
/** The owner that controls an object, when it is of this kind. */
export const ownerOf =
  (kind: string) =>
  ({ metadata }: KubeObject): readonly string[] =>
    (metadata.ownerReferences ?? [])
      .filter((one) => one.kind === kind && one.controller)
      .map((one) => `${metadata.namespace ?? ''}/${one.name}`);

export const controllerRef = ({ apiVersion, kind, metadata }: KubeObject): Fields => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

type Parts = {
  readonly api: InProcess;
  readonly clock: Clock;
  readonly times: Times;
  readonly subscribe: (listener: (change: Change) => void) => () => void;
  readonly controllers: readonly Controller[];
  readonly log: (controller: string, error: unknown) => void;
};

const qualify = ({ plural, group }: Resource): string => (group ? `${plural}.${group}` : plural);

const longest = 6 * 3_600_000;

/** Runs controllers: a change puts keys into a queue, each key is looked at once, a little later. */
export function createRuntime({ api, clock, times, subscribe, controllers, log }: Parts) {
  const queued = new Map<string, { readonly controller: Controller; readonly key: string }>();
  const waiting = new Map<string, () => void>();
  const failures = new Map<string, number>();
  const owners = new Map<
    string,
    Map<string, { readonly kind: string; readonly namespace: string | undefined; readonly name: string }>
  >();
  let tick: (() => void) | undefined;
  let stopped = false;

  const events = createRecorder(api, clock.now);
  const world: World = {
    api,
    events,
    times,
    now: clock.now,
    owned: (kind, uid) =>
      [...(owners.get(uid)?.values() ?? [])]
        .filter((one) => one.kind === kind)
        .flatMap((one) => api.get(kind, one.namespace, one.name) ?? []),
    status(kind, object, status, manager = 'kube-controller-manager') {
      if (equal(object.status, status)) return;
      api.update(kind, { ...object, status } as Fields, { manager, subresource: 'status' });
    },
    write(kind, object, next, manager = 'kube-controller-manager') {
      if (!equal(object as Fields, next)) api.update(kind, next, { manager } satisfies Partial<Write>);
    },
  };

  const byKind = new Map<string, Controller[]>();
  for (const one of controllers)
    for (const kind of Object.keys(one.watches)) byKind.set(kind, [...(byKind.get(kind) ?? []), one]);

  function enqueue(controller: Controller, key: string): void {
    queued.set(`${controller.name} ${key}`, { controller, key });
    tick ??= clock.after(times.reaction, work);
  }

  function work(): void {
    tick = undefined;
    if (stopped) return;
    const now = [...queued.values()];
    queued.clear();
    for (const one of now) run(one.controller, one.key);
  }

  function run(controller: Controller, key: string): void {
    const id = `${controller.name} ${key}`;
    waiting.get(id)?.();
    waiting.delete(id);
    const [namespace = '', name = ''] = key.split('/');
    let again: number | undefined;
    try {
      again = controller.reconcile(namespace, name, world) ?? undefined;
      failures.delete(id);
    } catch (error) {
      // Conflicts and refusals are tried again, ever more slowly; what is broken here is said.
      if (!(error instanceof ApiError)) log(controller.name, error);
      const count = (failures.get(id) ?? 0) + 1;
      failures.set(id, count);
      again = Math.min(60_000, times.retry * 2 ** (count - 1));
    }
    if (again === undefined || stopped) return;
    waiting.set(
      id,
      // A timer can't be longer than 24 days; who wants to wait for a year is asked again meanwhile.
      clock.after(Math.min(Math.max(1, again), longest), () => {
        waiting.delete(id);
        enqueue(controller, key);
      }),
    );
  }

  function index({ type, resource, object, before }: Change): void {
    const kind = qualify(resource);
    const key = `${kind} ${keyOf(object)}`;
    for (const one of before?.metadata.ownerReferences ?? []) owners.get(one.uid)?.delete(key);
    if (type === 'DELETED') return;
    for (const one of object.metadata.ownerReferences ?? []) {
      const mine = owners.get(one.uid) ?? new Map();
      owners.set(one.uid, mine);
      mine.set(key, { kind, namespace: object.metadata.namespace, name: object.metadata.name });
    }
  }

  const unsubscribe = subscribe((change) => {
    index(change);
    const { resource, object, before } = change;
    for (const controller of [...(byKind.get(qualify(resource)) ?? []), ...(byKind.get('*') ?? [])]) {
      const keys = controller.watches[qualify(resource)] ?? controller.watches['*'];
      if (!keys) continue;
      for (const key of new Set([...keys(object), ...(before ? keys(before) : [])])) enqueue(controller, key);
    }
  });

  return {
    world,
    /** All objects that an owner has, of any kind. */
    dependents: (uid: string) => [...(owners.get(uid)?.values() ?? [])],
    forget: (uid: string): void => void owners.delete(uid),
    poke(name: string, key: string): void {
      const found = controllers.find((one) => one.name === name);
      if (found) enqueue(found, key);
    },
    stop(): void {
      stopped = true;
      unsubscribe();
      tick?.();
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
    },
  };
}
