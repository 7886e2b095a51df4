import { Problem } from '../core/kernel/problem.ts';
import { said } from './change.ts';
import type { Access, Person } from './kubeconfig.ts';
import type { Change } from './write.ts';

/** In milliseconds: what was pressed longer ago is not begun any more, since nobody waits for it. */
const patience = 10 * 60_000;

export function notTooLate(name: string, waited: number): void {
  if (waited > patience)
    throw new Problem(
      'fix_stale',
      `The cluster could not be reached for ${Math.round(waited / 60_000)} minutes, so ${name} was left as it is. Press again if it is still of use.`,
    );
}

/** A refusal is final and said in the cluster's words; whoever is busy or away is asked again. */
export function refuse({ as }: Access, change: Change, status: number, body: unknown): void {
  if (status < 300) return;
  // A pod that is gone already is what was wanted.
  if (change.method === 'DELETE' && (status === 404 || status === 409)) return;
  const words = said(body, status);
  if (status === 429 || (status >= 500 && !/webhook/.test(words)))
    throw new Problem('cluster_away', `The cluster can’t do it right now (${words}). It is tried again.`);
  // A check or a quota answers with 403 too: that is nothing that a right would change.
  if (as !== undefined && status === 403 && / cannot \S+ resource /.test(words)) throw notTheirs(as, words);
  throw new Problem('fix_refused', `The cluster refused it: ${words}`);
}

/** Who may not, by the cluster’s own rules, or the bot, which may not act for anybody. */
const notTheirs = ({ user }: Person, words: string): Problem =>
  / cannot impersonate /.test(words)
    ? new Problem(
        'fix_refused',
        `The cluster does not let me act for ${user} (${words}). Nothing was done. The operator of Groundcrew can grant it with rbac.doctor.impersonate, or turn doctor.impersonate off.`,
      )
    : new Problem(
        'fix_not_yours',
        `The cluster does not let ${user} do this (${words}). Nothing was done. Ask for the right, or somebody who has it.`,
      );
