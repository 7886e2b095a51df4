import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { managedBy } from '../core/diagnosis/blast.ts';
import type { Fix, Ref } from '../core/diagnosis/index.ts';
import { list, type Obj, obj, str } from '../core/diagnosis/read.ts';
import { differences } from '../core/diagnosis/revisions.ts';
import { workloadKinds } from '../core/diagnosis/workloads.ts';
import type { PutBack, Undo } from '../core/incidents/seen.ts';
import { Problem } from '../core/kernel/problem.ts';
import {
  addressOf,
  changesFor,
  deletesFor,
  get,
  type Known,
  mark,
  putBack,
  runningTemplate,
  said,
  targetOf,
} from './change.ts';
import { cannotGrow, roomFor } from './headroom.ts';
import { kinds } from './kinds.ts';
import type { Access } from './kubeconfig.ts';
import { madeOf, unmake } from './made.ts';
import { notTooLate, refuse } from './refusal.ts';
import { type Change, send } from './write.ts';

/** What somebody else changes at the same moment is read again, so often. */
const tries = 5;

const isNew = (fix: Fix): 'absent' | undefined => (fix.kind === 'create' ? 'absent' : undefined);

/** What a fix would meet: all that was asked for, save how many there are, which an autoscaler decides. */
function printOf(live: Obj): string {
  const { replicas: _, ...spec } = obj(live, 'spec');
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
}

export type Planned = {
  readonly before: string;
  readonly after: string;
  readonly print: string;
  readonly hindered?: string;
  /** Nor would it help by hand. */
  readonly futile?: true;
  /** Who would undo it, as the object itself says. */
  readonly managedBy?: string;
  /** It can’t be taken back. */
  readonly forGood?: true;
  /** Somebody paused its rollout: it goes on by this, with all that is held back. */
  readonly resumes?: true;
};

/** What a fix would change, found out by the API server itself. Nothing is changed. */
export async function tryOut(fix: Fix, known: Known): Promise<Planned> {
  const hindered = (why: string, futile: { futile?: true } = { futile: true }): Planned => ({
    before: '',
    after: '',
    print: '',
    hindered: why,
    ...futile,
  });
  try {
    const ref = targetOf(fix, known.workload);
    const live = await get(known.access, addressOf(ref), isNew(fix));
    if (isNew(fix) && live.metadata !== undefined) return hindered('It is there already: this would change nothing.');
    const operator = ownerOf(live);
    if (operator !== undefined && fix.kind !== 'delete')
      return hindered(`${operator} controls ${ref.name} and would undo it within seconds: change it there.`);
    const changes = await changesFor(fix, live, known);
    let after: Obj = live;
    for (const change of changes) {
      const { status, body } = await send(known.access, change, true);
      if (status >= 300)
        return hindered(
          `The cluster refuses it: ${said(body, status)}`,
          status === 401 || / cannot \w+ resource /.test(said(body, status)) ? {} : undefined,
        );
      if (change.method !== 'DELETE') after = obj({ body }, 'body');
    }
    const room =
      ref.kind === 'PersistentVolumeClaim'
        ? await cannotGrow(known.access, live, after)
        : await roomFor(known.access, ref.namespace, live, after);
    if (room !== undefined) return hindered(room);
    // A claim that a StatefulSet made bears the labels of who manages that; nobody makes it smaller again.
    const manager = lasting.includes(fix.kind) || lasts(ref) ? undefined : managedBy(live);
    const resumes = obj(live, 'spec').paused === true && obj(after, 'spec').paused !== true;
    // What was held back comes with it: what is shown is what becomes of what runs.
    const runs = resumes ? await runningTemplate(known.access, ref, live) : undefined;
    const before = runs ? { ...live, spec: { ...obj(live, 'spec'), template: runs } } : live;
    return {
      ...shown(fix, before, after, changes),
      ...(resumes && fix.kind !== 'resume' ? { resumes } : {}),
      print: printOf(live),
      ...(lasts(ref) ? { forGood: true as const } : {}),
      ...(manager === undefined ? {} : { managedBy: manager }),
    };
  } catch (error) {
    if (error instanceof Problem) return hindered(error.message, {});
    throw error;
  }
}

/** What nobody undoes: pods are not kept anywhere else, and that something was restarted is no difference to anybody. */
const lasting: readonly Fix['kind'][] = ['delete', 'restart'];

/** What an operator made for an object of its own kind, it makes the same again. */
function ownerOf(live: Obj): string | undefined {
  const owner = list(live, 'metadata', 'ownerReferences').find((r) => r.controller === true);
  const [kind, name] = [str(owner, 'kind'), str(owner, 'name')];
  return kind === undefined || (workloadKinds as readonly string[]).includes(kind) ? undefined : `${kind} ${name}`;
}

const twin = /(^|\.)serviceAccount$/;
function shown(fix: Fix, live: Obj, after: Obj, changes: readonly Change[]): Omit<Planned, 'print'> {
  if (isNew(fix)) return { before: '', after: `${String(after.kind)} ${str(after, 'metadata', 'name') ?? ''}` };
  const pods = changes.flatMap((c) => (c.method === 'DELETE' ? [`pod ${c.path.split('/').at(-1)}`] : []));
  // The server keeps an older name of the same field beside it.
  const found = differences({ spec: live.spec }, { spec: after.spec }).filter((c) => !twin.test(c.path));
  const lines = (of: 'before' | 'after') =>
    [
      ...found.flatMap((c) => (c[of] === undefined ? [] : [`${c.path.replace(/^template\.spec\./, '')}: ${c[of]}`])),
      ...(of === 'before' ? pods : []),
    ].join('\n');
  const nothing = found.length === 0 && pods.length === 0;
  return {
    before: lines('before'),
    after: lines('after'),
    ...(nothing ? { hindered: 'It is like that already: this would change nothing.' } : {}),
  };
}

export type Todo = ({ readonly fix: Fix } | { readonly undo: Undo }) & { readonly print?: string };
/** `undo`: what was there before. `print`: what it is like now, so that an undo meets nothing else. */
export type Done = { readonly undo?: Undo; readonly print?: string };

/** `undo` as in `Done`; `print`: what it will be like; `was`: what it is like now. */
export type Noted = { readonly undo: Undo; readonly print: string; readonly was: string };

/**
 * What has to be written down before it is done, so that it can be taken back even when nobody lives to tell what was there.
 * Nothing is changed. Undefined: it can’t be taken back anyway.
 */
export async function noteDown(
  { fix, print }: { readonly fix: Fix; readonly print?: string },
  known: Known,
  now: Date,
): Promise<Noted | undefined> {
  const ref = targetOf(fix, known.workload);
  if (!undoable.includes(fix.kind) || lasts(ref)) return undefined;
  const live = await get(known.access, addressOf(ref));
  stillRight({ fix, ...(print === undefined ? {} : { print }) }, ref, live, now.getTime() - known.at.getTime());
  let after = live;
  // All of it is tried under the name that does it: who may not do the last of it must not have done the first.
  for (const change of await changesFor(fix, live, known)) {
    const { status, body } = await send(known.access, change, true);
    if (status === 409 && change.method !== 'DELETE')
      throw new Problem('cluster_away', `Somebody changed it just now (${said(body, status)}).`);
    refuse(known.access, change, status, body);
    if (change.method !== 'DELETE') after = obj({ body }, 'body');
  }
  return { undo: undoOf(ref, live, after), print: printOf(after), was: printOf(live) };
}

/** Does it, once for its key, where all is still as it was when it was offered. */
export async function carryOut(todo: Todo, known: Known, now: Date): Promise<Done> {
  for (let n = 1; ; n++) {
    const done = await once(todo, known, now);
    if (done.conflict === undefined) return done;
    if (n === tries)
      throw new Problem('fix_refused', `Something else changes it all the time (${done.conflict}). Nothing was done.`);
  }
}

async function once(todo: Todo, known: Known, now: Date): Promise<Done & { readonly conflict?: string }> {
  if ('undo' in todo && 'made' in todo.undo) return unmake({ ...todo, undo: todo.undo }, known, now);
  const ref = changedBy(todo, known.workload);
  const path = addressOf(ref);
  const live = await get(known.access, path, 'fix' in todo ? isNew(todo.fix) : undefined);
  // Killed in the middle, it was begun: what is left are the pods.
  const begun = str(live, 'metadata', 'annotations', mark) === known.key;
  if (!begun) stillRight(todo, ref, live, now.getTime() - known.at.getTime());
  let after = live;
  for (const change of await left(todo, begun, path, live, known)) {
    const { status, body } = await send(known.access, change, false);
    if (status === 409 && change.method === 'PATCH') return { conflict: said(body, status) };
    refuse(known.access, change, status, body);
    if (change.method !== 'DELETE') after = obj({ body }, 'body');
  }
  if ('fix' in todo && isNew(todo.fix)) return madeOf(ref, after, begun);
  const back = !begun && 'fix' in todo && undoable.includes(todo.fix.kind) && !lasts(ref);
  return { ...(back ? { undo: undoOf(ref, live, after) } : {}), print: printOf(after) };
}

/** The object that is changed. */
export const changedBy = (todo: Todo, fault: Ref): Ref => ('fix' in todo ? targetOf(todo.fix, fault) : todo.undo.on);

/** Fixes after which something can be put back: a restart would only be another restart. */
const undoable: readonly Fix['kind'][] = ['rollback', 'resume', 'patch'];
/** A volume does not shrink. */
const lasts = (ref: Ref): boolean => ref.kind === 'PersistentVolumeClaim';

/** What was changed is put back, and nothing else of it: how many there are may be an autoscaler’s by then. */
function undoOf(on: Ref, before: Obj, after: Obj): PutBack {
  const [was, is] = [obj(before, 'spec'), obj(after, 'spec')];
  const changed = Object.keys({ ...was, ...is }).filter((field) => !isDeepStrictEqual(was[field], is[field]));
  return { on, put: z.record(z.string(), z.json()).parse(Object.fromEntries(changed.map((f) => [f, was[f] ?? null]))) };
}

async function left(todo: Todo, begun: boolean, path: string, live: Obj, known: Known): Promise<readonly Change[]> {
  if ('fix' in todo) {
    if (!begun) return changesFor(todo.fix, live, known);
    return todo.fix.kind === 'create' ? [] : deletesFor(todo.fix, known);
  }
  return begun || 'made' in todo.undo ? [] : [putBack(live, path, todo.undo.put, known.key)];
}

function stillRight(todo: Todo, { name }: Ref, live: Obj, waited: number): void {
  if ('fix' in todo && isNew(todo.fix) && live.metadata !== undefined)
    throw new Problem('fix_stale', `${name} is there already. Nothing was done.`);
  if (todo.print !== undefined && todo.print !== '' && todo.print !== printOf(live))
    throw new Problem(
      'fix_stale',
      `Somebody changed ${name} since this was offered. Nothing was done; look at its message as it is now.`,
    );
  notTooLate(name, waited);
}

/** What the cluster is asked about, where it is asked whether somebody may. */
export function verbOf(todo: Todo): 'create' | 'delete' | 'patch' {
  if ('undo' in todo) return 'made' in todo.undo ? 'delete' : 'patch';
  return isNew(todo.fix) ? 'create' : 'patch';
}

/** Whether the cluster itself would let this person do it. */
export async function review(
  access: Access,
  ref: Ref,
  verb: ReturnType<typeof verbOf>,
  { user, groups }: { readonly user: string; readonly groups: readonly string[] },
): Promise<boolean> {
  const kind = kinds.find((k) => k.kind === ref.kind);
  const group = kind?.group.includes('/') ? kind.group.split('/')[0] : '';
  const { status, body } = await send(
    access,
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user,
          groups: [...groups, 'system:authenticated'],
          resourceAttributes: {
            namespace: ref.namespace,
            verb,
            group,
            resource: kind?.plural,
            name: ref.name,
          },
        },
      },
    },
    false,
  );
  return status < 300 && obj(body, 'status').allowed === true;
}
