import { condition, instant, list, num, type Obj, obj, str } from './read.ts';
import { age, created, type Event, refOf, type World } from './snapshot.ts';
import type { Evidence, Ref } from './verdict.ts';

/** `sidecar` is an init container that is meant to go on running. */
export type Role = 'main' | 'init' | 'sidecar';

export type Container = {
  readonly name: string;
  readonly role: Role;
  readonly spec: Obj;
  readonly status: Obj;
  /** Where its status stands, such as `status.containerStatuses[app]`. */
  readonly path: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly waiting: { readonly reason: string; readonly message: string };
  /** The end of this run or, when it has started again, of the one before. */
  readonly ended?: End;
};

export type End = {
  readonly path: string;
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly at: number | undefined;
  /** It has not been started again since. */
  readonly now: boolean;
};

export type Pod = {
  readonly o: Obj;
  readonly ref: Ref;
  readonly spec: Obj;
  readonly phase: string;
  readonly node: string | undefined;
  readonly containers: readonly Container[];
  readonly events: readonly Event[];
  /** In seconds, since it was created. */
  readonly age: number;
  readonly ready: boolean;
  readonly leaving: boolean;
  /** Its volumes are mounted and its network is there: what failed of them on the way is past. */
  readonly prepared: boolean;
};

/** Whether an init container goes on running beside the others. */
export const isSidecar = (c: Obj): boolean => str(c, 'restartPolicy') === 'Always';

/** Debug containers are not looked at: whoever attached one sees it fail. */
const places = [
  { statuses: 'initContainerStatuses', specs: 'initContainers' },
  { statuses: 'containerStatuses', specs: 'containers' },
] as const;

export function podOf(o: Obj, world: World): Pod {
  return {
    o,
    ref: refOf('Pod', o),
    spec: obj(o, 'spec'),
    phase: str(o, 'status', 'phase') ?? '',
    node: str(o, 'spec', 'nodeName'),
    containers: places.flatMap(({ statuses, specs }) =>
      list(o, 'status', statuses).map((status) => containerOf(status, statuses, list(o, 'spec', specs))),
    ),
    events: world.events('Pod', o),
    age: age(world, created(o)),
    ready: condition(o, 'Ready')?.status === 'True',
    prepared: condition(o, 'PodReadyToStartContainers')?.status === 'True',
    leaving: instant(o, 'metadata', 'deletionTimestamp') !== undefined,
  };
}

function containerOf(status: Obj, statuses: string, specs: readonly Obj[]): Container {
  const name = str(status, 'name') ?? '';
  const spec = specs.find((s) => s.name === name) ?? {};
  const path = `status.${statuses}[${name}]`;
  const ended = endOf(status, 'state', path) ?? endOf(status, 'lastState', path);
  return {
    name,
    role: statuses === 'containerStatuses' ? 'main' : isSidecar(spec) ? 'sidecar' : 'init',
    spec,
    status,
    path,
    ready: status.ready === true,
    restarts: num(status, 'restartCount') ?? 0,
    waiting: {
      reason: str(status, 'state', 'waiting', 'reason') ?? '',
      message: str(status, 'state', 'waiting', 'message') ?? '',
    },
    ...(ended === undefined ? {} : { ended }),
  };
}

function endOf(status: Obj, state: 'state' | 'lastState', path: string): End | undefined {
  const end = obj(status, state, 'terminated');
  const code = num(end, 'exitCode');
  if (code === undefined) return undefined;
  return {
    path: `${path}.${state}.terminated`,
    code,
    reason: str(end, 'reason') ?? '',
    message: str(end, 'message') ?? '',
    at: instant(end, 'finishedAt'),
    now: state === 'state',
  };
}

/** In words, since only the main container is what people call the application. */
export const called = (c: Container): string =>
  ({ main: 'container', init: 'init container', sidecar: 'sidecar container' })[c.role];

export const waitingEvidence = (pod: Pod, c: Container): readonly Evidence[] => [
  { on: pod.ref, path: `${c.path}.state.waiting.reason`, says: c.waiting.reason },
  ...(c.waiting.message === ''
    ? []
    : [{ on: pod.ref, path: `${c.path}.state.waiting.message`, says: c.waiting.message }]),
];

export const endEvidence = (pod: Pod, end: End): readonly Evidence[] => [
  ...(end.code === -1 ? [] : [{ on: pod.ref, path: `${end.path}.exitCode`, says: String(end.code) }]),
  ...(end.reason === '' ? [] : [{ on: pod.ref, path: `${end.path}.reason`, says: end.reason }]),
  ...(end.message === '' ? [] : [{ on: pod.ref, path: `${end.path}.message`, says: end.message }]),
];

export const eventEvidence = (about: Ref, event: Event): Evidence => ({
  on: about,
  path: `Event ${event.reason}`,
  says: event.message,
});

/** The newest event with this reason whose message matches: later, emptier ones do not hide it. */
export const said = (events: readonly Event[], reason: string, pattern = /(?:)/): Event | undefined =>
  events.find((e) => e.reason === reason && pattern.test(e.message));

/** Its machine stopped it when the time was over that the pod itself may take. */
export const outOfTime = (pod: Pod): boolean =>
  pod.phase === 'Failed' && str(pod.o, 'status', 'reason') === 'DeadlineExceeded';
