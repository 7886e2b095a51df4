import { list, type Obj, str } from './read.ts';

/** What can be set right by a patch: the complaint of the Pod Security check, and the part of securityContext that meets it. */
const container: readonly (readonly [RegExp, Obj])[] = [
  [/allowPrivilegeEscalation != false/, { allowPrivilegeEscalation: false }],
  [/unrestricted capabilities/, { capabilities: { drop: ['ALL'] } }],
  [/non-default capabilities/, { capabilities: { add: null } }],
  [/runAsNonRoot != true/, { runAsNonRoot: true }],
  [/seccompProfile/, { seccompProfile: { type: 'RuntimeDefault' } }],
  [/privileged \(/, { privileged: false }],
  [/runAsUser=0/, { runAsUser: 10_001 }],
];

/** What belongs to the pod, and is not given up without knowing why it is there. */
const byHand = [
  /host namespaces/,
  /hostPath volumes/,
  /hostPort/,
  /restricted volume types/,
  /seLinuxOptions/,
  /procMount/,
  /forbidden sysctls/,
];

/** Containers that a complaint names: `containers "a", "b"` or `container "a"`. */
const named = (complaint: string): readonly string[] =>
  [...(/\bcontainers? ((?:"[^"]{1,253}"(?:, )?)+)/.exec(complaint)?.[1]?.matchAll(/"([^"]{1,253})"/g) ?? [])].map(
    (m) => m[1] ?? '',
  );

export function podSecurityPatch(
  complaints: string,
  podSpec: Obj,
): { readonly podSpec: Obj; readonly unmended: readonly string[] } {
  const parts = complaints.split(/, (?=[a-zA-Z ]+(?: !=|=| \())/);
  const every = (place: string) => list(podSpec, place).flatMap((c) => str(c, 'name') ?? []);
  const inits = every('initContainers');
  const contexts = new Map<string, Obj>();
  for (const part of parts)
    for (const [pattern, body] of container)
      if (pattern.test(part)) {
        const names = named(part);
        for (const name of names.length > 0 && !part.includes('pod or container')
          ? names
          : [...every('containers'), ...inits])
          contexts.set(name, { ...contexts.get(name), ...body });
      }
  const patched = [...contexts].map(([name, securityContext]) => ({ name, securityContext }));
  const [init, main] = [patched.filter((c) => inits.includes(c.name)), patched.filter((c) => !inits.includes(c.name))];
  return {
    podSpec: { ...(main.length > 0 ? { containers: main } : {}), ...(init.length > 0 ? { initContainers: init } : {}) },
    unmended: byHand.flatMap((pattern) => pattern.exec(complaints)?.[0] ?? []),
  };
}
