import { stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '../../core/kernel/problem.ts';
import type { Backend, Order, Preview, Progress, Verb } from '../../core/runs/run.ts';
import { runCommand } from '../process.ts';
import { partFor, specOf } from '../spec.ts';
import { createStory, follow } from '../story.ts';
import {
  changeFolder,
  createAvailability,
  endedWhy,
  environmentOf,
  limitMs,
  openFolder,
  removeFolder,
  type Workshop,
  words,
} from '../tools.ts';
import { createHearing } from './hearing.ts';
import { ansibleSpec } from './spec.ts';
import { unsafeYaml } from './vars.ts';

const command = 'ansible-playbook';
const callbacks = fileURLToPath(new URL('callback', import.meta.url));
/** A task that has begun may end. */
const graceMs = 30_000;
const longestDiff = 30_000;

/** What a task that changes something does, as far as anybody can tell. */
const does: Readonly<Partial<Record<Verb, Preview['changes'][number]['does']>>> = {
  create: 'create',
  delete: 'delete',
};

export function ansible(workshop: Workshop): Backend {
  const { clock } = workshop;
  const available = createAvailability(workshop, {
    command,
    args: ['--version'],
    read: (stdout) => /\[core (\d+\.\d+[\w.]*)\]/.exec(stdout)?.[1],
    install: 'Install ansible-core 2.14 or newer where Groundcrew runs.',
  });

  async function play(
    order: Order,
    how: 'check' | 'run',
    signal: AbortSignal,
    onTask?: (name: string, done: number) => void,
  ) {
    const spec = specOf(ansibleSpec, order);
    const part = plain(order, spec.verbs) ? { vars: {} } : partFor(spec.verbs, order);
    const playbook = ('playbook' in part ? part.playbook : undefined) ?? spec.playbook;
    await exists(playbook);
    const { run, verb, resource, labels, annotations } = order;
    const home = await openFolder(workshop.folder, 'ansible', `${run}-${how}`);
    const vars = { ...spec.vars, ...part.vars, groundcrew: { run, verb, resource, labels, annotations } };
    await changeFolder(() => writeFile(join(home, 'vars.yaml'), `${unsafeYaml(vars)}\n`, { mode: 0o600 }));
    const hearing = createHearing(onTask);
    const inventory = spec.inventory ? ['-i', spec.inventory] : ['-i', 'localhost,', '-c', 'local'];
    const timeoutMs = limitMs(order);
    try {
      const ended = await runCommand(clock, {
        command,
        args: [...inventory, '-e', '@vars.yaml', ...(how === 'check' ? ['--check', '--diff'] : []), playbook],
        cwd: home,
        turn: 'turn',
        env: environmentOf(workshop, home, {
          LC_ALL: 'C.UTF-8',
          ANSIBLE_HOME: join(home, 'ansible'),
          ANSIBLE_LOCAL_TEMP: join(home, 'tmp'),
          ANSIBLE_CALLBACK_PLUGINS: callbacks,
          ANSIBLE_STDOUT_CALLBACK: 'groundcrew',
          ANSIBLE_RETRY_FILES_ENABLED: '0',
          ANSIBLE_NOCOLOR: '1',
          ANSIBLE_PYTHON_INTERPRETER: 'auto_silent',
          PYTHONDONTWRITEBYTECODE: '1',
        }),
        timeoutMs,
        graceMs,
        signal,
        onLine: hearing.onLine,
      });
      if (ended.code === 0 && !ended.ended) return { hearing };
      const why =
        endedWhy('Ansible', ended, { timeoutMs }) ?? (hearing.faults.join('\n').slice(0, 2_000) || words(ended));
      return { hearing, why };
    } finally {
      await removeFolder(home);
    }
  }

  async function preview(order: Order, signal: AbortSignal): Promise<Preview> {
    const { hearing, why } = await play(order, 'check', signal);
    const changes = hearing.changed.map((what) => ({ what, does: does[order.verb] ?? ('change' as const) }));
    const text = hearing.diff().slice(0, longestDiff);
    return {
      summary: `${changes.length} ${changes.length === 1 ? 'task' : 'tasks'} would change something`,
      changes,
      ...(text ? { detail: { language: 'diff', text } } : {}),
      ...(why === undefined ? {} : { refused: why }),
      destroys: order.verb === 'delete' ? changes.length : 0,
    };
  }

  async function carryOut(
    order: Order,
    signal: AbortSignal,
    say: (p: Progress) => void,
  ): Promise<Progress | undefined> {
    const story = createStory(['Read the playbook', 'Run its tasks'], clock, say);
    const slow = clock.after(order.timeoutSeconds * 1000, () => story.add({ slow: true }));
    try {
      story.begin('Read the playbook', 'planning');
      let begun = false;
      const { hearing, why } = await play(order, 'run', signal, (name, done) => {
        if (!begun) story.begin('Run its tasks');
        begun = true;
        story.note(`${name} (${done} done)`);
      });
      if (signal.reason === 'stop') return undefined;
      const { changed } = hearing;
      if (why === undefined) {
        if (!begun) story.begin('Run its tasks');
        story.note(`${changed.length} changed something`);
        return story.end('ready', {
          outputs: Object.entries(hearing.outputs()).map(([label, value]) => ({ label, value })),
        });
      }
      return story.end(signal.aborted ? 'cancelled' : 'failed', {
        message: why,
        ...(changed.length > 0 ? { left: changed } : {}),
      });
    } finally {
      slow();
    }
  }

  return {
    name: 'ansible',
    atOnce: 3,
    available,
    preview,
    run: (order, signal) => follow((say) => carryOut(order, signal, say)),
  };
}

/** What the path's own playbook does: making a thing, and changing it unless that is told apart. */
const plain = ({ verb }: Order, verbs: { readonly change?: unknown } | undefined): boolean =>
  verb === 'create' || (verb === 'change' && verbs?.change === undefined);

async function exists(playbook: string): Promise<void> {
  const found = await stat(playbook).catch(() => undefined);
  if (found?.isFile()) return;
  throw new Problem(
    'playbook_missing',
    `The golden path names the playbook ${basename(playbook)}, but there is no such file. Nothing was done. The path’s owner can correct it.`,
  );
}
