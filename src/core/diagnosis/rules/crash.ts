import { code, type Text, text } from '../../kernel/text.ts';
import { type Crash, type CrashRule, crashEvidence, crashesOf, lastLines, tooSmall, wish } from '../crashes.ts';
import { logs, patchContainer } from '../fixes.ts';
import { called } from '../pods.ts';
import { moreMemory } from '../quantity.ts';
import { scalar } from '../read.ts';
import type { Family, PodRule } from '../rule.ts';
import { logRules } from './logs.ts';
import { killedByProbe } from './probe-kills.ts';

const crashRule = ({ when, say, ...rule }: CrashRule): PodRule => ({
  ...rule,
  about: 'pod',
  reads: ['Pod status.containerStatuses[].lastState.terminated', 'restartCount', 'last log lines'],
  find: (pod, w, world) => {
    const x = crashesOf(pod, w, world).find(when);
    if (x === undefined) return undefined;
    const found = say(x);
    return { ...found, evidence: [...crashEvidence(x), ...(found.evidence ?? [])] };
  },
});

const keeps = ({ w, c }: Crash, because: Text): Text =>
  text`${code(w.ref.name)} keeps ending: its ${called(c)} ${code(c.name)} ${because}`;

const signals: Readonly<Record<number, string>> = {
  132: 'used an instruction that this processor does not know (SIGILL)',
  134: 'stopped itself after an internal error (SIGABRT)',
  135: 'reached for memory that is not there (SIGBUS)',
  136: 'made an arithmetic error (SIGFPE)',
  139: 'reached for memory that is not its own (SIGSEGV)',
  159: 'asked the machine for something that its seccomp profile forbids (SIGSYS)',
  // What Windows says of a process is a number of its own, which Kubernetes writes as a negative one.
  3221225477: 'reached for memory that is not its own (Windows: access violation)',
  3221225725: 'ran out of room for its calls (Windows: stack overflow)',
  3221225781: 'lacks a library that it was built with (Windows: DLL not found)',
};

const outOfMemory: CrashRule = {
  code: 'out-of-memory',
  title: 'It needs more memory than it may use',
  example: 'OOMKilled, exit 137',
  remedy: 'Raise resources.limits.memory; look for a leak when that only buys time',
  when: (x) => x.end.reason === 'OOMKilled' || tooSmall.test(x.end.message),
  say: (x) => {
    const limit = scalar(x.c.spec, 'resources', 'limits', 'memory');
    const more = moreMemory(limit);
    return {
      summary: keeps(
        x,
        limit === undefined
          ? text`was ended since the machine ran out of memory; it has no limit of its own.`
          : text`needs more memory than the ${code(limit)} it may use, and was ended for it${x.c.restarts > 1 ? ` ${x.c.restarts} times` : ''}.`,
      ),
      evidence:
        limit === undefined
          ? []
          : [{ on: x.w.ref, path: `containers[${x.c.name}].resources.limits.memory`, says: limit }],
      // Where no limit ended it, one would only end it sooner.
      fixes:
        limit === undefined
          ? [logs(x.pod.ref, x.c.name, !x.end.now)]
          : [
              patchContainer(`Raise its memory limit to ${more}`, x.w, x.c, {
                resources: { limits: { memory: more } },
              }),
            ],
    };
  },
};

const rest: readonly CrashRule[] = [
  {
    code: 'exits-at-once',
    title: 'It finishes, though it should go on running',
    example: 'CrashLoopBackOff, Completed, exit 0',
    remedy: 'Keep the process in the foreground; what should finish is a Job',
    rollback: true,
    when: (x) => x.end.code === 0,
    say: (x) => ({
      summary: keeps(
        x,
        text`ends without an error, though it should go on running: its command finishes, or runs in the background.`,
      ),
      evidence: lastLines(x),
      ...wish(x),
      fixes: [logs(x.pod.ref, x.c.name, !x.end.now)],
    }),
  },
  {
    code: 'native-crash',
    title: 'The program crashes in native code',
    example: 'exit 139 (SIGSEGV), 134 (SIGABRT), 132 (SIGILL)',
    remedy: 'Look at native libraries and the base image; 132 means another processor model',
    rollback: true,
    when: (x) => Object.hasOwn(signals, x.end.code >>> 0),
    say: (x) => ({
      summary: keeps(x, text`${signals[x.end.code >>> 0] ?? 'crashes'}, exit code ${code(String(x.end.code))}.`),
      evidence: lastLines(x),
      ...wish(x),
      fixes: [logs(x.pod.ref, x.c.name, !x.end.now)],
    }),
  },
  {
    code: 'killed',
    title: 'It is killed, and not for its memory limit',
    example: 'Error, exit 137, without OOMKilled',
    remedy: 'Look at the node: its memory, evictions, and what else ends processes',
    when: (x) => x.end.code === 137,
    say: (x) => ({
      summary: keeps(
        x,
        text`is killed (exit code ${code('137')}), but neither for its memory limit nor by a probe: the machine may be out of memory, or a child of it was.`,
      ),
      confidence: 'likely',
      evidence: lastLines(x),
      ...wish(x),
      fixes: [logs(x.pod.ref, x.c.name, !x.end.now)],
    }),
  },
  {
    code: 'terminated',
    title: 'It is asked to stop, again and again',
    example: 'Error, exit 143 (SIGTERM)',
    remedy: 'Find out who stops it; it ended in good order',
    when: (x) => x.end.code === 143,
    say: (x) => ({
      summary: keeps(x, text`is asked to stop again and again (exit code ${code('143')}), without a rollout.`),
      confidence: 'likely',
      evidence: lastLines(x),
      ...wish(x),
      fixes: [logs(x.pod.ref, x.c.name, !x.end.now)],
    }),
  },
  {
    code: 'app-crash',
    title: 'The application ends with an error',
    example: 'CrashLoopBackOff, Error, exit 1',
    remedy: 'Read its last lines; when it began with this version, roll back',
    rollback: true,
    when: () => true,
    say: (x) => ({
      summary: keeps(
        x,
        text`ends${x.end.code === -1 ? ' again and again' : text` with an error (exit code ${code(String(x.end.code))})`}${lastLines(x).length > 0 ? '; its last lines are quoted.' : '. Its log says why.'}`,
      ),
      evidence: lastLines(x),
      ...wish(x),
      fixes: [logs(x.pod.ref, x.c.name, !x.end.now)],
    }),
  },
];

export const crashRules: readonly CrashRule[] = [outOfMemory, ...killedByProbe, ...logRules, ...rest];

export const crash: Family = { stage: 'crash', title: 'Crashes', rules: crashRules.map(crashRule) };
