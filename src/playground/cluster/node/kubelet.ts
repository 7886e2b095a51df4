import { withCondition } from '../controllers/condition.ts';
import { ended } from '../controllers/pods.ts';
import { type Controller, keyOf, self, type World } from '../controllers/runtime.ts';
import { at, type Fields, fieldsOf, type Json, listOf, textOf } from '../json.ts';
import { stamp } from '../names.ts';
import { badRequest } from '../status.ts';
import type { KubeObject } from '../types.ts';
import { notes } from './app.ts';
import { diskOf, missingConfig, missingVolume, outdated } from './config.ts';
import { advance } from './container.ts';
import { type Container, fresh } from './container-state.ts';
import { fullName, type Registries } from './images.ts';

type Running = {
  readonly ip: string;
  readonly startTime: string;
  readonly containers: Map<string, Container>;
  stopAt: number | undefined;
  complained: boolean;
};

const component = 'kubelet';

/** All nodes' kubelets: what they run, by pod. */
export function createKubelets({
  registries,
  down,
}: {
  readonly registries: Registries;
  readonly down: (node: string) => boolean;
}) {
  const running = new Map<string, Running>();
  const images = new Map<string, Set<string>>();
  /** Pods that wait for a ConfigMap, a Secret or a volume, or notice when theirs changes, by `namespace/name` of the pod. */
  const starved = new Set<string>();
  let addresses = 1;

  const controller: Controller = {
    name: component,
    watches: {
      pods: self,
      configmaps: ({ metadata }) => inNamespace(metadata.namespace),
      secrets: ({ metadata }) => inNamespace(metadata.namespace),
      persistentvolumeclaims: ({ metadata }) => inNamespace(metadata.namespace),
    },
    reconcile(namespace, name, world) {
      const pod = world.api.get('pods', namespace, name);
      if (!pod?.spec?.nodeName) {
        starved.delete(`${namespace}/${name}`);
        return undefined;
      }
      if (down(textOf(pod.spec.nodeName))) return undefined;
      if (pod.metadata.deletionTimestamp) return stop(pod, world);
      return ended(pod) ? undefined : run(pod, world);
    },
  };
  const inNamespace = (namespace: string | undefined): readonly string[] =>
    [...starved].filter((key) => key.startsWith(`${namespace}/`));

  function adopt(pod: KubeObject, world: World): Running {
    const known = running.get(pod.metadata.uid);
    if (known) return known;
    addresses += 1;
    const made: Running = {
      ip: `10.244.${(addresses >> 8) & 255}.${addresses & 255}`,
      startTime: stamp(world.now()),
      containers: new Map(),
      stopAt: undefined,
      complained: false,
    };
    running.set(pod.metadata.uid, made);
    return made;
  }
  const containerOf = (of: Running, name: string): Container => {
    const known = of.containers.get(name) ?? fresh();
    of.containers.set(name, known);
    return known;
  };

  function run(pod: KubeObject, world: World): number | undefined {
    const of = adopt(pod, world);
    const node = textOf(pod.spec?.nodeName);
    const now = world.now().getTime();
    const here = images.get(node) ?? new Set<string>();
    images.set(node, here);
    const say =
      (container: string, list = 'containers') =>
      (type: 'Normal' | 'Warning', reason: string, message: string) =>
        world.events(pod, type, reason, message, {
          component,
          host: node,
          ...(container ? { fieldPath: `spec.${list}{${container}}` } : {}),
        });
    const missing = missingVolume(world.api, pod);
    starved.delete(keyOf(pod));
    if (pod.metadata.annotations?.[notes.secret] !== undefined) starved.add(keyOf(pod));
    if (missing && ![...of.containers.values()].some((one) => one.step !== 'new')) {
      starved.add(keyOf(pod));
      if (missing.message) say('')('Warning', 'FailedMount', missing.message);
      write(pod, of, world, false);
      return missing.message ? world.times.imageBackOff : world.times.attach * 4;
    }
    if (!of.complained && listOf(pod.spec?.volumes).some((one) => at(one, 'persistentVolumeClaim') !== undefined)) {
      of.complained = true;
      const claim = listOf(pod.spec?.volumes).find((one) => at(one, 'persistentVolumeClaim') !== undefined);
      world.events(
        pod,
        'Normal',
        'SuccessfulAttachVolume',
        `AttachVolume.Attach succeeded for volume "${textOf(world.api.get('persistentvolumeclaims', pod.metadata.namespace, textOf(at(claim, 'persistentVolumeClaim', 'claimName')))?.spec?.volumeName)}" `,
        { component: 'attachdetach-controller' },
      );
    }
    const waits: number[] = [];
    const step = (spec: Fields, list: 'containers' | 'initContainers'): Container => {
      const container = containerOf(of, textOf(spec.name));
      const wait = advance(container, {
        pod,
        spec,
        now,
        times: world.times,
        ip: of.ip,
        registries,
        images: here,
        missingConfig: () => missingConfig(world.api, pod.metadata.namespace ?? '', spec),
        disk: () => diskOf(world.api, pod),
        outdated: () => outdated(world.api, pod),
        say: say(textOf(spec.name), list),
      });
      if (wait !== undefined) waits.push(wait);
      if (at(container.state, 'waiting', 'reason') === 'CreateContainerConfigError') starved.add(keyOf(pod));
      return container;
    };
    let initialized = true;
    for (const spec of listOf(pod.spec?.initContainers).map(fieldsOf)) {
      if (!initialized) break;
      const container = step(once(spec), 'initContainers');
      initialized =
        spec.restartPolicy === 'Always' ? container.started : at(container.state, 'terminated', 'exitCode') === 0;
    }
    if (initialized) for (const spec of listOf(pod.spec?.containers)) step(fieldsOf(spec), 'containers');
    write(pod, of, world, initialized);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }
  /** An init container runs to its end, whatever the pod does after that. */
  const once = (spec: Fields): Fields =>
    spec.restartPolicy === 'Always'
      ? spec
      : { ...spec, restartPolicy: 'OnFailure', command: spec.command ?? ['sh', '-c', 'exit 0'] };

  function stop(pod: KubeObject, world: World): number | undefined {
    const of = adopt(pod, world);
    const now = world.now().getTime();
    if (of.stopAt === undefined) {
      const grace = Number(pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
      of.stopAt = now + Math.min(grace, world.times.terminate);
      for (const spec of listOf(pod.spec?.containers)) {
        const name = textOf(at(spec, 'name'));
        if (of.containers.get(name)?.step === 'running')
          world.events(pod, 'Normal', 'Killing', `Stopping container ${name}`, {
            component,
            host: textOf(pod.spec?.nodeName),
            fieldPath: `spec.containers{${name}}`,
          });
      }
    }
    if (now < of.stopAt) return of.stopAt - now;
    running.delete(pod.metadata.uid);
    world.api.finish(pod);
    return undefined;
  }

  function write(pod: KubeObject, of: Running, world: World, initialized: boolean): void {
    const statuses = (list: 'containers' | 'initContainers'): readonly Fields[] =>
      listOf(pod.spec?.[list]).map((spec) =>
        containerStatus(fieldsOf(spec), of.containers.get(textOf(at(spec, 'name'))), initialized, list),
      );
    const main = statuses('containers');
    const inits = statuses('initContainers');
    const ready = initialized && main.every((one) => one.ready === true);
    const done =
      main.length > 0 &&
      main.every(
        (one) => at(one.state, 'terminated') !== undefined && of.containers.get(textOf(one.name))?.step === 'ended',
      );
    const failed = [...main, ...inits].some(
      (one) =>
        of.containers.get(textOf(one.name))?.step === 'ended' &&
        Number(at(one.state, 'terminated', 'exitCode') ?? 0) !== 0,
    );
    const initFailed = inits.some(
      (one) =>
        of.containers.get(textOf(one.name))?.step === 'ended' &&
        Number(at(one.state, 'terminated', 'exitCode') ?? 0) !== 0,
    );
    const begun = [...of.containers.values()].some((one) => one.startedAt > 0);
    const phase = done || initFailed ? (failed ? 'Failed' : 'Succeeded') : initialized && begun ? 'Running' : 'Pending';
    const now = world.now();
    const names = main.filter((one) => one.ready !== true).map((one) => textOf(one.name));
    const unready = {
      reason: done ? 'PodCompleted' : 'ContainersNotReady',
      ...(done ? {} : { message: `containers with unready status: [${names.join(' ')}]` }),
    };
    const set = (
      list: Json | undefined,
      type: string,
      ok: boolean,
      why: { readonly reason: string; readonly message?: string },
    ): readonly Json[] =>
      withCondition(list, { type, status: ok ? 'True' : 'False', ...(ok ? {} : why) }, now, {
        lastProbeTime: null,
        observedGeneration: pod.metadata.generation ?? 1,
      });
    let conditions: Json | undefined = pod.status?.conditions;
    conditions = set(conditions, 'PodReadyToStartContainers', of.containers.size > 0, { reason: '' });
    conditions = set(conditions, 'Initialized', initialized || inits.length === 0, {
      reason: 'ContainersNotInitialized',
      message: `containers with incomplete status: [${inits
        .filter((one) => one.ready !== true)
        .map((one) => textOf(one.name))
        .join(' ')}]`,
    });
    conditions = set(conditions, 'Ready', ready && !done, unready);
    conditions = set(conditions, 'ContainersReady', ready && !done, unready);
    const tidy = conditions.map((one) =>
      Object.fromEntries(Object.entries(fieldsOf(one)).filter(([, value]) => value !== '')),
    );
    world.status(
      'pods',
      pod,
      {
        ...fieldsOf(pod.status),
        observedGeneration: pod.metadata.generation ?? 1,
        phase,
        conditions: tidy,
        hostIP: hostIp(textOf(pod.spec?.nodeName), world),
        ...(of.containers.size > 0 ? { podIP: of.ip, podIPs: [{ ip: of.ip }] } : {}),
        startTime: of.startTime,
        ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
        containerStatuses: main,
      },
      component,
    );
  }

  /** What a person reads by `kubectl logs`. */
  function logs(pod: KubeObject, name: string, query: URLSearchParams): string {
    const container = running.get(pod.metadata.uid)?.containers.get(name);
    const state = fieldsOf(at(container?.state, 'waiting'));
    if (query.get('previous') === 'true') {
      const before = container?.step === 'restarting' ? container.log : container?.previous;
      if (!before) throw badRequest(`previous terminated container "${name}" in pod "${pod.metadata.name}" not found`);
      return lines(before, query);
    }
    if (!container || (container.startedAt === 0 && container.log.length === 0)) {
      const why = /ImagePull|InvalidImage/.test(textOf(state.reason))
        ? 'trying and failing to pull image'
        : textOf(state.reason) || 'ContainerCreating';
      throw badRequest(`container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${why}`);
    }
    return lines(container.log, query);
  }

  return { controller, logs, pods: (): readonly string[] => [...running.keys()] };
}

function lines(log: readonly string[], query: URLSearchParams): string {
  const tail = query.get('tailLines');
  const shown = tail === null ? log : log.slice(-Number(tail) || log.length);
  const stamps = query.get('timestamps') === 'true';
  return shown.map((line) => `${stamps ? line : line.slice(line.indexOf(' ') + 1)}\n`).join('');
}

const hostIp = (node: string, world: World): string =>
  textOf(at(listOf(world.api.get('nodes', undefined, node)?.status?.addresses)[0], 'address'));

function containerStatus(spec: Fields, container: Container | undefined, initialized: boolean, list: string): Fields {
  const image = textOf(spec.image);
  const waiting = {
    waiting: { reason: initialized || list === 'initContainers' ? 'ContainerCreating' : 'PodInitializing' },
  };
  const state =
    container === undefined || (container.step === 'new' && container.restarts === 0) ? waiting : container.state;
  const isInit = list === 'initContainers' && spec.restartPolicy !== 'Always';
  return {
    name: textOf(spec.name),
    state,
    lastState: container?.last ?? {},
    ready: isInit ? at(state, 'terminated', 'exitCode') === 0 : (container?.ready ?? false),
    restartCount: container?.restarts ?? 0,
    image: fullName(image),
    imageID: container?.id ? `${fullName(image).split(':')[0]}@sha256:${container.id.slice(-64)}` : '',
    ...(container?.id ? { containerID: container.id } : {}),
    started: container?.started ?? false,
  };
}
