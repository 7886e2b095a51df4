import { z } from 'zod';
import { dnsLabel } from '../spec.ts';

/** A name of an object: most are DNS subdomains, some (roles) hold a colon. */
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9A-Z]([-a-z0-9A-Z.:]*[a-z0-9A-Z])?$/, 'is not a name that Kubernetes takes');

export const manifest = z.looseObject({
  apiVersion: z.string().regex(/^([a-z0-9.-]+\/)?v[a-z0-9]+$/, 'write group/version, such as apps/v1'),
  kind: z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'write the kind, such as Deployment'),
  metadata: z.looseObject({
    name: objectName,
    namespace: dnsLabel.exactOptional(),
    labels: z.record(z.string(), z.string()).exactOptional(),
    annotations: z.record(z.string(), z.string()).exactOptional(),
  }),
});
export type Manifest = z.output<typeof manifest>;

/** An object: of those that the path makes when `apiVersion` is absent; `name` may be absent when there is one of the kind. */
const reference = {
  apiVersion: manifest.shape.apiVersion.exactOptional(),
  kind: manifest.shape.kind,
  name: objectName.exactOptional(),
  namespace: dnsLabel.exactOptional(),
};
export type Reference = z.output<z.ZodObject<typeof reference>>;

/** A field by dots and indices: status.endpoints.0.url */
const path = z.string().regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_/-]+)*$/, 'write a path such as status.url');

/** Says itself when an object is ready, in place of the rule for its kind. All that is given has to hold. */
const readiness = z.strictObject({
  ...reference,
  conditions: z.record(z.string(), z.enum(['True', 'False', 'Unknown'])).exactOptional(),
  fields: z.record(path, z.json()).exactOptional(),
});
export type Readiness = z.output<typeof readiness>;

/** An object that the path does not make itself. */
const named = z.strictObject({
  ...reference,
  apiVersion: manifest.shape.apiVersion,
  name: objectName,
});
export type Named = z.output<typeof named>;

/** Sets fields of an object and leaves all others as they are. */
const operation = z
  .strictObject({
    patch: z.array(z.strictObject({ ...reference, set: z.record(z.string(), z.json()) })).default([]),
    /** What the operator of the path's objects makes anew when it is gone, such as a Secret with a password: it is deleted. */
    renew: z.array(named).max(10).default([]),
    /** When it is done; by default, when the objects are ready, or for `hibernate`, at once. */
    ready: z.array(readiness).exactOptional(),
  })
  .refine(
    ({ patch, renew }) => patch.length + renew.length > 0,
    'say what is set (patch), or what is made anew (renew)',
  );

export const kubernetesSpec = z.strictObject({
  objects: z.array(manifest).min(1).max(100),
  /** Where objects go that name no namespace of their own. */
  namespace: dnsLabel.exactOptional(),
  ready: z.array(readiness).exactOptional(),
  verbs: z
    .strictObject({
      restart: operation.exactOptional(),
      rotate: operation.exactOptional(),
      hibernate: operation.exactOptional(),
      wake: operation.exactOptional(),
    })
    .exactOptional(),
  /** Fields of live objects that the person is told; a `Secret` is named, never read. */
  outputs: z
    .array(
      z.strictObject({
        label: z.string().min(1),
        ...reference,
        kind: reference.kind.refine((k) => k !== 'Secret', 'a Secret is never read: name it in the path’s outputs'),
        path,
        secret: z.literal(true).exactOptional(),
      }),
    )
    .exactOptional(),
});
export type KubernetesSpec = z.output<typeof kubernetesSpec>;
