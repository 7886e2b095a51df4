import { z } from 'zod';
import type { Output, Preview } from '../../core/runs/run.ts';

/*
 * What `terraform … -json` prints, line by line (the “machine-readable UI”). Lines of kinds that we do not know are passed
 * over: each release adds some.
 */

const resource = z.object({ addr: z.string() });
const change = z.object({ resource, action: z.string() });
const counts = z.object({ add: z.int(), change: z.int(), remove: z.int(), operation: z.string() });
const line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('planned_change'), change }),
  z.object({ type: z.literal('change_summary'), changes: counts }),
  z.object({ type: z.literal('apply_start'), hook: change }),
  z.object({ type: z.literal('apply_complete'), hook: change }),
  z.object({ type: z.literal('apply_errored'), hook: change }),
  z.object({
    type: z.literal('outputs'),
    outputs: z.record(z.string(), z.object({ sensitive: z.boolean(), value: z.json().optional() })),
  }),
  z.object({
    type: z.literal('diagnostic'),
    diagnostic: z.object({
      severity: z.string(),
      summary: z.string(),
      detail: z.string(),
      address: z.string().optional(),
    }),
  }),
]);
type Line = z.output<typeof line>;

function read(text: string): Line | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const does: Readonly<Record<string, Preview['changes'][number]['does']>> = {
  create: 'create',
  update: 'change',
  delete: 'delete',
  replace: 'delete',
  move: 'change',
  forget: 'change',
  import: 'change',
};

/** What one call of Terraform said. */
export function createHearing(onMove: (what: string, done: number) => void = () => {}) {
  const changes: { what: string; does: Preview['changes'][number]['does'] }[] = [];
  const errors: { summary: string; detail: string; address?: string }[] = [];
  let summary: z.output<typeof counts> | undefined;
  let outputs: Extract<Line, { type: 'outputs' }>['outputs'] = {};
  let done = 0;

  const hear: { readonly [K in Line['type']]: (l: Extract<Line, { type: K }>) => void } = {
    planned_change: ({ change: { resource, action } }) => {
      const what = action === 'replace' ? `${resource.addr} (destroyed and made anew)` : resource.addr;
      const how = does[action];
      if (how) changes.push({ what, does: how });
    },
    change_summary: ({ changes: said }) => {
      summary = said;
    },
    apply_start: ({ hook }) => onMove(hook.resource.addr, done),
    apply_complete: ({ hook }) => {
      done += 1;
      onMove(hook.resource.addr, done);
    },
    apply_errored: () => {},
    outputs: (l) => {
      outputs = l.outputs;
    },
    diagnostic: ({ diagnostic: { severity, summary, detail, address } }) => {
      if (severity === 'error') errors.push({ summary, detail, ...(address === undefined ? {} : { address }) });
    },
  };

  return {
    onLine(text: string): void {
      const said = read(text);
      if (said) (hear[said.type] as (l: Line) => void)(said);
    },
    changes,
    errors,
    counts: () => summary ?? { add: 0, change: 0, remove: 0, operation: 'plan' },
    outputs: (state: string): readonly Output[] =>
      Object.entries(outputs).map(([label, { sensitive, value }]) =>
        sensitive
          ? { label, value: `in the state “${state}”: terraform output -raw ${label}`, secret: true }
          : { label, value: typeof value === 'string' ? value : JSON.stringify(value ?? null) },
      ),
  };
}
export type Hearing = ReturnType<typeof createHearing>;

/** Errors in Terraform's own words; of a lock, who holds it and since when, and what can be done. */
export function explain({ errors }: Pick<Hearing, 'errors'>, otherwise: string): string {
  const lock = errors.find((e) => e.summary.includes('acquiring the state lock'));
  if (lock) return explainLock(lock.detail);
  const told = errors.map(({ summary, detail, address }) =>
    [`${summary}${address ? ` (${address})` : ''}`, detail.trim()].filter(Boolean).join('\n'),
  );
  return [...new Set(told)].join('\n\n').slice(0, 2_000) || otherwise;
}

function explainLock(detail: string): string {
  const field = (name: string) => new RegExp(`^\\s*${name}:\\s*(\\S.*?)\\s*$`, 'm').exec(detail)?.[1];
  const id = field('ID');
  const since = field('Created')?.replace(/\.\d+ \+0000 UTC$/, ' UTC');
  const doing = field('Operation')
    ?.replace(/^OperationType/, '')
    .toLowerCase();
  return [
    `The state is locked${field('Who') ? ` by ${field('Who')}` : ''}${since ? ` since ${since}` : ''}${doing ? ` (${doing})` : ''}, so nothing was done.`,
    'Somebody else may be changing this thing: wait until they have finished, then try again.',
    id
      ? `If nobody is, whoever held the lock has died: its owner can release it with “terraform force-unlock ${id}”. I never do that.`
      : `Terraform says: ${detail.trim().split('\n')[0]}`,
  ].join(' ');
}
