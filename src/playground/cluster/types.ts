import type { WatchEvent, WatchOptions } from './api/watch.ts';
import type { DeleteOptions, PatchType, Selection, Write } from './api/write.ts';
import type { Fields, Json } from './json.ts';

export type Clock = {
  now(): Date;
  /** Calls back once after some milliseconds; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
};

export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
};

export type ManagedFields = {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: Fields;
  readonly subresource?: string;
};

export type Meta = {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFields[];
};

/** An object as it is stored. */
export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Meta;
  readonly spec?: Fields;
  readonly status?: Fields;
  readonly [field: string]: Json | Meta | undefined;
};

/** One kind as the API serves it. */
export type Resource = {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
  readonly verbs: readonly string[];
  /** The built-in type in schema/builtin.json, or the schema of a custom resource. */
  readonly schema: string | Fields | undefined;
  /** Set for custom resources. */
  readonly custom?: { readonly columns: readonly Fields[]; readonly definition: string; readonly scale?: Fields };
};

export type User = {
  readonly name: string;
  readonly groups: readonly string[];
};

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';
export type Change = {
  readonly type: EventType;
  readonly resource: Resource;
  readonly object: KubeObject;
  /** What it was before, for selectors: who leaves a selection is told of a deletion. */
  readonly before?: KubeObject;
  readonly rv: number;
};

export const apiVersionOf = ({ group, version }: { readonly group: string; readonly version: string }): string =>
  group ? `${group}/${version}` : version;
/** `deployments.apps`, `pods`: how messages and quotas name a kind. */
export const qualified = ({ group, plural }: { readonly group: string; readonly plural: string }): string =>
  group ? `${plural}.${group}` : plural;

/** In process, by names as `deployments.apps` and `pods`; the same rules as over HTTP. */
export type InProcess = {
  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined;
  list(kind: string, namespace?: string, selection?: Selection): readonly KubeObject[];
  create(kind: string, body: Fields, write?: Partial<Write>): KubeObject;
  update(kind: string, body: Fields, write?: Partial<Write>): KubeObject;
  /** Server-side apply. */
  apply(kind: string, body: Fields, write?: Partial<Write>): KubeObject;
  patch(
    kind: string,
    namespace: string | undefined,
    name: string,
    patch: Json,
    how?: Partial<Write> & { readonly type?: PatchType },
  ): KubeObject;
  delete(kind: string, namespace: string | undefined, name: string, options?: DeleteOptions): void;
  /** A pod's node says that it has stopped. */
  finish(pod: KubeObject): void;
  watch(kind: string, options: WatchOptions, tell: (event: WatchEvent) => void): () => void;
};
