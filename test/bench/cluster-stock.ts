import { AppsV1Api, CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { counts, sentIn } from './cluster-objects.ts';
import { probe, type Steady, type Synced } from './cluster-probe.ts';
import { serve } from './ipc.ts';

/* The stock informer, for the three kinds of which there is anything; without any rule. */

const arrived = new Map<number, number>();

serve({
  async sync(port: number): Promise<Synced> {
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'bench', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
      users: [{ name: 'bench' }],
      contexts: [{ name: 'bench', cluster: 'bench', user: 'bench' }],
      currentContext: 'bench',
    });
    const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
    const before = probe.heap();
    probe.reset();
    const cpuBefore = probe.cpu();
    const began = performance.now();
    const pods = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
    pods.on('update', (pod) => {
      const says = pod.status?.containerStatuses?.[0]?.state?.waiting?.message ?? '';
      for (const at of sentIn(says)) if (!arrived.has(at)) arrived.set(at, Date.now());
    });
    const others = [
      makeInformer(config, '/apis/apps/v1/deployments', () => apps.listDeploymentForAllNamespaces()),
      makeInformer(config, '/apis/apps/v1/replicasets', () => apps.listReplicaSetForAllNamespaces()),
    ];
    await Promise.all([pods.start(), ...others.map((informer) => informer.start())]);
    const seconds = (performance.now() - began) / 1000;
    const [peak, rss, gap] = [probe.peak(), probe.rss(), probe.gap()];
    const cpu = (probe.cpu() - cpuBefore) / 1000;
    return { seconds, cpu, peak, rss, gap, kept: probe.heap() - before, objects: counts.pods + 2 * counts.deployments };
  },
  async begin() {
    arrived.clear();
    probe.reset();
    return probe.cpu();
  },
  steady: (cpu: number): Steady => ({
    latencies: [...arrived].map(([at, now]) => now - at),
    gap: probe.gap(),
    gapP99: probe.gapP99(),
    cpu: probe.cpu() - cpu,
  }),
});
