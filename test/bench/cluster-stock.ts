import { AppsV1Api, CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { arrive, serveProbe } from './cluster-probe.ts';

/* The stock informer, for the three kinds of which there is anything; without any rule. */

serveProbe((port) => {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'bench', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
    users: [{ name: 'bench' }],
    contexts: [{ name: 'bench', cluster: 'bench', user: 'bench' }],
    currentContext: 'bench',
  });
  const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
  return async () => {
    const pods = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
    pods.on('update', (pod) => arrive(pod.status?.containerStatuses?.[0]?.state?.waiting?.message ?? ''));
    const others = [
      makeInformer(config, '/apis/apps/v1/deployments', () => apps.listDeploymentForAllNamespaces()),
      makeInformer(config, '/apis/apps/v1/replicasets', () => apps.listReplicaSetForAllNamespaces()),
    ];
    await Promise.all([pods.start(), ...others.map((informer) => informer.start())]);
  };
});
