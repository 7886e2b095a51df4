import { z } from 'zod';
import { Problem } from '../../core/kernel/problem.ts';
import { type Clock, wait } from '../clock.ts';

/*
 * The scaffolder's v2 API, as far as it is used, from its openapi.yaml and router. Shapes are read leniently: what a newer
 * Backstage adds is passed over, and a status that we do not know is one that has not ended.
 */

const step = z.object({ id: z.string(), name: z.string().optional() });
const task = z.object({
  id: z.string(),
  status: z.string(),
  createdAt: z.string().optional(),
  spec: z
    .object({
      parameters: z.record(z.string(), z.json()).default({}),
      steps: z.array(step).default([]),
      templateInfo: z.object({ entityRef: z.string().optional() }).optional(),
    })
    .default({ parameters: {}, steps: [] }),
});
export type Task = z.output<typeof task>;

const event = z.object({
  id: z.number(),
  type: z.string(),
  body: z
    .object({
      message: z.string().default(''),
      stepId: z.string().optional(),
      status: z.string().optional(),
      error: z.object({ message: z.string().optional() }).optional(),
      output: z
        .object({ links: z.array(z.object({ title: z.string().optional(), url: z.string().optional() })).optional() })
        .loose()
        .optional(),
    })
    .default({ message: '' }),
});
export type Event = z.output<typeof event>;

const entity = z
  .object({
    spec: z
      .object({ steps: z.array(step).default([]) })
      .loose()
      .default({ steps: [] }),
  })
  .loose();
const dryRun = z.object({
  steps: z.array(z.object({ id: z.string().optional(), name: z.string().optional() })).default([]),
  directoryContents: z.array(z.object({ path: z.string() })).default([]),
});
const refusals = z.object({
  errors: z.array(z.object({ property: z.string().optional(), message: z.string() })).min(1),
});
const fault = z.object({ error: z.object({ message: z.string() }) });

/** `values`: it is the values that are refused. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string; readonly values: boolean };

/** Nobody knows whether the request was carried out. */
export class Unanswered extends Error {}

/** An answer takes this long at most; events are held back for half a minute when there are none. */
const limitMs = 60_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** Of an answer that is no use to anybody, as much is shown. */
const longestWords = 1_000;

type Request = { readonly method?: 'GET' | 'POST'; readonly body?: unknown };
type Said = { readonly status: number; readonly text: string; readonly after?: number };

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What Backstage says of a refusal, in its own words. */
function wordsOf({ status, text }: Said): string {
  const said = json(text);
  const wrong = refusals
    .safeParse(said)
    .data?.errors.map((e) => (e.property ? `${e.property.replace(/^instance\./, '')}: ${e.message}` : e.message));
  const words = wrong?.join('\n') ?? fault.safeParse(said).data?.error.message ?? text.trim();
  return words === '' ? `Backstage answered ${status}.` : words.slice(0, longestWords);
}

const refused = (said: Said) =>
  ({ ok: false, why: wordsOf(said), values: refusals.safeParse(json(said.text)).success }) as const;

export type BackstageOptions = { readonly url: string; readonly token: string; readonly clock: Clock };

export function createScaffolder({ url, token, clock }: BackstageOptions) {
  const base = url.replace(/\/+$/, '');
  const scaffolder = '/api/scaffolder/v2';

  async function once(path: string, { method = 'GET', body }: Request, signal: AbortSignal): Promise<Said> {
    const late = new AbortController();
    const cancel = clock.after(limitMs, () => late.abort());
    try {
      const response = await fetch(base + path, {
        method,
        headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' },
        redirect: 'error',
        signal: AbortSignal.any([signal, late.signal]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const after = Number(response.headers.get('retry-after'));
      const text = await response.text();
      return { status: response.status, text, ...(after > 0 ? { after: after * 1000 } : {}) };
    } catch (error) {
      signal.throwIfAborted();
      throw new Unanswered(error instanceof Error ? error.message : 'no answer', { cause: error });
    } finally {
      cancel();
    }
  }

  function check(said: Said): Said {
    if (said.status === 401 || said.status === 403)
      throw new Problem(
        'backstage_refused',
        `Backstage refuses Groundcrew’s token (${said.status}): ${wordsOf(said)}. The operator of Groundcrew can renew BACKSTAGE_TOKEN, or allow it to run this template.`,
      );
    return said;
  }

  /** Reads, as often as it takes: a read that is made twice harms nobody. `onTrouble` hears why it takes long. */
  async function read(path: string, signal: AbortSignal, onTrouble: (why: string) => void = () => {}): Promise<Said> {
    for (let tries = 0; ; tries++) {
      signal.throwIfAborted();
      let pause = Math.min(longestPauseMs, firstPauseMs * 2 ** tries);
      try {
        const said = check(await once(path, {}, signal));
        if (said.status !== 429 && said.status < 500) return said;
        pause = Math.min(longestPauseMs, said.after ?? pause);
        onTrouble(`Backstage answers ${said.status}; trying again`);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        onTrouble('Backstage does not answer; trying again');
      }
      await wait(clock, pause, signal);
    }
  }

  const missing = (what: string, said: Said) =>
    new Problem(
      'backstage_unexpected',
      `Backstage does not tell of ${what}: ${wordsOf(said)} Nothing more is done. The owner of the golden path can check the template’s name.`,
    );
  function parse<T extends z.ZodType>(schema: T, said: Said, what: string): z.output<T> {
    const parsed = said.status < 300 ? schema.safeParse(json(said.text)) : undefined;
    if (parsed?.success) return parsed.data;
    throw missing(what, said);
  }
  const named = (reference: string) => reference.slice(reference.indexOf(':') + 1).split('/') as [string, string];

  return {
    /** One answer, whatever it is, to see that it is there and knows us. */
    async ping(signal: AbortSignal): Promise<void> {
      const said = check(await once(`${scaffolder}/tasks?limit=1`, {}, signal));
      if (said.status >= 300) throw missing('its tasks', said);
    },

    /** The template as the catalog has it. */
    async template(reference: string, signal: AbortSignal) {
      const [namespace, name] = named(reference).map(encodeURIComponent);
      const said = await read(`/api/catalog/entities/by-name/template/${namespace}/${name}`, signal);
      return parse(entity, said, `the template ${reference}`);
    },

    async dryRun(template: unknown, values: unknown, signal: AbortSignal): Promise<Answer<z.output<typeof dryRun>>> {
      const body = { template, values, secrets: {}, directoryContents: [] };
      const said = check(await once(`${scaffolder}/dry-run`, { method: 'POST', body }, signal));
      const parsed = said.status < 300 ? dryRun.safeParse(json(said.text)) : undefined;
      return parsed?.success ? { ok: true, value: parsed.data } : refused(said);
    },

    /** Newest first, a page at a time. */
    async tasks(offset: number, limit: number, signal: AbortSignal, onTrouble?: (why: string) => void) {
      const said = await read(`${scaffolder}/tasks?limit=${limit}&offset=${offset}`, signal, onTrouble);
      return parse(z.object({ tasks: z.array(task) }), said, 'its tasks').tasks;
    },

    /** Throws `Unanswered` when nobody knows whether it was made. */
    async create(templateRef: string, values: unknown, signal: AbortSignal): Promise<Answer<string>> {
      const body = { templateRef, values, secrets: {} };
      const said = check(await once(`${scaffolder}/tasks`, { method: 'POST', body }, signal));
      if (said.status >= 500 || said.status === 429) throw new Unanswered(`it answered ${said.status}`);
      const made = said.status < 300 ? z.object({ id: z.string() }).safeParse(json(said.text)) : undefined;
      return made?.success ? { ok: true, value: made.data.id } : refused(said);
    },

    async retry(id: string, signal: AbortSignal): Promise<void> {
      await once(`${scaffolder}/tasks/${encodeURIComponent(id)}/retry`, { method: 'POST', body: {} }, signal);
    },
    async cancel(id: string, signal: AbortSignal): Promise<void> {
      await once(`${scaffolder}/tasks/${encodeURIComponent(id)}/cancel`, { method: 'POST', body: {} }, signal);
    },

    async task(id: string, signal: AbortSignal, onTrouble?: (why: string) => void): Promise<Task> {
      return parse(task, await read(`${scaffolder}/tasks/${encodeURIComponent(id)}`, signal, onTrouble), `task ${id}`);
    },

    /** What happened since an event; held back by Backstage until there is something, for half a minute at most. */
    async events(id: string, after: number, signal: AbortSignal, onTrouble?: (why: string) => void) {
      const since = after < 0 ? '' : `?after=${after}`;
      const said = await read(`${scaffolder}/tasks/${encodeURIComponent(id)}/events${since}`, signal, onTrouble);
      return parse(z.array(event), said, `the events of task ${id}`);
    },
  };
}
