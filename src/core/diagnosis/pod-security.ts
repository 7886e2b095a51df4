import { code, type Text, text } from '../kernel/text.ts';
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

/** In the words of who has never read the levels. */
const words: readonly (readonly [RegExp, string])[] = [
  [/^allowPrivilegeEscalation/, 'it may gain more rights than it started with'],
  [/^unrestricted capabilities/, 'it keeps special rights over the system'],
  [/^non-default capabilities/, 'it asks for special rights over the system'],
  [/^runAsNonRoot/, 'it may run as root'],
  [/^runAsUser=0/, 'it runs as root'],
  [/^seccompProfile/, 'its calls to the system are not filtered'],
  [/^privileged/, 'it has all rights over the machine'],
  [/^host namespaces/, 'it shares the network or the processes of the machine'],
  [/^hostPath volumes/, 'it uses folders of the machine'],
  [/^hostPort/, 'it takes a port of the machine'],
  [/^restricted volume types/, 'it uses a kind of volume that is not allowed'],
];

/** What the level finds fault with: in words, and as the level calls it. */
export const complaintsIn = (complaints: string): readonly Text[] =>
  split(complaints)
    .slice(0, 12)
    .map((part) => {
      const name = part.replace(/ \([\s\S]*$/, '').slice(0, 100);
      const said = words.find(([pattern]) => pattern.test(part))?.[1];
      return said === undefined ? text`it fails ${code(name)}` : text`${said} (${code(name)})`;
    });

const split = (complaints: string): readonly string[] => complaints.split(/, (?=[a-zA-Z ]+(?: !=|=| \())/);

/** Containers that a complaint names: `containers "a", "b"` or `container "a"`. */
const named = (complaint: string): readonly string[] =>
  [...(/\bcontainers? ((?:"[^"]{1,253}"(?:, )?)+)/.exec(complaint)?.[1]?.matchAll(/"([^"]{1,253})"/g) ?? [])].map(
    (m) => m[1] ?? '',
  );

export function podSecurityPatch(
  complaints: string,
  podSpec: Obj,
): { readonly podSpec: Obj; readonly unmended: readonly string[] } {
  const parts = split(complaints);
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
