import { afterAll, expect, test } from 'vitest';
import { tellWhatComes } from '../../src/actions/helm/coming.ts';
import { type Api, createApi } from '../../src/actions/kubernetes/api.ts';
import { createStory } from '../../src/actions/story.ts';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { createCluster } from '../../src/playground/cluster/index.ts';
import { virtualClock } from '../support/clock.ts';

const time = virtualClock();
// Without its controllers nothing ever becomes ready that has to become so.
const cluster = createCluster({ clock: time, controllers: false });
await cluster.listen();
afterAll(() => cluster.close());

const manifest = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
`;

test('what was ready once is not asked for again while Helm waits', async () => {
  cluster.objects.create('configmaps', { metadata: { name: 'settings', namespace: 'default' } });
  const spec = {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web' }] } },
  };
  cluster.objects.create('deployments.apps', { metadata: { name: 'web', namespace: 'default' }, spec });
  const clock = {
    now: time.now,
    after(_: number, run: () => void) {
      const soon = setImmediate(run);
      return () => clearImmediate(soon);
    },
  };
  const real = createApi(() => readKubeconfig(undefined, { text: cluster.kubeconfig() }), clock);
  const over = new AbortController();
  const asked: string[] = [];
  const api: Api = async (call, patience) => {
    const name = call.path.split('/').at(-1) ?? '';
    if (['settings', 'web'].includes(name)) asked.push(name);
    if (asked.filter((one) => one === 'web').length === 3) over.abort();
    return real(call, patience);
  };
  const said: (string | undefined)[] = [];
  const story = createStory(['Install'], time, (progress) => said.push(progress.steps[0]?.note));
  story.begin('Install');
  await tellWhatComes({ api, clock, namespace: 'default', manifest: async () => manifest }, story, over.signal);
  expect(asked).toEqual(['settings', 'web', 'web', 'web']);
  expect(said.at(-1)).toMatch(/^Deployment default\/web.* \(1 of 2 ready\)$/);
});
