import { Problem } from '../../core/kernel/problem.ts';
import { type Reply, statusBody } from './api.ts';
import { manager, nameOf, type Target } from './objects.ts';

/** Who else wants fields that we want, when that is why the server refused. */
export type Conflict = { readonly by: string; readonly field: string };
const held = /^conflict with "([^"]+)"/;

export function conflicts({ status, body }: Reply): readonly Conflict[] {
  if (status !== 409) return [];
  const causes = statusBody.safeParse(body).data?.details.causes ?? [];
  return causes
    .filter((c) => c.reason === 'FieldManagerConflict')
    .map((c) => ({ by: held.exec(c.message)?.[1] ?? c.message, field: c.field }));
}
/** Another part of our own work, such as putting it to sleep. */
export const isOurs = ({ by }: Conflict): boolean => by === manager || by.startsWith(`${manager}-`);

/** Why a call was refused, in the server's own words, and what to do next. */
export function refusal(target: Target, reply: Reply): Problem {
  const { message, reason } = statusBody.safeParse(reply.body).data ?? { message: '', reason: '' };
  const said = message || reason || `HTTP ${reply.status}`;
  const name = nameOf(target);
  const others = conflicts(reply);
  if (others.length > 0) {
    const who = [...new Set(others.map((o) => o.by))].map((w) => `“${w}”`).join(' and ');
    const what = others.map((o) => o.field).join(', ');
    return new Problem(
      'object_held_by_others',
      `${name}: ${what} ${others.length === 1 ? 'is' : 'are'} held by ${who}, which changed it after us. I don’t take it away. Change it there, or have ${who} give it up (kubectl edit, or apply without these fields); then try again.`,
    );
  }
  if (reply.status === 401)
    return new Problem(
      'cluster_refuses_us',
      `The cluster does not accept Groundcrew’s credentials any more (401): ${said}. Nothing was done to ${name}. The operator of Groundcrew can renew them; then try again.`,
    );
  if (reply.status === 403 && /exceeded quota|LimitRange|maximum|minimum/i.test(said))
    return new Problem(
      'cluster_quota',
      `${name}: ${said}. Ask for something smaller, delete what is not used any more, or ask the platform team for a larger quota; then try again.`,
    );
  if (reply.status === 403)
    return new Problem(
      'cluster_forbids',
      `${name}: ${said}. If Groundcrew should be allowed to do this, the platform team grants it; then try again.`,
    );
  if (reply.status === 404 && /namespaces? "/.test(said))
    return new Problem(
      'namespace_missing',
      `${name}: ${said}. The namespace has to be there first: ask the platform team, then try again.`,
    );
  return new Problem('cluster_refused', `${name}: ${said}`);
}

export const missing = (name: string): Problem =>
  new Problem(
    'object_missing',
    `${name} is not there any more: somebody deleted it, so nothing was done. Make it anew with “change”, or delete what is left.`,
  );

/** One object is not there; whether nothing is, has to be looked at. */
export const isMissing = (error: Problem): boolean => error.code === 'object_missing';
