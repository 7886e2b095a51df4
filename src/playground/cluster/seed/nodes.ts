import type { Fields } from '../json.ts';
import { stamp } from '../names.ts';

export type NodeShape = {
  readonly name: string;
  readonly cpu: number;
  /** In Gi. */
  readonly memory: number;
  readonly gpus?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Fields[];
};

const usual = (index: number): NodeShape => ({ name: `node-${index}`, cpu: 8, memory: 32 });
export const someNodes = (count: number): readonly NodeShape[] => Array.from({ length: count }, (_, i) => usual(i + 1));

export function nodeOf(
  { name, cpu, memory, gpus = 0, labels = {}, taints = [] }: NodeShape,
  index: number,
  now: Date,
): { readonly spec: Fields; readonly status: Fields } {
  const capacity = {
    cpu: String(cpu),
    memory: `${memory}Gi`,
    pods: '110',
    'ephemeral-storage': '100Gi',
    ...(gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {}),
  };
  return {
    spec: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'topology.kubernetes.io/zone': `eu-west-1${'abc'[index % 3]}`,
          'node.kubernetes.io/instance-type': gpus > 0 ? 'gpu.xlarge' : 'standard.2xlarge',
          ...labels,
        },
      },
      spec: {
        podCIDR: `10.244.${index}.0/24`,
        podCIDRs: [`10.244.${index}.0/24`],
        ...(taints.length > 0 ? { taints } : {}),
      },
    },
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address: `10.0.0.${10 + index}` },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
        ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
        ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
        ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
      ].map(([type, status, reason, message]) => ({
        type,
        status,
        reason,
        message,
        lastHeartbeatTime: stamp(now),
        lastTransitionTime: stamp(now),
      })) as Fields[],
      nodeInfo: {
        machineID: name,
        systemUUID: name,
        bootID: name,
        kernelVersion: '6.12.0',
        osImage: 'Debian GNU/Linux 13 (trixie)',
        containerRuntimeVersion: 'containerd://2.1.4',
        kubeletVersion: 'v1.34.2',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}
