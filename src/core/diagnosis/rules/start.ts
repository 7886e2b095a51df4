import { code, type Text, text } from '../../kernel/text.ts';
import { elsewhere } from '../capacity.ts';
import { tooSmall } from '../crashes.ts';
import { deletePods, describe, patchContainer } from '../fixes.ts';
import { nearest } from '../near.ts';
import { type Container, called, endEvidence, eventEvidence, type Pod, said, waitingEvidence } from '../pods.ts';
import { str, strings } from '../read.ts';
import type { Family, Found, PodRule } from '../rule.ts';
import type { World } from '../snapshot.ts';
import type { Evidence } from '../verdict.ts';
import type { Workload } from '../workloads.ts';

/** How a runtime says that the container's first process did not come to be. */
const startReasons = new Set([
  'StartError',
  'ContainerCannotRun',
  'RunContainerError',
  'CreateContainerError',
  'PostStartHookError',
]);

type Start = {
  readonly pod: Pod;
  readonly c: Container;
  readonly w: Workload;
  readonly world: World;
  readonly says: string;
};

function starts(pod: Pod, w: Workload, world: World): readonly Start[] {
  return pod.containers.flatMap((c) => {
    const { waiting, ended } = c;
    const failed =
      startReasons.has(waiting.reason) ||
      (waiting.reason === 'CreateContainerConfigError' && /failed to prepare subPath/.test(waiting.message)) ||
      (!c.ready && ended !== undefined && (startReasons.has(ended.reason) || [126, 127, 128].includes(ended.code))) ||
      (waiting.reason === 'CrashLoopBackOff' && said(pod.events, 'FailedPostStartHook') !== undefined);
    // That its first process was killed for memory is told by the rules for that.
    if (!failed || tooSmall.test(ended?.message ?? '')) return [];
    const log = world.log(pod.ref.namespace, pod.ref.name, c.name);
    const says = `${waiting.reason}\n${waiting.message}\n${ended?.reason ?? ''} ${ended?.code ?? ''}\n${ended?.message ?? ''}\n${log ?? ''}`;
    return [{ pod, c, w, world, says }];
  });
}

function evidenceOf({ pod, c }: Start): readonly Evidence[] {
  const hook = said(pod.events, 'FailedPostStartHook');
  return [
    ...(c.waiting.reason === '' ? [] : waitingEvidence(pod, c)),
    ...(c.ended === undefined ? [] : endEvidence(pod, c.ended)),
    ...(hook === undefined ? [] : [eventEvidence(pod.ref, hook)]),
  ];
}

type StartRule = Omit<PodRule, 'about' | 'find' | 'reads'> & {
  readonly when: (s: Start) => boolean;
  readonly say: (s: Start) => Omit<Found, 'evidence'>;
};

const startRule = ({ when, say, ...rule }: StartRule): PodRule => ({
  ...rule,
  about: 'pod',
  reads: ['Pod status.containerStatuses[].state.waiting', 'Pod status.containerStatuses[].lastState.terminated'],
  find: (pod, w, world) => {
    const s = starts(pod, w, world).find(when);
    return s === undefined ? undefined : { evidence: evidenceOf(s), ...say(s) };
  },
});

const cannotStart = ({ w, c }: Start, because: Text): Text =>
  text`${code(w.ref.name)} can’t start: its ${called(c)} ${code(c.name)} ${because}`;

const executables =
  'sh bash ash node npm npx yarn pnpm python python3 pip java ruby bundle go php wget curl nginx sleep cat echo env tini dumb-init gunicorn uvicorn celery flask rails dotnet'.split(
    ' ',
  );

/** The word that was taken for a program. */
const program = (says: string): string | undefined =>
  /exec: "([^"]{1,200})"/.exec(says)?.[1] ?? /executable file `([^`]{1,200})`/.exec(says)?.[1];

const closedFolder = (says: string): string | undefined =>
  /chdir to cwd \("([^"]{1,300})"\)[^"]{0,60}permission denied/.exec(says)?.[1];

/** Whom an image must know by name. */
const nobody = (says: string): string | undefined =>
  /unable to find user (\S{1,100}): no matching entries in passwd/.exec(says)?.[1];

/** Every image with a shell has it there; when it is “not there”, its loader is, and that is for another processor. */
const noShell = /exec "?\/(?:usr\/)?bin\/(?:ba)?sh"?: (?:stat \S{1,100}: )?no such file or directory/;
const mixed = (s: Start): boolean =>
  new Set(s.world.all('Node').flatMap((n) => str(n, 'status', 'nodeInfo', 'architecture') ?? [])).size > 1;

const unmountable = (says: string): Text => {
  const part = /failed to prepare subPath for volumeMount "([^"]{1,253})"/.exec(says)?.[1];
  if (part !== undefined)
    return text`mounts a part (${code('subPath')}) of its volume ${code(part)} that can’t be had: it is not there, or leads out of the volume.`;
  const path = code(/(?:at|rootfs at) "([^"]{1,300})"/.exec(says)?.[1] ?? 'a path of its image');
  return /not a directory|mount a directory onto a file/.test(says)
    ? text`mounts a file onto a directory, or a directory onto a file, at ${path}.`
    : text`can’t be given what it mounts at ${path}; the machine’s message is quoted.`;
};

const rules: readonly PodRule[] = [
  startRule({
    code: 'post-start-hook-failed',
    title: 'The postStart hook fails',
    example: 'PostStartHookError, exit 137',
    remedy: 'Mend or drop the hook: 137 here is not a lack of memory',
    rollback: true,
    when: (s) =>
      /PostStartHook/.test(s.says) ||
      (s.c.ended?.code === 137 && said(s.pod.events, 'FailedPostStartHook') !== undefined),
    say: (s) => ({
      summary: cannotStart(
        s,
        text`is stopped each time since the command that should run right after its start (${code('lifecycle.postStart')}) fails.`,
      ),
      fixes: [patchContainer('Drop the postStart hook', s.w, s.c, { lifecycle: { postStart: null } })],
    }),
  }),
  startRule({
    code: 'wrong-architecture',
    title: 'The program was built for another processor',
    example: 'exec /app: exec format error',
    remedy: 'Build the image for the platform of the nodes, or keep the pods on nodes that fit',
    rollback: true,
    // A dynamic loader that is missing for that processor reads like a missing shell.
    when: (s) => /exec format error/i.test(s.says) || (noShell.test(s.says) && mixed(s)),
    say: (s) => {
      const arch =
        s.pod.node === undefined
          ? undefined
          : str(s.world.get('Node', '', s.pod.node), 'status', 'nodeInfo', 'architecture');
      return {
        summary: cannotStart(
          s,
          text`holds a program for another processor than the machine’s${arch === undefined ? '' : text` (${code(arch)})`}.`,
        ),
        fixes: elsewhere(s.w, s.world, arch),
      };
    },
  }),
  startRule({
    code: 'command-not-found',
    title: 'The command does not exist in the image',
    example: 'exec: "wge": executable file not found in $PATH',
    remedy: 'Correct command or args',
    rollback: true,
    when: (s) =>
      /executable file not found|no such file or directory/i.test(s.says) && !/error mounting|mountpoint/.test(s.says)
        ? true
        : s.c.ended?.code === 127,
    say: (s) => {
      const folder = /chdir to cwd \("([^"]{1,300})"\)/.exec(s.says)?.[1];
      if (folder !== undefined)
        return {
          summary: cannotStart(
            s,
            text`should start in the folder ${code(folder)} (${code('workingDir')}), which its image does not have.`,
          ),
          fixes:
            str(s.c.spec, 'workingDir') === undefined
              ? []
              : [patchContainer('Start in the folder that the image says', s.w, s.c, { workingDir: null })],
        };
      const wrong = program(s.says) ?? strings(s.c.spec, 'command')[0];
      const meant = wrong === undefined ? undefined : nearest(wrong, executables);
      return {
        summary: cannotStart(
          s,
          text`is told to run ${wrong === undefined ? 'a command' : code(wrong)}, which its image does not have${meant === undefined ? '.' : text`; did you mean ${code(meant)}?`}`,
        ),
        near: meant === undefined ? [] : [meant],
        fixes:
          meant === undefined || strings(s.c.spec, 'command')[0] !== wrong
            ? []
            : [
                patchContainer(`Run ${meant}`, s.w, s.c, {
                  command: [meant, ...strings(s.c.spec, 'command').slice(1)],
                }),
              ],
      };
    },
  }),
  startRule({
    code: 'command-not-executable',
    title: 'The command may not be executed',
    example: 'exec: "/entrypoint.sh": permission denied',
    remedy: 'Make it executable in the image (chmod +x), or run as a user who may',
    rollback: true,
    when: (s) =>
      s.c.ended?.code === 126 || /exec.{0,300}permission denied/.test(s.says) || closedFolder(s.says) !== undefined,
    say: (s) => ({
      summary: cannotStart(
        s,
        closedFolder(s.says) !== undefined
          ? text`should start in the folder ${code(closedFolder(s.says) ?? '')} (${code('workingDir')}), which its user may not enter.`
          : text`may not execute ${code(program(s.says) ?? 'its command')}: the file is not marked executable, or belongs to another user.`,
      ),
    }),
  }),
  startRule({
    code: 'mount-impossible',
    title: 'Something cannot be mounted where it should be',
    example: 'error mounting "…/config" to rootfs at "/etc/app.conf": not a directory',
    remedy: 'Mount a single file with subPath, or onto a directory',
    rollback: true,
    when: (s) =>
      /error mounting|not a directory: unknown|mountpoint .{1,300} outside of rootfs|failed to prepare subPath/i.test(
        s.says,
      ),
    say: (s) => ({
      summary: cannotStart(s, unmountable(s.says)),
    }),
  }),
  startRule({
    code: 'container-create-failed',
    title: 'The container cannot be created',
    example: 'CreateContainerError: … name "shop" is reserved; or: no command specified',
    remedy: 'Read the quoted message; a new pod often helps',
    when: (s) => s.c.waiting.reason === 'CreateContainerError' && s.pod.age > 60,
    say: (s) => ({
      summary: cannotStart(
        s,
        /no command specified/i.test(s.says)
          ? text`has no command: neither its image nor its specification names one.`
          : nobody(s.says) !== undefined
            ? text`is to run as the user ${code(nobody(s.says) ?? '')}, whom its image does not know.`
            : /is reserved for|already in use/i.test(s.says)
              ? text`can’t be created since the machine has not let go of an earlier one of the same name.`
              : text`can’t be created; the machine’s message is quoted.`,
      ),
      ...(/no command|is reserved|already in use|unable to find user/i.test(s.says)
        ? {}
        : { confidence: 'unclear' as const }),
      // A new pod has no command, and no such user, either.
      fixes: /no command specified|unable to find user/i.test(s.says)
        ? []
        : deletePods('Let the pod be made anew', s.w, [s.pod.o]),
    }),
  }),
  startRule({
    code: 'runtime-start-failed',
    title: 'The machine could not start the container',
    example: 'ContainerCannotRun, exit 128: failed to create shim task',
    remedy: 'It is the node rather than the application: let the pod start elsewhere',
    when: (s) =>
      (s.c.restarts >= 2 || s.pod.age > 120) &&
      (startReasons.has(s.c.waiting.reason) || startReasons.has(s.c.ended?.reason ?? '') || s.c.ended?.code === 128),
    say: (s) => ({
      summary: cannotStart(
        s,
        text`could not be started by the machine ${code(s.pod.node ?? 'it is on')}; its message is quoted.`,
      ),
      confidence: 'unclear',
      fixes: [...deletePods('Let the pod start elsewhere', s.w, [s.pod.o]), describe(s.pod.ref)],
    }),
  }),
];

export const start: Family = { stage: 'start', title: 'Start of the container', rules };
