import { code, type Text, text } from '../kernel/text.ts';
import { type Crash, type CrashRule, logEvidence } from './crashes.ts';
import { logs, patchContainer } from './fixes.ts';
import { near } from './near.ts';
import { changedAt, list, meta, str } from './read.ts';
import { namesOf } from './references.ts';
import { changedSince } from './revisions.ts';
import type { Found } from './rule.ts';
import { created } from './snapshot.ts';
import { type Change, sameRef } from './verdict.ts';
import { servers } from './webhooks.ts';

type LogRule = Omit<CrashRule, 'when' | 'say'> & {
  readonly match: RegExp;
  readonly when?: (x: Crash) => boolean;
  readonly say: (x: Crash, m: RegExpExecArray) => Omit<Found, 'evidence'>;
};

/** The last thing that a program says before it ends is what it died of: the last match counts. */
function last(pattern: RegExp, words: string): RegExpExecArray | undefined {
  for (const line of words.split('\n').slice(-400).toReversed()) {
    const m = pattern.exec(line.slice(0, 2_000));
    if (m !== null) return m;
  }
  return undefined;
}

export const logRule = ({ match, when, say, ...rule }: LogRule): CrashRule => ({
  ...rule,
  when: (x) => x.end.reason !== 'OOMKilled' && (when?.(x) ?? true) && last(match, x.words) !== undefined,
  say: (x) => {
    const found = say(x, last(match, x.words) as RegExpExecArray);
    const fixes = [...(found.fixes ?? []), logs(x.pod.ref, x.c.name, !x.end.now)];
    return { confidence: 'likely', ...found, fixes, evidence: logEvidence(x, match) };
  },
});

export const dies = (x: Crash, because: Text): Text => text`${code(x.w.ref.name)} keeps ending: ${because}`;

export const unresolved =
  /(?:could not translate host name|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|lookup|could not resolve host:?|Name or service not known:?|Temporary failure in name resolution:?|UnknownHostException:|Failed to resolve) ?['"]?([\w.-]{1,253})?/i;

/** Names of Services that this one may have been meant to be. */
function services(x: Crash, host: string): readonly string[] {
  const [name = '', namespace = x.pod.ref.namespace] = host.split('.');
  return near(name, namesOf(x.world, 'Service', namespace));
}

/** The variable that holds a value, and the change that put it there. */
function variableWith(x: Crash, value: string) {
  const variable = list(x.c.spec, 'env').find((e) => str(e, 'value')?.includes(value));
  return variable === undefined
    ? undefined
    : { name: str(variable, 'name') ?? '', value: str(variable, 'value') ?? '' };
}

export const changeOf = (x: Crash, variable: string): Change | undefined =>
  changedSince(x.w.revisions)?.changes.find((c) => c.path.includes(`.env[${variable}]`));

/** Where clients of all sorts put the address that did not answer. */
const addresses = [
  /(?:server at|on host|host:?) "([\w.-]{1,253})"/i,
  /(?:dial tcp|ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ECONNRESET|connect(?:ing|ion)? to)\s{1,3}(?:host )?["']?((?:[\w-]{1,63}\.){0,8}[\w-]{1,63}):\d/i,
  /\w:\/\/(?:[^\s@/]{1,200}@)?((?:[\w-]{1,63}\.){0,8}[\w-]{1,63})[:/]/,
];
export const addressIn = (line: string): string =>
  addresses.map((a) => a.exec(line)?.[1]).find((host) => host !== undefined) ?? '';

/** A Service’s own address says less than its name. */
function serviceAt(x: Crash, host: string): string {
  const service = /^[\d.:a-f]+$/.test(host)
    ? x.world.all('Service').find((s) => str(s, 'spec', 'clusterIP') === host)
    : undefined;
  if (service === undefined) return host;
  const { namespace, name } = meta(service);
  return namespace === x.pod.ref.namespace ? name : `${name}.${namespace}`;
}

export function unreachable(x: Crash, address: string, how: string): Omit<Found, 'evidence'> {
  const host = serviceAt(x, address);
  const [meant] = services(x, host);
  const variable = variableWith(x, host);
  const change = variable === undefined ? undefined : changeOf(x, variable.name);
  const right = meant === undefined ? change?.before : variable?.value.replace(host.split('.')[0] ?? host, meant);
  const [service = '', namespace = x.pod.ref.namespace] = host.split('.');
  return {
    symptomOf: servers(x.world, namespace, service).filter((ref) => !sameRef(ref, x.w.ref)),
    summary: dies(
      x,
      text`it can’t reach ${host === '' ? 'something it depends on' : code(host)} (${how})${variable === undefined ? '' : text`, which stands in its variable ${code(variable.name)}`}${meant === undefined ? '.' : text`; did you mean ${code(meant)}?`}`,
    ),
    near: meant === undefined ? [] : [meant],
    fixes:
      variable === undefined || right === undefined || right === '(hidden)'
        ? []
        : [
            patchContainer(`Set ${variable.name} to ${right}`, x.w, x.c, {
              env: [{ name: variable.name, value: right }],
            }),
          ],
  };
}

/** A Secret of the pod that was changed after the pod began. */
export function staleSecret(x: Crash): string | undefined {
  const start = created(x.pod.o);
  if (start === undefined) return undefined;
  const used = JSON.stringify([x.c.spec, x.pod.spec.volumes ?? []]);
  const secret = x.world
    .all('Secret', x.pod.ref.namespace)
    .find((s) => used.includes(`"${meta(s).name}"`) && (changedAt(s) ?? 0) > start);
  return secret === undefined ? undefined : meta(secret).name;
}
