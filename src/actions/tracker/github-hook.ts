import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { pullEvent } from '../../core/announcements/pull.ts';
import type { State } from '../../core/feedback/rules.ts';
import type { Inbound, Json } from '../../core/kernel/index.ts';
import { type Told, toldEvent } from '../../core/roadmap/tracker.ts';
import { type Labels, standsOf } from './github.ts';
import { label } from './github-api.ts';
import { pullIn } from './pulls.ts';

/** Whether GitHub signed these bytes with our secret. Compared in constant time. */
export function isSigned(body: string, header: string | undefined, secret: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(header ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const payload = z.object({
  action: z.string(),
  repository: z.object({ full_name: z.string() }),
  issue: z.object({
    number: z.int(),
    updated_at: z.iso.datetime({ offset: true }),
    state: z.string().nullish(),
    state_reason: z.string().nullish(),
    labels: z.array(label).nullish(),
    pull_request: z.unknown().optional(),
  }),
  label: label.nullish(),
});
type Payload = z.output<typeof payload>;

const stateOf = (labels: Labels, name: string | undefined): State | undefined =>
  (Object.entries(labels) as [State, string][]).find(([, label]) => label === name)?.[0];

const changes: Readonly<Record<string, (p: Payload, labels: Labels) => Told['change'] | undefined>> = {
  labeled: (p, labels) => {
    const state = stateOf(labels, p.label ?? undefined);
    return state && { state };
  },
  unlabeled: (p, labels) => {
    const off = stateOf(labels, p.label ?? undefined);
    return off && { off };
  },
  closed: (p) => ({ is: p.issue.state_reason === 'not_planned' ? 'not-planned' : 'done' }),
  reopened: () => ({ is: 'reopened' }),
};

export type Read =
  | { readonly is: 'inbound'; readonly inbound: Inbound }
  | { readonly is: 'nothing' }
  | { readonly is: 'malformed' };

/** What a webhook tells, its signature being checked. The id of the delivery makes a second one of it harmless. */
export function readHook(
  body: string,
  headers: { readonly event: string | undefined; readonly delivery: string | undefined },
  labels: Labels,
  now: Date,
): Read {
  if (headers.event !== 'issues' && headers.event !== 'pull_request') return { is: 'nothing' };
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { is: 'malformed' };
  }
  const id = /^[\w-]{1,100}$/.exec(headers.delivery ?? '')?.[0] ?? hash('sha256', body);
  const seen = (what: string, input: Json): Read => ({
    is: 'inbound',
    inbound: { kind: 'observed', what, input, delivery: `github/${id}`, at: now },
  });
  if (headers.event === 'pull_request') {
    const pull = pullIn(json);
    return typeof pull === 'string' ? { is: pull } : seen(pullEvent, pull);
  }
  const { data, error } = payload.safeParse(json);
  if (error) return { is: 'malformed' };
  const change = Object.hasOwn(changes, data.action) ? changes[data.action]?.(data, labels) : undefined;
  if (!change || data.issue.pull_request) return { is: 'nothing' };
  const { number, updated_at: at } = data.issue;
  const { state, state_reason, labels: has } = data.issue;
  const stands = state && has ? { stands: standsOf({ state, state_reason, labels: has }, labels) } : {};
  const input: Told = { tracker: 'github', ref: `${data.repository.full_name}#${number}`, at, change, ...stands };
  return seen(toldEvent, input);
}
