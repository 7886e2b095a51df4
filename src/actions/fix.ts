import { createHash } from 'node:crypto';
import { z } from 'zod';
import { hideAddresses } from '../cluster/addresses.ts';
import { createApi } from '../cluster/api.ts';
import { carryOut, changedBy, noteDown, type Planned, review, tryOut, verbOf } from '../cluster/carry-out.ts';
import { canPress } from '../cluster/change.ts';
import { accessTo, type Clusters } from '../cluster/clusters.ts';
import { identify } from '../cluster/identity.ts';
import type { Access } from '../cluster/kubeconfig.ts';
import type { Verdict } from '../core/diagnosis/index.ts';
import {
  clusterFix,
  clusterPreflight,
  fixAsked,
  type Offer,
  preflightAsked,
  type pressable,
} from '../core/incidents/seen.ts';
import { type Action, Problem } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import type { Clock } from './clock.ts';
import type { Words } from './words.ts';

type Parts = {
  readonly clusters: Clusters;
  /** Whether another process follows the cluster of this context, which may not be one of ours: while replicas are updated. */
  readonly elsewhere?: (context: string) => Promise<boolean>;
  /** Which cluster was seen last under this context. */
  readonly seen?: (context: string) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  /** Where a model is at hand. */
  readonly words?: Words | undefined;
};

type Trying = { readonly access: Access; readonly key: string; readonly now: Date; readonly log: Log };

/** How many are tried out: each is a question or two to the API server, and the first ones are those that help. */
const most = 5;

/** What of a verdict's fixes can be pressed, each tried out; what the API server refuses is not offered as if it could be done. */
export async function tryFixes(verdict: Verdict, { access, key, now, log }: Trying): Promise<readonly Offer[]> {
  const known = { access, workload: verdict.object, key, at: now };
  return Promise.all(
    verdict.fixes
      .filter(canPress)
      .slice(0, most)
      .map(async (fix) => ({
        id: createHash('sha256').update(JSON.stringify(fix)).digest('hex').slice(0, 12),
        title: fix.title,
        kind: fix.kind as (typeof pressable)[number],
        // What is made anew says nothing of itself yet: it belongs to what needs it.
        ...(fix.kind === 'create' && verdict.managedBy !== undefined ? { managedBy: verdict.managedBy } : {}),
        ...shown(await tryOut(fix, known), log),
      })),
  );
}

/** In the cluster’s words, which may name where a webhook is: those are for the log. */
function shown(planned: Planned, log: Log): Planned {
  if (planned.hindered === undefined) return planned;
  const hindered = hideAddresses(planned.hindered);
  if (hindered !== planned.hindered) log.info({ why: planned.hindered }, 'a fix that was tried out is hindered');
  return { ...planned, hindered };
}

/** Why what would mend it could not be tried out, for who looks for its buttons. */
export const untriedFor = (error: unknown): string =>
  error instanceof Problem
    ? hideAddresses(error.message)
    : 'Something went wrong inside Groundcrew; its operator finds it in the log.';

/** It is not for us to say what can be done there: it is tried again, until a process takes it up that knows the way. */
class Elsewhere extends Error {
  override readonly name = 'Elsewhere';
}

async function reach(cluster: string | undefined, { clusters, elsewhere }: Parts): Promise<Access> {
  try {
    return await accessTo(clusters, cluster);
  } catch (error) {
    const strange = error instanceof Problem && ['cluster_absent', 'cluster_unfollowed'].includes(error.code);
    if (strange && cluster !== undefined && (await elsewhere?.(cluster)))
      throw new Elsewhere(`another process follows ${cluster}`);
    throw error;
  }
}

/** Its context may lead to another cluster by now, where an object of the same name is not the one that was meant. */
async function reachSame({ cluster, uid }: { cluster?: string; uid?: string }, parts: Parts): Promise<Access> {
  const access = await reach(cluster, parts);
  if (uid === undefined) return access;
  const is = await identify(createApi(access));
  if ('untold' in is)
    throw new Problem(
      'cluster_untold',
      `${is.untold}, so I can’t tell whether it is the one in which this was seen. Nothing was done. The operator of Groundcrew can grant “get” on that namespace.`,
    );
  if (is.uid === uid) return access;
  // Its kubeconfig is older, or newer, than that of who follows the cluster that is meant.
  if (cluster !== undefined && (await parts.seen?.(cluster)) === uid)
    throw new Elsewhere(`${cluster} is another cluster for this process`);
  throw new Problem(
    'cluster_other',
    `“${access.context}” leads to another cluster than the one in which this was seen. Nothing was done. The operator of Groundcrew can tell why.`,
  );
}

export const preflightFixes = (parts: Parts): Action => ({
  name: clusterPreflight,
  async run(input, key) {
    const { clock, log, words } = parts;
    const { gist, verdict, incident, ...place } = preflightAsked.parse(input);
    let offers: readonly Offer[] = [];
    let untried: string | undefined;
    const saying = words?.(verdict);
    try {
      if (verdict.fixes.some(canPress))
        offers = await tryFixes(verdict, { access: await reachSame(place, parts), key, now: clock.now(), log });
    } catch (error) {
      if (error instanceof Elsewhere) throw error;
      // The message stands without buttons and says why, and its commands can be copied.
      log.warn({ incident, err: error }, 'fixes could not be tried out');
      untried = untriedFor(error);
    }
    const said = await saying;
    return {
      incident,
      gist,
      offers,
      ...(untried === undefined ? {} : { untried }),
      ...(said === undefined ? {} : { words: said }),
    };
  },
});

/** Does one, once, for somebody who was authorised at the press. */
export const fixInCluster = (parts: Parts): Action => ({
  name: clusterFix,
  async run(input, key) {
    const { clock, log } = parts;
    const { note, ...asking } = fixAsked.parse(input);
    const { incident, target, todo, at, review: asked, as } = asking;
    try {
      const bot = await reachSame(asking, parts);
      const known = { access: as === undefined ? bot : { ...bot, as }, workload: target, key, at: new Date(at) };
      const changed = changedBy(todo, target);
      if (asked && !(await review(bot, changed, verbOf(todo), asked)))
        throw new Problem(
          'fix_not_yours',
          `The cluster does not let ${asked.user} change ${changed.name} in ${changed.namespace}. Nothing was done. Ask for the right, or somebody who has it.`,
        );
      const noted = note && 'fix' in todo ? await noteDown(todo, known, clock.now()) : undefined;
      if (noted && 'fix' in todo) {
        const { was: print, ...rest } = noted;
        return z.json().parse({ incident, noted: rest, next: { ...asking, todo: { ...todo, print } } });
      }
      return z.json().parse({ incident, ok: true, ...(await carryOut(todo, known, clock.now())) });
    } catch (error) {
      if (error instanceof Problem && error.code !== 'cluster_away') {
        log.info({ incident, err: error }, 'a fix was not done');
        return { incident, ok: false, message: hideAddresses(error.message) };
      }
      // Whether it was done is not known: it is tried again, by the same key.
      log.warn({ incident, err: error }, 'a fix is tried again');
      throw error;
    }
  },
});
