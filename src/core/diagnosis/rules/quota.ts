import { code, text } from '../../kernel/text.ts';
import { type AdmissionRule, type Denied, refuses } from '../denial.ts';
import { describe, kubectl, patchContainer, patchPods, run } from '../fixes.ts';
import { amount, enoughOf, quantity } from '../quantity.ts';
import { countedIn } from '../quotas.ts';
import { entry, list, type Obj, scalar, str } from '../read.ts';
import { makeRoom } from '../surge.ts';
import type { Fix } from '../verdict.ts';
import { containersOf, type Workload } from '../workloads.ts';

/** `requests.cpu=2,pods=1` as a map. */
const amounts = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(',').flatMap((part) => {
      const [key, value] = part.trim().split('=');
      return key === undefined || value === undefined ? [] : [[key, value.trim()] as const];
    }),
  );

const defaults: Readonly<Record<string, string>> = { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '1Gi' };

export const quotaRules: readonly AdmissionRule[] = [
  {
    code: 'quota-exceeded',
    title: 'The quota of the namespace is used up',
    example:
      'exceeded quota: compute, requested: requests.memory=256Mi, used: requests.memory=4Gi, limited: requests.memory=4Gi',
    remedy: 'Ask for less, scale something down, or have the quota raised',
    match: /exceeded quota: ([^,\s]{1,253}), requested: ([^:]{1,1000}), used: ([^:]{1,1000}), limited: ([^\n]{1,1000})/,
    say: (x) => {
      const [, quota = '', requested = '', used = '', limited = ''] = x.m;
      const [[over, ask] = ['', ''], ...more] = [...amounts(requested)];
      const counted = countedIn(x.world.get('ResourceQuota', x.w.ref.namespace, quota));
      const [have, cap] = [amounts(used).get(over) ?? '?', amounts(limited).get(over) ?? '?'];
      return {
        summary: refuses(
          x,
          text`the quota ${code(quota)} of the namespace is used up: it asks for ${code(`${over} ${ask}`)}, ${code(have)} of ${code(cap)} ${have === '1' ? 'is' : 'are'} in use${counted === undefined ? '' : ` (${counted})`}.`,
        ),
        upstream: { kind: 'ResourceQuota', namespace: x.w.ref.namespace, name: quota },
        together: text`The quota ${code(quota)} of ${code(x.w.ref.namespace)} is used up (${code(over)}: ${code(have)} of ${code(cap)}), so nothing new can start there.`,
        fixes: [
          ...(more.length === 0 ? lower(x, over, ask, have, cap) : []),
          ...makeRoom(x.w),
          describe({ kind: 'ResourceQuota', namespace: x.w.ref.namespace, name: quota }, 'See what uses the quota'),
        ],
      };
    },
  },
  {
    code: 'quota-needs-limits',
    title: 'The quota demands that limits are set',
    example: 'failed quota: compute: must specify limits.cpu for: shop; limits.memory for: shop',
    remedy: 'Set the missing requests and limits',
    rollback: true,
    match: /failed quota: ([^:\s]{1,253}): must specify ([^\n]{1,2000})/,
    say: (x) => {
      const [, quota = '', rest = ''] = x.m;
      const missing = rest.split(';').flatMap((part) => {
        const [, what = '', names] =
          /^\s*((?:limits|requests)\.[\w./-]{1,100}|cpu|memory)(?: for: ([^\n]{1,500}))?/.exec(part) ?? [];
        // Older clusters list the fields only; then they are missing somewhere in every container.
        const containers =
          names?.split(',').map((n) => n.trim()) ?? containersOf(x.w.podSpec).flatMap((c) => str(c, 'name') ?? []);
        return what === '' ? [] : [{ what: what.includes('.') ? what : `requests.${what}`, containers }];
      });
      return {
        summary: refuses(
          x,
          text`the quota ${code(quota)} of the namespace demands ${code(missing.map((m) => m.what).join(', '))}, which it does not set.`,
        ),
        fixes: settings(x.w, missing),
      };
    },
  },
  {
    code: 'quota-scope-missing',
    title: 'The namespace has no quota for its priority class',
    example:
      'insufficient quota to match these scopes: [{PriorityClass In [system-node-critical system-cluster-critical]}]',
    remedy: 'Use another priority class, or have a quota for it made in this namespace',
    rollback: true,
    match: /insufficient quota to match these scopes: \[([^\n]{1,500})\]/,
    say: (x) => {
      const name = str(x.w.podSpec, 'priorityClassName');
      return {
        summary: refuses(
          x,
          name === undefined
            ? text`this cluster takes such pods only where a quota of the namespace counts them, and ${code(x.w.ref.namespace)} has none (${x.m[1] ?? ''}).`
            : text`this cluster takes pods of the priority class ${code(name)} only where a quota of the namespace counts them, and ${code(x.w.ref.namespace)} has none.`,
        ),
        fixes: [
          ...(name === undefined ? [] : [patchPods('Name no priority class', x.w, { priorityClassName: null })]),
          run('look', 'See which quotas there are', kubectl(x.w.ref.namespace, 'get', 'resourcequotas')),
        ],
      };
    },
  },
];

/** When all that are missing would fit with a little less, and one container alone asks, the patch that makes them fit. */
function lower(x: Denied, over: string, ask: string, have: string, cap: string): readonly Fix[] {
  const [, kind, resource] = /^(requests|limits)\.(cpu|memory)$/.exec(over) ?? [];
  if (kind === undefined || resource === undefined) return [];
  const missing = x.w.old.length > 0 ? 1 : Math.max(1, x.w.desired - x.w.pods.length);
  const less = amount(resource, Math.max(0, (quantity(cap) ?? 0) - (quantity(have) ?? 0)) / missing);
  const of = (c: Obj, part: string) => quantity(scalar(c, 'resources', part, resource));
  const only = list(x.w.podSpec, 'containers').find((c) => of(c, kind) === quantity(ask));
  // A limit below its own request is refused.
  const least = kind === 'limits' && only !== undefined ? (of(only, 'requests') ?? 0) : 0;
  if (only === undefined || !enoughOf(less, ask) || (quantity(less) ?? 0) < least) return [];
  return [
    patchContainer(
      `Ask for ${less}, which is left`,
      x.w,
      { name: str(only, 'name') ?? '' },
      { resources: { [kind]: { [resource]: less } } },
    ),
  ];
}

function settings(w: Workload, missing: readonly { what: string; containers: readonly string[] }[]): readonly Fix[] {
  const names = [...new Set(missing.flatMap((m) => m.containers))];
  return names.map((name) => {
    const parts = missing
      .filter((m) => m.containers.includes(name))
      .map((m) => m.what.split(/\.(.*)/s) as [string, string]);
    const init = list(w.podSpec, 'initContainers').some((c) => c.name === name);
    const container = containersOf(w.podSpec).find((c) => c.name === name);
    const of = (part: string) => {
      const values = parts
        .filter(([p]) => p === part)
        .map(([, resource]) => {
          // A limit below what it asks for would be refused.
          const asked = part === 'limits' ? scalar(container, 'resources', 'requests', resource) : undefined;
          const usual = entry(defaults, resource) ?? '1';
          return [resource, (quantity(asked) ?? 0) > (quantity(usual) ?? 0) ? asked : usual] as const;
        });
      return values.length === 0 ? {} : { [part]: Object.fromEntries(values) };
    };
    return patchContainer(
      `Set the missing amounts of ${name}`,
      w,
      { name, ...(init ? { role: 'init' } : {}) },
      { resources: { ...of('requests'), ...of('limits') } },
    );
  });
}
