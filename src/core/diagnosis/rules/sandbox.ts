import { code, text } from '../../kernel/text.ts';
import { deletePods, describe } from '../fixes.ts';
import { eventEvidence, said } from '../pods.ts';
import type { Family, PodRule } from '../rule.ts';
import type { Ref } from '../verdict.ts';

type SandboxRule = Omit<PodRule, 'about' | 'find' | 'reads'> & {
  readonly match: RegExp;
  readonly because: string;
  readonly together: string;
  readonly unclear?: true;
};

/** The pod's own network could not be made: that is the machine, or the network of the cluster. */
const sandboxRule = ({ match, because, together, unclear, ...rule }: SandboxRule): PodRule => ({
  ...rule,
  about: 'pod',
  reads: ['Event FailedCreatePodSandBox'],
  find: (pod, w) => {
    const event = said(pod.events, 'FailedCreatePodSandBox', match);
    if (event === undefined || pod.phase !== 'Pending' || pod.age < 60 || pod.prepared) return undefined;
    if (
      pod.containers.some(
        (c) => c.restarts > 0 || !['', 'ContainerCreating', 'PodInitializing'].includes(c.waiting.reason),
      )
    )
      return undefined;
    const node: Ref = { kind: 'Node', namespace: '', name: pod.node ?? '' };
    return {
      summary: text`${code(w.ref.name)} can’t start on the machine ${code(node.name)}: ${because}.`,
      evidence: [eventEvidence(pod.ref, event)],
      ...(unclear ? { confidence: 'unclear' as const } : {}),
      upstream: node,
      together: text`The machine ${code(node.name)} can’t start new pods: ${together}.`,
      symptomOf: [node],
      fixes: [...deletePods('Let the pod start elsewhere', w, [pod.o]), describe(node)],
    };
  },
});

const rules: readonly PodRule[] = [
  sandboxRule({
    code: 'ip-addresses-exhausted',
    title: 'The machine has no IP address left',
    example: 'failed to assign an IP address to container',
    remedy: 'Enlarge the subnet or the range of the machine; fewer pods on it help for now',
    match:
      /failed to assign an IP address|no (?:available )?IP addresses|IPs? (?:are )?exhausted|no free IP|range set.{0,100}full|range is full|no more free addresses/i,
    because: 'no IP address is left for it there',
    together: 'no IP address is left there',
  }),
  sandboxRule({
    code: 'runtime-not-installed',
    title: 'The machine does not have the container runtime that its runtime class names',
    example: 'failed to get sandbox runtime: no runtime for "gvisor" is configured',
    remedy: 'Use another runtime class, or let it run only on machines that have this one',
    match: /no runtime for "[^"]{1,253}" is configured|runtime handler .{0,253}not (?:supported|found)/i,
    because: 'the container runtime that its runtime class names is not installed there',
    together: 'the container runtime that they ask for is not installed there',
  }),
  sandboxRule({
    code: 'network-plugin-failed',
    title: 'The network plugin of the machine fails',
    example: 'plugin type="calico" failed (add): …; or: cni config uninitialized',
    remedy: 'Whoever runs the cluster has to look at the network plugin on that machine',
    match: /cni|network|plugin/i,
    because: 'the network plugin there fails',
    together: 'the network plugin there fails',
  }),
  sandboxRule({
    code: 'sandbox-failed',
    title: 'The machine cannot make a place for the pod',
    example: 'Failed to create pod sandbox: rpc error: …',
    remedy: 'Read the quoted message; let the pod start elsewhere',
    match: /(?:)/,
    because: 'its message, which we do not recognise, is quoted',
    together: 'its message, which we do not recognise, is quoted',
    unclear: true,
  }),
];

export const sandbox: Family = { stage: 'sandbox', title: 'Network of the pod', rules };
