import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../core/kernel/inbound.ts';
import { Problem } from '../../core/kernel/problem.ts';
import { safeUrl } from '../../core/kernel/text.ts';
import type { Availability, Backend, Order, Preview, Progress, Verb } from '../../core/runs/run.ts';
import { wait } from '../clock.ts';
import { partFor, specOf } from '../spec.ts';
import { createStory, follow, type Story } from '../story.ts';
import { type BackstageOptions, createScaffolder, type Event, type Task, Unanswered } from './api.ts';
import { backstageSpec } from './spec.ts';

/*
 * Backstage has no key that would make a task once. So each task carries who wants it among its values, and before one is
 * made the newest are looked through for it: one whose answer was lost on the way is found again.
 */

/** The value that names the run. Backstage takes values that the template's schema does not name, unless it forbids them. */
const mark = 'groundcrew';
type Mark = { readonly run: string; readonly resource: string; readonly verb: string };

/** How far back is looked for a task that may be ours. */
const page = 50;
const pages = 20;
const lookBackMs = 7 * 86_400_000;
const pauseMs = 2_000;
/** How long a stopped task may take to say so. */
const giveUpMs = 120_000;
const believedMs = { ok: 300_000, not: 15_000 };
const longestDetail = 30_000;

/** What its steps do to the thing, as far as anybody can tell. */
const does: Readonly<Partial<Record<Verb, Preview['changes'][number]['does']>>> = {
  create: 'create',
  delete: 'delete',
};

const over: Readonly<Record<string, 'ready' | 'failed' | 'cancelled'>> = {
  completed: 'ready',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'cancelled',
};

function partOf(order: Order): { readonly template: string; readonly values: Readonly<Record<string, Json>> } {
  const { verbs, ...own } = specOf(backstageSpec, order);
  return order.verb === 'create' ? own : partFor(verbs, order);
}

const marked = (order: Order): Mark => ({ run: order.run, resource: order.resource, verb: order.verb });
const valuesOf = (order: Order): Readonly<Record<string, Json>> => ({ ...partOf(order).values, [mark]: marked(order) });

function markOf(task: Task): Mark | undefined {
  const found = task.spec.parameters[mark];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as unknown as Mark) : undefined;
}

/** The same wish, whichever run had it. */
const sameWish = (task: Task, order: Order): boolean => {
  const { [mark]: _, ...values } = task.spec.parameters;
  return isDeepStrictEqual(values, partOf(order).values);
};

export function backstage(options: BackstageOptions): Backend {
  const { clock } = options;
  const api = createScaffolder(options);
  let found: { readonly until: number; readonly is: Promise<Availability> } | undefined;

  async function ask(): Promise<Availability> {
    try {
      await api.ping(new AbortController().signal);
      return { ok: true, version: 'scaffolder v2' };
    } catch (error) {
      if (error instanceof Problem) return { ok: false, why: error.message };
      if (!(error instanceof Unanswered)) throw error;
      return { ok: false, why: 'Backstage does not answer at BACKSTAGE_URL. Its operator can say why.' };
    }
  }

  async function preview(order: Order, signal: AbortSignal): Promise<Preview> {
    const entity = await api.template(partOf(order).template, signal);
    const steps = entity.spec.steps.map((s) => s.name ?? s.id);
    const tried = await api.dryRun(entity, valuesOf(order), signal).catch((error: unknown) => {
      if (error instanceof Unanswered)
        throw new Problem('backstage_silent', 'Backstage does not answer. Nothing was done. Try again in a while.');
      throw error;
    });
    const files = tried.ok ? tried.value.directoryContents.map((f) => f.path) : [];
    // Some templates can’t be tried out, such as those that fetch what lies beside them: that is no refusal.
    const text = tried.ok ? files.join('\n') : tried.values ? '' : `Backstage could not try it out: ${tried.why}`;
    return {
      summary: `Backstage runs ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}${files.length > 0 ? ` and writes ${files.length} files` : ''}`,
      changes: steps.map((what) => ({ what, does: does[order.verb] ?? ('change' as const) })),
      ...(text ? { detail: { language: 'text', text: text.slice(0, longestDetail) } } : {}),
      ...(!tried.ok && tried.values ? { refused: tried.why } : {}),
      destroys: order.verb === 'delete' ? 1 : 0,
    };
  }

  /** The newest task for this thing and verb that is this run's, is under way, or failed at the same wish. */
  async function find(order: Order, signal: AbortSignal, trouble: (why: string) => void): Promise<Task | undefined> {
    for (let at = 0; at < pages; at++) {
      const tasks = await api.tasks(at * page, page, signal, trouble);
      for (const task of tasks) {
        const whose = markOf(task);
        if (whose?.resource !== order.resource || whose.verb !== order.verb) continue;
        if (whose.run === order.run || over[task.status] === undefined) return task;
        return task.status === 'failed' && sameWish(task, order) ? task : undefined;
      }
      const oldest = Date.parse(tasks.at(-1)?.createdAt ?? '');
      if (tasks.length < page || clock.now().getTime() - oldest > lookBackMs) return undefined;
    }
    return undefined;
  }

  /** The task that carries the order out: found again, taken up where it failed, or new. */
  async function begin(order: Order, signal: AbortSignal, trouble: (why: string) => void): Promise<string> {
    for (;;) {
      const there = await find(order, signal, trouble);
      try {
        if (there && markOf(there)?.run !== order.run && there.status === 'failed') await api.retry(there.id, signal);
        if (there) return there.id;
        const made = await api.create(partOf(order).template, valuesOf(order), signal);
        if (made.ok) return made.value;
        throw new Problem('backstage_refused_values', made.why);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        trouble('Backstage does not answer; looking whether the task was made');
        await wait(clock, pauseMs, signal);
      }
    }
  }

  async function carryOut(
    order: Order,
    signal: AbortSignal,
    say: (progress: Progress) => void,
  ): Promise<Progress | undefined> {
    const first = 'Ask Backstage';
    let story = createStory([first], clock, say);
    const slow = clock.after(order.timeoutSeconds * 1000, () => story.add({ slow: true }));
    let id: string | undefined;
    try {
      story.begin(first, 'planning');
      id = await begin(order, signal, (why) => story.note(why));
      const task = await api.task(id, signal);
      story = createStory([first, ...task.spec.steps.map((s) => s.name ?? s.id)], clock, say);
      story.begin(first);
      story.add({ native: id });
      return await watch(task, story, signal);
    } catch (error) {
      if (signal.reason === 'stop') return undefined;
      if (signal.aborted) return id === undefined ? story.end('cancelled') : stopTask(id, story);
      if (error instanceof Problem) return story.end('failed', { message: error.message });
      throw error;
    } finally {
      slow();
    }
  }

  async function watch(task: Task, story: Story, signal: AbortSignal): Promise<Progress> {
    const names = new Map(task.spec.steps.map((s) => [s.id, s.name ?? s.id]));
    const seen = createSeen(names, story);
    for (let after = -1; ; ) {
      const events = await api.events(task.id, after, signal, (why) => story.note(why));
      for (const event of events) seen.hear(event);
      after = events.at(-1)?.id ?? after;
      const ending = events.length === 0 || events.some((e) => e.type !== 'log');
      const now = ending ? over[(await api.task(task.id, signal)).status] : undefined;
      if (now) return seen.end(now, task.id);
    }
  }

  /** Stops the task, and tells what Backstage says of that. */
  async function stopTask(id: string, story: Story): Promise<Progress> {
    const limit = new AbortController();
    const cancel = clock.after(giveUpMs, () => limit.abort());
    try {
      for (;;) {
        const status = over[(await api.task(id, limit.signal)).status];
        if (status === 'ready') return story.end('ready', { native: id });
        if (status)
          return story.end('cancelled', {
            native: id,
            message: 'Backstage stopped it. What its finished steps made is still there.',
            left: [`what the finished steps of Backstage’s task ${id} made`],
          });
        await api.cancel(id, limit.signal).catch(() => {});
        await wait(clock, pauseMs, limit.signal);
      }
    } catch {
      return story.end('cancelled', {
        native: id,
        message: `Backstage did not say whether it stopped. Look at its task ${id}.`,
        left: [`Backstage’s task ${id}`],
      });
    } finally {
      cancel();
    }
  }

  return {
    name: 'backstage',
    atOnce: 20,
    async available() {
      const now = clock.now().getTime();
      if (!found || found.until < now) {
        const is = ask();
        found = { until: now + believedMs.not, is };
        if ((await is).ok && found.is === is) found = { until: now + believedMs.ok, is };
      }
      return found.is;
    },
    preview,
    run: (order, signal) => follow((say) => carryOut(order, signal, say)),
  };
}

/** What a task's events say, put into the story. */
function createSeen(names: ReadonlyMap<string, string>, story: Story) {
  let wrong = '';
  let links: Progress['links'] = [];

  const statuses: Readonly<Record<string, (step: string, event: Event) => void>> = {
    processing: (step) => story.begin(step),
    failed: (_, event) => {
      wrong = event.body.message;
    },
  };

  return {
    hear(event: Event): void {
      const { stepId, status, message, error, output } = event.body;
      const step = stepId === undefined ? undefined : names.get(stepId);
      if (step !== undefined && status !== undefined) statuses[status]?.(step, event);
      if (event.type === 'log' && step !== undefined && status === undefined && message)
        story.note(message.slice(0, 300));
      if (event.type === 'completion') {
        wrong = error?.message ?? wrong;
        links = (output?.links ?? []).flatMap(({ title, url }) => {
          const safe = url === undefined ? undefined : safeUrl(url);
          return safe === undefined ? [] : [{ label: title ?? safe, url: safe }];
        });
      }
    },
    end(as: 'ready' | 'failed' | 'cancelled', id: string): Progress {
      if (as === 'ready')
        return story.end(as, { native: id, links, outputs: links.map(({ label, url }) => ({ label, value: url })) });
      const message = wrong || (as === 'failed' ? 'Backstage does not say why.' : 'It was stopped in Backstage.');
      return story.end(as, {
        native: id,
        message: message.slice(0, 2_000),
        left: [`what the finished steps of Backstage’s task ${id} made`],
      });
    },
  };
}
