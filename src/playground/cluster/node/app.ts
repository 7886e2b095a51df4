import { at, type Fields, type Json, listOf, textOf } from '../json.ts';
import { quantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';

/*
 * What the programs in the containers do. They are not run; how they behave follows from their own objects, so that
 * whoever mends the object mends the program: a limit below what it needs kills it, a host that does not exist makes it
 * give up, a probe of a port where it does not listen fails.
 */

export const notes = {
  /** What it needs to live, as a quantity. */
  memory: 'playground.groundcrew/memory',
  /** What it writes to its disk, as a quantity. */
  disk: 'playground.groundcrew/disk',
  /** The Secret with its password, which it is handed once, when its pod begins: after a change its own is refused. */
  secret: 'playground.groundcrew/secret',
  /** It dies this many seconds after each start. */
  failAfter: 'playground.groundcrew/fail-after-seconds',
} as const;

/** Paths that no program answers, and commands that no image has. */
export const nowhere = '/does-not-exist';
const misspelt: ReadonlySet<string> = new Set(['ndoe', 'pyhton', 'wge', 'jvaa', 'slepp']);

export type Ending = {
  readonly after: 'at once' | 'soon' | 'job' | number;
  readonly exitCode: number;
  readonly reason: 'Completed' | 'Error' | 'OOMKilled' | 'StartError';
  readonly message?: string;
  readonly log: readonly string[];
};

const commandLine = (container: Fields): string =>
  [...listOf(container.command), ...listOf(container.args)].map(textOf).join(' ');

type Outside = {
  /** How large its volume is, in bytes. */
  readonly disk: () => number | undefined;
  /** Its password was changed after its pod began. */
  readonly outdated: () => boolean;
};

/** How a container ends by itself; undefined when it goes on and on. */
export function endingOf(pod: KubeObject, container: Fields, outside: Outside): Ending | undefined {
  const program = textOf(listOf(container.command)[0]);
  if (misspelt.has(program))
    return {
      after: 'at once',
      exitCode: 128,
      reason: 'StartError',
      message: `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${program}": executable file not found in $PATH`,
      log: [],
    };
  const limit = quantity(at(container, 'resources', 'limits', 'memory'));
  const needs = quantity(pod.metadata.annotations?.[notes.memory]) ?? 16 * 2 ** 20;
  if (limit !== undefined && limit < needs)
    return {
      after: 'soon',
      exitCode: 137,
      reason: 'OOMKilled',
      log: ['starting', 'loading the catalogue into memory'],
    };
  const disk = outside.disk();
  if (disk !== undefined && disk < (quantity(pod.metadata.annotations?.[notes.disk]) ?? 0))
    return {
      after: 'soon',
      exitCode: 1,
      reason: 'Error',
      log: ['starting', 'fatal: could not write the journal: No space left on device'],
    };
  if (outside.outdated())
    return {
      after: 'soon',
      exitCode: 1,
      reason: 'Error',
      log: ['starting', 'FATAL: password authentication failed for user "app"'],
    };
  const host = unreachable(container);
  if (host)
    return {
      after: 'soon',
      exitCode: 1,
      reason: 'Error',
      log: ['starting', `error: could not translate host name "${host}" to address: Name or service not known`],
    };
  const failAfter = Number(pod.metadata.annotations?.[notes.failAfter]);
  if (failAfter > 0)
    return {
      after: failAfter * 1000,
      exitCode: 1,
      reason: 'Error',
      log: ['serving', 'fatal error: concurrent map read and map write'],
    };
  return ofCommand(pod, commandLine(container));
}

function ofCommand(pod: KubeObject, command: string): Ending | undefined {
  const exit = /\bexit\s+(\d+)/.exec(command);
  const code = exit ? Number(exit[1]) : /^(?:\/bin\/)?false\b/.test(command) ? 1 : 0;
  const sleep = /\bsleep\s+(\d+)/.exec(command);
  if (code !== 0) return { after: 'soon', exitCode: code, reason: 'Error', log: [`exit status ${code}`] };
  if (pod.spec?.restartPolicy === 'Always' && !exit) return undefined;
  return { after: sleep ? Number(sleep[1]) * 1000 : 'job', exitCode: 0, reason: 'Completed', log: ['done'] };
}

const unreachable = (container: Fields): string | undefined =>
  listOf(container.env)
    .map((one) => /(?:^|[@/])([\w.-]+\.invalid)\b/.exec(textOf(at(one, 'value')))?.[1])
    .find((host) => host !== undefined);

const portsOf = (container: Fields): readonly Json[] => listOf(container.ports);

/** What a probe gets; undefined when all is well. */
export function probeFailure(probe: Json | undefined, container: Fields, ip: string): string | undefined {
  const http = at(probe, 'httpGet');
  const asked = at(http, 'port') ?? at(probe, 'tcpSocket', 'port') ?? at(probe, 'grpc', 'port');
  if (asked === undefined) return undefined;
  const ports = portsOf(container);
  const named = ports.find((one) => at(one, 'name') === asked);
  const port =
    typeof asked === 'number' ? asked : /^\d+$/.test(textOf(asked)) ? Number(asked) : at(named, 'containerPort');
  const listens = ports.length === 0 || ports.some((one) => at(one, 'containerPort') === port);
  const path = textOf(at(http, 'path')) || '/';
  if (!listens) {
    const refused = `dial tcp ${ip}:${String(port)}: connect: connection refused`;
    return http === undefined ? refused : `Get "http://${ip}:${String(port)}${path}": ${refused}`;
  }
  return http !== undefined && path.startsWith(nowhere) ? 'HTTP probe failed with statuscode: 404' : undefined;
}

/** The first lines that a program writes. */
export const greeting = (pod: KubeObject, container: Fields): readonly string[] => {
  const port = at(portsOf(container)[0], 'containerPort');
  return [`${textOf(container.name)} starting`, ...(port === undefined ? [] : [`listening on :${String(port)}`])].map(
    (line) => `${line}${line.endsWith('starting') ? ` (${textOf(container.image)}, ${pod.metadata.name})` : ''}`,
  );
};
