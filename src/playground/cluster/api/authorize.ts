import { at, type Fields, isFields, type Json, listOf, textOf } from '../json.ts';
import type { Registry } from '../registry.ts';
import type { Store } from '../store.ts';
import type { KubeObject, User } from '../types.ts';

/** What somebody wants to do; `resource` with its subresource as `pods/log`. */
export type Attempt = {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
};
export type NonResource = { readonly verb: string; readonly path: string };

const has = (list: Json | undefined, ...values: readonly string[]): boolean =>
  listOf(list).some((one) => one === '*' || values.includes(textOf(one)));

function allows(rule: Json, { verb, group, resource, name }: Attempt): boolean {
  const [main = '', sub] = resource.split('/');
  const names = listOf(at(rule, 'resourceNames'));
  return (
    has(at(rule, 'verbs'), verb) &&
    has(at(rule, 'apiGroups'), group) &&
    listOf(at(rule, 'resources')).some(
      (one) => one === '*' || one === resource || (sub !== undefined && (one === `*/${sub}` || one === `${main}/*`)),
    ) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

const isSubject = (subject: Json, user: User): boolean => {
  const name = textOf(at(subject, 'name'));
  const kinds: Readonly<Record<string, () => boolean>> = {
    User: () => name === user.name,
    Group: () => user.groups.includes(name),
    ServiceAccount: () => user.name === `system:serviceaccount:${textOf(at(subject, 'namespace'))}:${name}`,
  };
  return kinds[textOf(at(subject, 'kind'))]?.() ?? false;
};

/** RBAC, by the Roles and bindings that are in the cluster. */
export function createAuthorizer(store: Store, registry: Registry) {
  const list = (plural: string, namespace?: string) => store.list(registry.named(plural), namespace);

  function rulesOf(binding: KubeObject): readonly Json[] {
    const ref = binding.roleRef as Fields;
    const name = textOf(at(ref, 'name'));
    const role =
      at(ref, 'kind') === 'ClusterRole'
        ? store.get(registry.named('clusterroles'), undefined, name)
        : store.get(registry.named('roles'), binding.metadata.namespace, name);
    return listOf(role?.rules as Json | undefined);
  }

  /** All rules that hold for somebody in a namespace. */
  function rules(user: User, namespace: string | undefined): readonly { readonly rule: Json; readonly by: string }[] {
    const bindings = [
      ...list('clusterrolebindings').map((binding) => ({ binding, kind: 'ClusterRoleBinding' })),
      ...(namespace ? list('rolebindings', namespace).map((binding) => ({ binding, kind: 'RoleBinding' })) : []),
    ];
    return bindings
      .filter(({ binding }) => listOf(binding.subjects as Json | undefined).some((one) => isSubject(one, user)))
      .flatMap(({ binding, kind }) => {
        const role = `${textOf(at(binding.roleRef as Fields, 'kind'))} "${textOf(at(binding.roleRef as Fields, 'name'))}"`;
        const name = kind === 'RoleBinding' ? `${binding.metadata.name}/${namespace}` : binding.metadata.name;
        return rulesOf(binding).map((rule) => ({ rule, by: `RBAC: allowed by ${kind} "${name}" of ${role}` }));
      });
  }

  return {
    rules,
    /** Why it is allowed; undefined when it is not. */
    may(user: User, attempt: Attempt): string | undefined {
      if (user.groups.includes('system:masters')) return '';
      return rules(user, attempt.namespace).find(({ rule }) => allows(rule, attempt))?.by;
    },
    mayReach(user: User, { verb, path }: NonResource): boolean {
      if (user.groups.includes('system:masters')) return true;
      return rules(user, undefined).some(
        ({ rule }) =>
          has(at(rule, 'verbs'), verb) &&
          listOf(at(rule, 'nonResourceURLs')).some(
            (one) =>
              one === '*' || one === path || (textOf(one).endsWith('*') && path.startsWith(textOf(one).slice(0, -1))),
          ),
      );
    },
  };
}
export type Authorizer = ReturnType<typeof createAuthorizer>;

/** `pods "web" is forbidden: User "dana" cannot delete resource "pods" in API group "" in the namespace "default"`. */
export function refusal(user: User, { verb, group, resource, namespace }: Attempt): string {
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  return `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
}

export const attemptOf = (attributes: Json | undefined): Attempt | undefined =>
  isFields(attributes)
    ? {
        verb: textOf(attributes.verb),
        group: textOf(attributes.group),
        resource: attributes.subresource
          ? `${textOf(attributes.resource)}/${textOf(attributes.subresource)}`
          : textOf(attributes.resource),
        namespace: textOf(attributes.namespace) || undefined,
        name: textOf(attributes.name) || undefined,
      }
    : undefined;
