import { createHash } from 'node:crypto';
import type { Ref } from '../core/diagnosis/index.ts';
import { list, type Obj, obj, str } from '../core/diagnosis/read.ts';
import type { Unmake } from '../core/incidents/seen.ts';
import { Problem } from '../core/kernel/problem.ts';
import { addressOf, get, type Known, said } from './change.ts';
import { notTooLate, refuse } from './refusal.ts';
import { type Change, send } from './write.ts';

/*
 * What a fix made, and what takes it back: exactly that object is deleted, by its UID, while it is as it was made.
 */

/** Every account gets these from its cluster by and by: a login to the registry of OpenShift, a token in an old one. */
const registry = 'openshift.io/internal-registry-pull-secret-ref';
const isOwn = (live: Obj, secret: Obj): boolean =>
  /^-(?:token|dockercfg)-[a-z0-9]{5}$/.test(String(secret.name).slice(str(live, 'metadata', 'name')?.length));

/** What the cluster keeps of it, or what is looked at by itself. */
const apart: ReadonlySet<string> = new Set(['metadata', 'status', 'secrets', 'imagePullSecrets']);
const without = (o: Obj, left: (key: string) => boolean): Obj =>
  Object.fromEntries(Object.entries(o).filter(([key]) => !left(key)));

/** All that somebody may have put into it: not what the cluster itself keeps of it. It is kept, so what it is made of stays. */
function printOf(live: Obj): string {
  const { labels, ownerReferences, finalizers } = obj(live, 'metadata');
  const body = without(live, (key) => apart.has(key));
  const annotations = without(obj(live, 'metadata', 'annotations'), (key) => key === registry);
  const secrets = ['secrets', 'imagePullSecrets'].map((part) => list(live, part).filter((s) => !isOwn(live, s)));
  const all = JSON.stringify([body, secrets, labels, annotations, ownerReferences, finalizers]);
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
}

type Made = { readonly undo?: Unmake; readonly print: string };

/** By a process that died it may have been made a while ago: then somebody else may have written to it since. */
export function madeOf(on: Ref, live: Obj, begun: boolean): Made {
  const uid = str(live, 'metadata', 'uid');
  const others = list(live, 'metadata', 'managedFields').some((f) => f.manager !== 'groundcrew' && !f.subresource);
  const print = printOf(live);
  return uid === undefined || (begun && others) ? { print } : { undo: { on, made: uid }, print };
}

/** `conflict`: somebody changed it at the same moment, so it is looked at again. */
export async function unmake(
  { undo: { on, made }, print }: { readonly undo: Unmake; readonly print?: string },
  known: Known,
  now: Date,
): Promise<{ readonly conflict?: string }> {
  const path = addressOf(on);
  const live = await get(known.access, path, 'absent');
  // Killed after it was deleted, or somebody else did: that is what was wanted.
  if (live.metadata === undefined || str(live, 'metadata', 'deletionTimestamp') !== undefined) return {};
  if (str(live, 'metadata', 'uid') !== made)
    throw new Problem(
      'fix_stale',
      `${on.kind} ${on.name} is another one than I made: somebody made it anew. Nothing was done.`,
    );
  if (print !== undefined && print !== printOf(live))
    throw new Problem(
      'fix_stale',
      `Somebody changed ${on.kind} ${on.name} since I made it, so it is not mine to delete. Nothing was done; delete it by hand if nobody needs it.`,
    );
  notTooLate(on.name, now.getTime() - known.at.getTime());
  const preconditions = { uid: made, resourceVersion: str(live, 'metadata', 'resourceVersion') };
  const change: Change = { method: 'DELETE', path, body: { preconditions } };
  const { status, body } = await send(known.access, change, false);
  if (status === 409) return { conflict: said(body, status) };
  refuse(known.access, change, status, body);
  return {};
}
