import { randomUUID } from 'node:crypto';

/** A template: what it asks, and what it does, each step taking some time. */
export type Template = {
  readonly ref: string;
  readonly title: string;
  readonly description: string;
  /** JSON Schema: `required`, and of each property `type`, `enum` and `pattern`. */
  readonly parameters: {
    readonly required?: readonly string[];
    readonly properties: Readonly<
      Record<
        string,
        {
          readonly type: string;
          readonly enum?: readonly unknown[];
          readonly pattern?: string;
          readonly title?: string;
        }
      >
    >;
  };
  readonly steps: readonly { readonly id: string; readonly name: string; readonly ms: number }[];
  /** Paths of what it writes. */
  readonly files?: readonly string[];
  readonly links?: (
    values: Readonly<Record<string, unknown>>,
  ) => readonly { readonly title: string; readonly url: string }[];
};

type Status = 'open' | 'processing' | 'completed' | 'failed' | 'cancelled';
type Values = Readonly<Record<string, unknown>>;
export type Event = {
  readonly id: number;
  readonly taskId: string;
  readonly type: 'log' | 'completion' | 'cancelled' | 'recovered';
  readonly createdAt: string;
  readonly isTaskRecoverable: boolean;
  readonly body: Readonly<Record<string, unknown>>;
};
export type Task = {
  readonly id: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly lastHeartbeatAt: string;
  readonly status: Status;
  readonly spec: {
    readonly parameters: Values;
    readonly steps: readonly { id: string; name: string }[];
    readonly templateInfo: { entityRef: string };
  };
};
type Kept = {
  readonly template: Template;
  readonly values: Values;
  readonly created: string;
  readonly events: Event[];
  readonly listeners: Set<() => void>;
  status: Status;
  /** The step that is next, or under way. */
  at: number;
  cancel: () => void;
};

const types: Readonly<Record<string, (v: unknown) => boolean>> = {
  string: (v) => typeof v === 'string',
  number: (v) => typeof v === 'number',
  integer: Number.isInteger,
  boolean: (v) => typeof v === 'boolean',
  array: Array.isArray,
};

export function createTasks(
  clock: { now(): Date; after(ms: number, run: () => void): () => void },
  templates: readonly Template[],
) {
  const kept = new Map<string, Kept>();
  const broken = new Map<string, string>();
  const held = new Set<string>();
  const waiting = new Map<string, readonly (() => void)[]>();
  const key = (task: Kept, step: string) => `${task.template.ref} ${step}`;
  let count = 0;

  function tell(id: string, task: Kept, type: Event['type'], body: Event['body']): void {
    count += 1;
    const createdAt = clock.now().toISOString();
    task.events.push({ id: count, taskId: id, type, createdAt, isTaskRecoverable: false, body });
    for (const listener of [...task.listeners]) listener();
  }

  function run(id: string, task: Kept): void {
    const step = task.template.steps[task.at];
    if (!step) {
      task.status = 'completed';
      const output = { links: task.template.links?.(task.values) ?? [] };
      tell(id, task, 'completion', { message: 'Run completed with status: completed', output });
      return;
    }
    task.status = 'processing';
    tell(id, task, 'log', { message: `Beginning step ${step.name}`, stepId: step.id, status: 'processing' });
    const end = () => {
      if (held.has(key(task, step.id))) {
        waiting.set(key(task, step.id), [...(waiting.get(key(task, step.id)) ?? []), end]);
        return;
      }
      if (task.status !== 'processing') return;
      const wrong = broken.get(key(task, step.id));
      if (wrong !== undefined) {
        task.status = 'failed';
        tell(id, task, 'log', { message: `Error: ${wrong}`, stepId: step.id, status: 'failed' });
        tell(id, task, 'completion', {
          message: 'Run completed with status: failed',
          error: { name: 'Error', message: wrong },
        });
        return;
      }
      tell(id, task, 'log', { message: `Finished step ${step.name}`, stepId: step.id, status: 'completed' });
      task.at += 1;
      run(id, task);
    };
    task.cancel = clock.after(step.ms, end);
  }

  const wire = (id: string, task: Kept): Task => ({
    id,
    createdAt: task.created,
    createdBy: 'user:default/groundcrew',
    lastHeartbeatAt: clock.now().toISOString(),
    status: task.status,
    spec: {
      parameters: task.values,
      steps: task.template.steps.map(({ id: stepId, name }) => ({ id: stepId, name })),
      templateInfo: { entityRef: task.template.ref },
    },
  });

  return {
    template: (ref: string) => templates.find((t) => t.ref === ref),
    entity: (t: Template) => ({
      apiVersion: 'scaffolder.backstage.io/v1beta3',
      kind: 'Template',
      metadata: { name: t.ref.split('/')[1], namespace: 'default', title: t.title, description: t.description },
      spec: {
        type: 'service',
        parameters: [{ title: t.title, ...t.parameters }],
        steps: t.steps.map(({ id, name }) => ({ id, name, action: 'debug:log' })),
      },
    }),
    /** What is wrong with values, as the scaffolder says it. */
    wrong: (t: Template, values: Values) => [
      ...(t.parameters.required ?? [])
        .filter((name) => values[name] === undefined)
        .map((name) => ({
          path: [],
          property: 'instance',
          name: 'required',
          argument: name,
          message: `requires property "${name}"`,
        })),
      ...Object.entries(t.parameters.properties).flatMap(([name, schema]) => {
        const value = values[name];
        if (value === undefined) return [];
        const message = !types[schema.type]?.(value)
          ? `is not of a type(s) ${schema.type}`
          : schema.enum && !schema.enum.includes(value)
            ? `is not one of enum values: ${schema.enum.join(',')}`
            : schema.pattern && !new RegExp(schema.pattern, 'u').test(String(value))
              ? `does not match pattern "${schema.pattern}"`
              : undefined;
        return message ? [{ path: [name], property: `instance.${name}`, name: 'type', message }] : [];
      }),
    ],
    create(template: Template, values: Values): string {
      const id = randomUUID();
      const task: Kept = {
        template,
        values,
        created: clock.now().toISOString(),
        events: [],
        listeners: new Set(),
        status: 'open',
        at: 0,
        cancel: () => {},
      };
      kept.set(id, task);
      run(id, task);
      return id;
    },
    get: (id: string): Task | undefined => {
      const task = kept.get(id);
      return task && wire(id, task);
    },
    /** Newest first. */
    list: (): readonly Task[] => [...kept].toReversed().map(([id, task]) => wire(id, task)),
    events: (id: string, after: number) => (kept.get(id)?.events ?? []).filter((e) => e.id > after),
    onEvent(id: string, listener: () => void): () => void {
      kept.get(id)?.listeners.add(listener);
      return () => void kept.get(id)?.listeners.delete(listener);
    },
    cancel(id: string): Status | undefined {
      const task = kept.get(id);
      if (task && (task.status === 'open' || task.status === 'processing')) {
        task.cancel();
        task.status = 'cancelled';
        tell(id, task, 'cancelled', { message: `Task ${id} has been cancelled` });
      }
      return task?.status;
    },
    /** Goes on at the step that failed. */
    retry(id: string): void {
      const task = kept.get(id);
      if (task?.status !== 'failed') return;
      tell(id, task, 'recovered', { message: 'Task is retried', recoverStrategy: 'startOver' });
      run(id, task);
    },
    breakStep(ref: string, step: string, words: string | undefined): void {
      if (words === undefined) broken.delete(`${ref} ${step}`);
      else broken.set(`${ref} ${step}`, words);
    },
    /** Lets a step wait until it is released. */
    hold: (ref: string, step: string): void => void held.add(`${ref} ${step}`),
    release(ref: string, step: string): void {
      const name = `${ref} ${step}`;
      held.delete(name);
      const ends = waiting.get(name) ?? [];
      waiting.delete(name);
      for (const end of ends) end();
    },
    stop(): void {
      for (const task of kept.values()) task.cancel();
    },
  };
}
