import { at, type Fields, fieldsOf, type Json, listOf, textOf } from '../json.ts';
import { quantity } from '../quantity.ts';
import type { InProcess, KubeObject } from '../types.ts';
import { notes } from './app.ts';

const data = (object: KubeObject | undefined): Fields => ({
  ...fieldsOf(object?.data as Json | undefined),
  ...fieldsOf(object?.binaryData as Json | undefined),
});

/** What a container's environment refers to and is not there, in the kubelet's words. */
export function missingConfig(api: InProcess, namespace: string, container: Fields): string | undefined {
  for (const one of listOf(container.envFrom))
    for (const [field, kind, word] of [
      ['configMapRef', 'configmaps', 'configmap'],
      ['secretRef', 'secrets', 'secret'],
    ] as const) {
      const ref = at(one, field);
      const name = textOf(at(ref, 'name'));
      if (name && at(ref, 'optional') !== true && !api.get(kind, namespace, name)) return `${word} "${name}" not found`;
    }
  for (const one of listOf(container.env))
    for (const [field, kind, word, title] of [
      ['configMapKeyRef', 'configmaps', 'configmap', 'ConfigMap'],
      ['secretKeyRef', 'secrets', 'secret', 'Secret'],
    ] as const) {
      const ref = at(one, 'valueFrom', field);
      const name = textOf(at(ref, 'name'));
      if (!name || at(ref, 'optional') === true) continue;
      const found = api.get(kind, namespace, name);
      if (!found) return `${word} "${name}" not found`;
      const key = textOf(at(ref, 'key'));
      if (data(found)[key] === undefined) return `couldn't find key ${key} in ${title} ${namespace}/${name}`;
    }
  return undefined;
}

/** Volumes that can't be mounted yet: what the event about them says; `quiet` when it is only a matter of time. */
export function missingVolume(
  api: InProcess,
  pod: KubeObject,
): { readonly message?: string; readonly volume: string } | undefined {
  const namespace = pod.metadata.namespace ?? '';
  for (const one of listOf(pod.spec?.volumes)) {
    const volume = textOf(at(one, 'name'));
    for (const [field, key, kind, word] of [
      ['configMap', 'name', 'configmaps', 'configmap'],
      ['secret', 'secretName', 'secrets', 'secret'],
    ] as const) {
      const source = at(one, field);
      const name = textOf(at(source, key));
      if (!name || at(source, 'optional') === true) continue;
      const found = api.get(kind, namespace, name);
      if (!found)
        return { volume, message: `MountVolume.SetUp failed for volume "${volume}" : ${word} "${name}" not found` };
      const missing = listOf(at(source, 'items')).find((item) => data(found)[textOf(at(item, 'key'))] === undefined);
      if (missing)
        return {
          volume,
          message: `MountVolume.SetUp failed for volume "${volume}" : references non-existent config key: ${textOf(at(missing, 'key'))}`,
        };
    }
    const claim = textOf(at(one, 'persistentVolumeClaim', 'claimName'));
    if (claim && api.get('persistentvolumeclaims', namespace, claim)?.status?.phase !== 'Bound') return { volume };
  }
  return undefined;
}

/** Whether the Secret that its program was handed was changed after the pod began. */
export function outdated(api: InProcess, { metadata }: KubeObject): boolean {
  const name = metadata.annotations?.[notes.secret];
  const secret = name === undefined ? undefined : api.get('secrets', metadata.namespace, name);
  const began = Date.parse(metadata.creationTimestamp);
  return (secret?.metadata.managedFields ?? []).some(({ time }) => Date.parse(time ?? '') > began);
}

/** In bytes, of the smallest volume that it claims. */
export function diskOf(api: InProcess, pod: KubeObject): number | undefined {
  const sizes = listOf(pod.spec?.volumes).flatMap((one) => {
    const name = textOf(at(one, 'persistentVolumeClaim', 'claimName'));
    const claim = name ? api.get('persistentvolumeclaims', pod.metadata.namespace, name) : undefined;
    return claim ? [quantity(at(claim.status, 'capacity', 'storage')) ?? 0] : [];
  });
  return sizes.length === 0 ? undefined : Math.min(...sizes);
}
