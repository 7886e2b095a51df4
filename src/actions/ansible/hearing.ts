import { z } from 'zod';
import { patch } from '../kubernetes/differences.ts';

/** What `callback/groundcrew.py` tells, line by line. */
const line = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('play'), name: z.string() }),
  z.object({ kind: z.literal('task'), name: z.string() }),
  z.object({
    kind: z.literal('result'),
    task: z.string(),
    host: z.string(),
    state: z.enum(['ok', 'skipped', 'ignored', 'failed', 'unreachable']),
    changed: z.boolean(),
    message: z.string(),
  }),
  z.object({ kind: z.literal('diff'), task: z.string(), before: z.string(), after: z.string(), prepared: z.string() }),
  z.object({ kind: z.literal('end'), outputs: z.record(z.string(), z.string()) }),
]);
type Line = z.output<typeof line>;

function read(text: string): Line | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What one run of a playbook said. `onTask`: a task has begun, after so many. */
export function createHearing(onTask: (name: string, done: number) => void = () => {}) {
  const changed: string[] = [];
  const faults: string[] = [];
  const diffs: string[] = [];
  let outputs: Readonly<Record<string, string>> = {};
  let tasks = 0;

  const hear: { readonly [K in Line['kind']]: (l: Extract<Line, { kind: K }>) => void } = {
    play: () => {},
    task: ({ name }) => {
      onTask(name, tasks);
      tasks += 1;
    },
    result: ({ task, host, state, changed: has, message }) => {
      const where = host === 'localhost' ? task : `${task} (on ${host})`;
      if (state === 'failed' || state === 'unreachable')
        faults.push(`${where}: ${message.trim() || (state === 'failed' ? 'it failed' : 'it can’t be reached')}`);
      else if (has && state === 'ok') changed.push(where);
    },
    diff: ({ task, before, after, prepared }) => {
      diffs.push(prepared || patch(task, `${before}\n`, `${after}\n`));
    },
    end: (l) => {
      outputs = l.outputs;
    },
  };

  return {
    onLine(text: string): void {
      const said = read(text);
      if (said) (hear[said.kind] as (l: Line) => void)(said);
    },
    /** The tasks that changed something, or would. */
    changed,
    faults,
    diff: () => diffs.join('\n'),
    outputs: () => outputs,
  };
}
