import type { Clock } from '../../../src/actions/clock.ts';
import { kubernetes } from '../../../src/actions/kubernetes/backend.ts';
import { readKubeconfig } from '../../../src/cluster/kubeconfig.ts';
import { type ClusterOptions, createCluster } from '../../../src/playground/cluster/index.ts';
import { virtualClock } from '../../support/clock.ts';

/** Longer than any pause between two looks or tries, shorter than what a run may take as a whole. */
const longestPauseMs = 120_000;

/**
 * The playground's cluster and the backend that works in it. Time stands still while either works, and goes on while the
 * backend waits, by as much as it waits for: so however slow the machine is, as much happens between two looks.
 */
export async function openInStep(options: Partial<ClusterOptions> = {}) {
  const time = virtualClock();
  const cluster = createCluster({ clock: time, ...options });
  await cluster.listen();
  let passing = Promise.resolve();
  const clock: Clock = {
    now: time.now,
    after(ms, run) {
      const cancel = time.after(ms, run);
      if (ms <= longestPauseMs) passing = passing.then(() => time.pass(ms));
      return cancel;
    },
  };
  const access = () => readKubeconfig(undefined, { text: cluster.kubeconfig() });
  return { cluster, backend: kubernetes({ clock, access }) };
}
