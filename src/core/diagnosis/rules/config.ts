import { code, type Text, text } from '../../kernel/text.ts';
import { describe, patchContainer } from '../fixes.ts';
import { near } from '../near.ts';
import { type Container, called, type Pod, waitingEvidence } from '../pods.ts';
import { num, obj } from '../read.ts';
import { keysOf, missing, type Referred, variableFor } from '../references.ts';
import type { Family, Found, PodRule } from '../rule.ts';
import type { World } from '../snapshot.ts';
import type { Workload } from '../workloads.ts';

type Config = {
  readonly pod: Pod;
  readonly c: Container;
  readonly w: Workload;
  readonly world: World;
  readonly m: RegExpExecArray;
};

type ConfigRule = Omit<PodRule, 'about' | 'find' | 'reads'> & {
  readonly match: RegExp;
  readonly say: (x: Config) => Omit<Found, 'evidence'>;
};

const configRule = ({ match, say, ...rule }: ConfigRule): PodRule => ({
  ...rule,
  about: 'pod',
  reads: ['Pod status.containerStatuses[].state.waiting (CreateContainerConfigError)'],
  find: (pod, w, world) => {
    for (const c of pod.containers) {
      if (c.waiting.reason !== 'CreateContainerConfigError' || syncing.test(c.waiting.message)) continue;
      if (starting.test(c.waiting.message) && pod.age < 300) continue;
      const m = match.exec(c.waiting.message);
      if (m !== null) return { evidence: waitingEvidence(pod, c), ...say({ pod, c, w, world, m }) };
    }
    return undefined;
  },
});

/** The kubelet has not caught up yet: it mends itself. */
const syncing = /failed to sync .{1,40} cache/;
/** The kubelet itself has just begun, or is about to try again, and mends it by itself. */
const starting = /services have not yet been read|host IP unknown/;

const cannotStart = (x: Config, because: Text): Text => text`${code(x.w.ref.name)} can’t start: ${because}`;

const absent =
  (kind: Referred) =>
  (x: Config): Omit<Found, 'evidence'> => {
    const { thing, hint, ...rest } = missing(kind, x.m[1] ?? '', x.w, x.world);
    return {
      ...rest,
      summary: cannotStart(x, text`${thing} that it reads does not exist in ${code(x.pod.ref.namespace)}${hint}.`),
      together: text`${thing} does not exist in ${code(x.pod.ref.namespace)}${hint}, so what reads it can’t start.`,
    };
  };

const rules: readonly PodRule[] = [
  configRule({
    code: 'configmap-missing',
    title: 'A ConfigMap does not exist',
    example: 'CreateContainerConfigError: configmap "shop-config" not found',
    remedy: 'Apply the ConfigMap, or correct its name; until then roll back',
    rollback: true,
    match: /configmaps? "([^"]{1,253})" not found/i,
    say: absent('ConfigMap'),
  }),
  configRule({
    code: 'secret-missing',
    title: 'A Secret does not exist',
    example: 'CreateContainerConfigError: secret "shop-db" not found',
    remedy: 'Create the Secret, or correct its name; until then roll back',
    rollback: true,
    match: /secrets? "([^"]{1,253})" not found/i,
    say: absent('Secret'),
  }),
  configRule({
    code: 'config-key-missing',
    title: 'A key is not in its ConfigMap or Secret',
    example: "couldn't find key DB_HOST in ConfigMap shop/shop-config",
    remedy: 'Add the key, or correct its name; until then roll back',
    rollback: true,
    match: /couldn't find key (\S{1,253}) in (ConfigMap|Secret) ([^/\s]{1,253})\/([^\s"]{1,253})/,
    say: (x) => {
      const [, key = '', kind = 'ConfigMap', namespace = '', name = ''] = x.m;
      const keys = keysOf(x.world, kind as Referred, namespace, name);
      const close = near(key, keys);
      const variable = variableFor(x.w, kind as Referred, name, key);
      const [right] = close;
      const ref = kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef';
      return {
        summary: cannotStart(
          x,
          text`it reads the key ${code(key)} of the ${kind} ${code(name)}, which has no such key${right === undefined ? '' : text`; ${code(right)} does exist`}.`,
        ),
        near: close.length > 0 ? close : keys.slice(0, 5),
        upstream: { kind, namespace, name },
        together: text`The ${kind} ${code(name)} in ${code(namespace)} has no key ${code(key)}, so what reads it can’t start.`,
        fixes:
          right === undefined || variable === undefined
            ? []
            : [
                patchContainer(`Read ${right} instead of ${key}`, x.w, x.c, {
                  env: [{ name: variable.name, valueFrom: { [ref]: { name, key: right } } }],
                }),
              ],
      };
    },
  }),
  configRule({
    code: 'runs-as-root',
    title: 'The image runs as root, which is forbidden here',
    example: 'container has runAsNonRoot and image will run as root',
    remedy: 'Set runAsUser, or give the image a user of its own',
    rollback: true,
    match: /runAsNonRoot|container's runAsUser breaks non-root policy/,
    say: (x) => {
      const asked = num(obj(x.c.spec, 'securityContext'), 'runAsUser');
      const unnamed = /non-numeric user/.test(x.c.waiting.message);
      return {
        summary: cannotStart(
          x,
          unnamed
            ? text`it must not run as root, and its image names its user by a word, so that this can’t be checked.`
            : text`it must not run as root (${code('runAsNonRoot')}), but ${asked === 0 ? text`it is told to (${code('runAsUser: 0')})` : 'its image does'}.`,
        ),
        fixes: [
          patchContainer('Run as the user 10001', x.w, x.c, {
            securityContext: { runAsNonRoot: true, runAsUser: 10_001 },
          }),
        ],
      };
    },
  }),
  configRule({
    code: 'config-unrecognised',
    title: 'The container cannot be set up, for a reason we do not know',
    example: 'CreateContainerConfigError: something new',
    remedy: 'Read the quoted message',
    rollback: true,
    // A part of a volume that can’t be mounted is told by the rules of the start.
    match: /^(?!failed to prepare subPath)[\s\S]*\S/,
    say: (x) => ({
      summary: cannotStart(
        x,
        text`its ${called(x.c)} ${code(x.c.name)} can’t be set up. The cluster’s message, which we do not recognise, is quoted.`,
      ),
      confidence: 'unclear',
      fixes: [describe(x.pod.ref)],
    }),
  }),
];

export const config: Family = { stage: 'config', title: 'Configuration', rules };
