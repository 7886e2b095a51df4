import { stamp, suffix } from '../names.ts';
import { ApiError } from '../status.ts';
import type { InProcess, KubeObject } from '../types.ts';

export type Source =
  | 'kubelet'
  | 'default-scheduler'
  | 'deployment-controller'
  | 'replicaset-controller'
  | (string & {});
export type Recorder = (
  about: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  from: { readonly component: Source; readonly host?: string; readonly fieldPath?: string },
) => void;

/** Writes events as the real recorder does: the same again only counts up. */
export function createRecorder(api: InProcess, now: () => Date): Recorder {
  const known = new Map<string, string>();

  return (about, type, reason, message, { component, host, fieldPath }) => {
    const { metadata } = about;
    const namespace = metadata.namespace ?? 'default';
    const same = [component, host ?? '', metadata.uid, fieldPath ?? '', type, reason, message].join('\n');
    const name = known.get(same);
    const before = name ? api.get('events', namespace, name) : undefined;
    try {
      if (before && name) {
        api.patch(
          'events',
          namespace,
          name,
          { count: Number(before.count ?? 1) + 1, lastTimestamp: stamp(now()) },
          { manager: component },
        );
        return;
      }
      const fresh = `${metadata.name}.${Buffer.from(`${now().getTime()}`).toString('hex').slice(-10)}${suffix(6)}`;
      known.set(same, fresh);
      if (known.size > 5_000) known.delete(known.keys().next().value ?? '');
      api.create(
        'events',
        {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: fresh.slice(-250), namespace },
          involvedObject: {
            kind: about.kind,
            ...(metadata.namespace ? { namespace } : {}),
            name: metadata.name,
            uid: metadata.uid,
            apiVersion: about.apiVersion,
            resourceVersion: metadata.resourceVersion,
            ...(fieldPath ? { fieldPath } : {}),
          },
          reason,
          message,
          source: { component, ...(host ? { host } : {}) },
          firstTimestamp: stamp(now()),
          lastTimestamp: stamp(now()),
          count: 1,
          type,
          eventTime: null,
          reportingComponent: component,
          reportingInstance: host ?? '',
        },
        { manager: component },
      );
    } catch (error) {
      // A namespace that goes takes no more events, as in a real cluster.
      if (!(error instanceof ApiError)) throw error;
    }
  };
}
