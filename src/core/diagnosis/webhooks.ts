import { matches } from './labels.ts';
import { list, pairs, str } from './read.ts';
import { refOf, type World } from './snapshot.ts';
import type { Ref } from './verdict.ts';

/** The configuration that names a webhook, and the Service behind it. */
export function webhookOwner(world: World, name: string) {
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])
    for (const o of world.all(kind)) {
      const webhook = list(o, 'webhooks').find((w) => w.name === name);
      if (webhook !== undefined)
        return {
          ref: refOf(kind, o),
          service: str(webhook, 'clientConfig', 'service', 'name'),
          serviceNamespace: str(webhook, 'clientConfig', 'service', 'namespace'),
        };
    }
  return undefined;
}

/** The Deployments and StatefulSets behind a Service: when they fail, what calls it fails with them. */
export function servers(world: World, namespace: string, service: string): readonly Ref[] {
  const selector = pairs(world.get('Service', namespace, service), 'spec', 'selector');
  return ['Deployment', 'StatefulSet', 'DaemonSet'].flatMap((kind) =>
    world
      .all(kind, namespace)
      .filter((w) => matches(selector, new Map(pairs(w, 'spec', 'template', 'metadata', 'labels'))))
      .map((w) => refOf(kind, w)),
  );
}
