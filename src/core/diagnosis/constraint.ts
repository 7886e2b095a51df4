import { code, type Text, text } from '../kernel/text.ts';
import { at, entry, list, type Obj, obj, str } from './read.ts';

/** What a SecurityContextConstraint of OpenShift does not allow: the field, as it is written there, and why. */
type Refusal = { readonly field: string; readonly container: string | undefined; readonly why: string };

const before =
  /[,\s] ?(?=(?:provider "?[\w.-]{1,253}"?: )?\.?(?:spec|containers|initContainers|pod)[.[])|, (?=provider )/;
const complaint =
  /^(?:provider "?[\w.-]{1,253}"?: )?\.?([\w.[\]/-]{1,300}): (?:Invalid value|Forbidden|Required value): ([\s\S]{1,300})$/;

/** Fields below which it does not matter what exactly is refused. */
const groups = ['capabilities', 'seccomp', 'volumes', 'seLinuxOptions'];

/** Those that are for the pod; that somebody may not use a constraint at all is said of each of them. */
export function refusalsIn(message: string, podSpec: Obj): readonly Refusal[] {
  const found = new Map<string, Refusal>();
  for (const part of message.replace(/^\[/, '').replace(/\]$/, '').split(before)) {
    const [, path, why = ''] = complaint.exec(part.trim().replace(/,$/, '')) ?? [];
    if (path === undefined || why.startsWith('not usable by')) continue;
    const [, where, i] = /(?:^|\.)(containers|initContainers)\[(\d{1,4})\]/.exec(path) ?? [];
    const container = where === undefined ? undefined : str(listOf(podSpec, where)[Number(i)], 'name');
    const last = path
      .replace(/\[[^\]]*\]/g, '')
      .split('.')
      .at(-1);
    const named = groups.find((group) => path.includes(group)) ?? last ?? path;
    found.set(`${named} ${container}`, { field: named, container, why: why.trim() });
  }
  return [...found.values()];
}
const listOf = (podSpec: Obj, where: string): readonly unknown[] => {
  const all = podSpec[where];
  return Array.isArray(all) ? all : [];
};

const value = (why: string): string =>
  (/^\[\]int64\{([^}]{1,100})\}/.exec(why)?.[1] ?? /^"?([^":\s]{1,100})"?:/.exec(why)?.[1] ?? '').trim();
const range = (why: string): Text => {
  const [, from, to] = /must be in the ranges: \[(\d{1,20}), (\d{1,20})\]/.exec(why) ?? [];
  return from === undefined ? text`` : text` (allowed are ${code(`${from}`)} to ${code(`${to}`)})`;
};

const words: Readonly<Record<string, (r: Refusal) => Text>> = {
  runAsUser: ({ why }) => text`it wants to run as the user ${code(value(why))}${range(why)}`,
  runAsNonRoot: () => text`it may run as root`,
  fsGroup: ({ why }) => text`its files are to belong to the group ${code(value(why))}${range(why)}`,
  supplementalGroups: ({ why }) => text`it wants to be in the group ${code(value(why))}${range(why)}`,
  privileged: () => text`it wants all rights over the machine (${code('privileged')})`,
  allowPrivilegeEscalation: () =>
    text`it may gain more rights than it started with (${code('allowPrivilegeEscalation')})`,
  capabilities: ({ why }) => text`it wants the special right ${code(value(why))} (${code('capabilities')})`,
  hostNetwork: () => text`it wants the network of the machine (${code('hostNetwork')})`,
  hostPID: () => text`it wants to see the processes of the machine (${code('hostPID')})`,
  hostIPC: () => text`it wants to share memory with the machine (${code('hostIPC')})`,
  hostPort: ({ why }) => text`it wants the port ${code(value(why))} of the machine (${code('hostPort')})`,
  volumes: ({ why }) => text`it uses a kind of volume that is not allowed (${code(value(why))})`,
  seLinuxOptions: () => text`it sets ${code('seLinuxOptions')}`,
  seccomp: () => text`it sets a ${code('seccompProfile')}`,
  readOnlyRootFilesystem: () => text`it may write to its own file system`,
};

export const inWords = (r: Refusal): Text =>
  entry(words, r.field)?.(r) ?? text`${code(r.field)} is not allowed (${r.why.slice(0, 120)})`;

/** What meets it: mostly to say nothing, so that the constraint sets what it likes. */
const mended: Readonly<Record<string, Obj>> = {
  runAsUser: { runAsUser: null },
  fsGroup: { fsGroup: null },
  supplementalGroups: { supplementalGroups: null },
  seLinuxOptions: { seLinuxOptions: null },
  seccomp: { seccompProfile: null },
  privileged: { privileged: false },
  allowPrivilegeEscalation: { allowPrivilegeEscalation: false },
  capabilities: { capabilities: { add: null } },
};

/** The part of a pod that meets all of them; nothing when one of them is of use to it, such as a folder of the machine. */
export function constraintPatch(refusals: readonly Refusal[], podSpec: Obj): Obj | undefined {
  let pod: Obj = {};
  const changed = new Map<string, Obj>();
  for (const { field, container } of refusals) {
    const body = entry(mended, field);
    const [key] = Object.keys(body ?? {});
    if (body === undefined || key === undefined) return undefined;
    const places = ['initContainers', 'containers'].flatMap((at) => list(podSpec, at));
    const one = places.find((c) => container !== undefined && c.name === container);
    const set = (o: unknown): boolean => at(o, 'securityContext', key) !== undefined;
    // What neither of them sets comes from elsewhere, such as the image.
    if (one !== undefined && (set(one) || body[key] === false))
      changed.set(container ?? '', { ...changed.get(container ?? ''), ...body });
    if (set(podSpec)) pod = { ...pod, ...body };
    else if (one === undefined || !(set(one) || body[key] === false)) return undefined;
  }
  const inPlace = (where: string) =>
    list(podSpec, where).flatMap((c) => {
      const securityContext = changed.get(str(c, 'name') ?? '');
      return securityContext === undefined ? [] : [{ name: c.name, securityContext }];
    });
  const [inits, mains] = [inPlace('initContainers'), inPlace('containers')];
  const patch = {
    ...(Object.keys(pod).length > 0 ? { securityContext: pod } : {}),
    ...(mains.length > 0 ? { containers: mains } : {}),
    ...(inits.length > 0 ? { initContainers: inits } : {}),
  };
  return Object.keys(obj({ patch }, 'patch')).length > 0 ? patch : undefined;
}
