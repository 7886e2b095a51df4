import { entry, list, num, type Obj, obj, str, strings } from './read.ts';
import { containersOf } from './workloads.ts';

type Scope = { readonly name: string; readonly operator: string; readonly values: readonly string[] };

const scopesOf = (quota: Obj): readonly Scope[] => [
  ...strings(quota, 'spec', 'scopes').map((name) => ({ name, operator: 'Exists', values: [] })),
  ...list(quota, 'spec', 'scopeSelector', 'matchExpressions').map((e) => ({
    name: str(e, 'scopeName') ?? '',
    operator: str(e, 'operator') ?? 'Exists',
    values: strings(e, 'values'),
  })),
];

/** Nothing is asked for and nothing is limited, in any container. */
const bestEffort = (podSpec: Obj): boolean =>
  [podSpec, ...containersOf(podSpec)].every((c) =>
    ['requests', 'limits'].every((part) =>
      ['cpu', 'memory'].every((resource) => [undefined, '0', 0].includes(obj(c, 'resources', part)[resource] as never)),
    ),
  );
const terminating = (podSpec: Obj): boolean => (num(podSpec, 'activeDeadlineSeconds') ?? -1) >= 0;

const tests: Readonly<Record<string, (podSpec: Obj, scope: Scope) => boolean>> = {
  BestEffort: bestEffort,
  NotBestEffort: (podSpec) => !bestEffort(podSpec),
  Terminating: terminating,
  NotTerminating: (podSpec) => !terminating(podSpec),
  PriorityClass: (podSpec, { operator, values }) => {
    const name = str(podSpec, 'priorityClassName');
    if (operator === 'In') return name !== undefined && values.includes(name);
    if (operator === 'NotIn') return name === undefined || !values.includes(name);
    return (operator === 'Exists') === (name !== undefined);
  },
};

/** Whether a quota counts pods of this kind: one with scopes counts those only that all of them mean. */
export const counts = (quota: Obj, podSpec: Obj): boolean =>
  scopesOf(quota).every((scope) => {
    const test = entry(tests, scope.name);
    return test?.(podSpec, scope) ?? false;
  });

/** Whether it counts anything but some pods. */
export const countsAll = (quota: Obj): boolean => scopesOf(quota).length === 0;

const meant: Readonly<Record<string, string>> = {
  BestEffort: 'that ask for nothing and limit nothing (BestEffort)',
  NotBestEffort: 'that ask for something (NotBestEffort)',
  Terminating: 'with a deadline, such as those of jobs (Terminating)',
  NotTerminating: 'without a deadline (NotTerminating)',
  CrossNamespacePodAffinity: 'that want to be near pods of other namespaces (CrossNamespacePodAffinity)',
};

/** Whose pods a quota counts, when not all. */
export function countedIn(quota: Obj | undefined): string | undefined {
  if (quota === undefined || countsAll(quota)) return undefined;
  const words = scopesOf(quota).map(({ name, operator, values }) =>
    name !== 'PriorityClass'
      ? (entry(meant, name) ?? `of the scope ${name}`)
      : ({
          In: `of the priority class ${values.join(' or ')}`,
          NotIn: `of other priority classes than ${values.join(' and ')}`,
          Exists: 'with a priority class',
          DoesNotExist: 'without a priority class',
        }[operator] ?? 'of some priority classes'),
  );
  return `it counts only pods ${words.join(' and ')}`;
}
