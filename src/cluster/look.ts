import { diagnose, type Snapshot } from '../core/diagnosis/index.ts';
import { Problem } from '../core/kernel/problem.ts';
import { type Api, createApi } from './api.ts';
import { kinds } from './kinds.ts';
import { type Kubeconfig, readKubeconfig } from './kubeconfig.ts';
import { type Listing, list } from './list.ts';
import { atOnce, inTurns, readLogs } from './logs.ts';

export type Wanted = {
  readonly context?: string;
  /** Absent: as kubectl finds it. */
  readonly kubeconfig?: Kubeconfig;
  readonly namespace?: string;
  readonly everywhere: boolean;
  readonly now: Date;
};

export type Look = { readonly snapshot: Snapshot; readonly notes: readonly string[] };

/** One look at a cluster: what the rules read, and the log lines that they ask for. */
export async function lookAtCluster(wanted: Wanted): Promise<Look> {
  const api = createApi(await readKubeconfig(wanted.context, wanted.kubeconfig));
  try {
    return await look(api, wanted.everywhere ? undefined : (wanted.namespace ?? api.access.namespace), wanted.now);
  } catch (error) {
    // On a terminal of one’s own it helps to see where it was looked for.
    if (error instanceof Problem && error.code === 'cluster_unreachable' && error.cause instanceof Error)
      throw new Problem(error.code, `${error.message} (${error.cause.message})`, { cause: error });
    throw error;
  }
}

/** The same where a cluster is reached already; no namespace: all of them. */
export async function look(api: Api, namespace: string | undefined, now: Date): Promise<Look> {
  const listings = await inTurns(kinds, atOnce, (kind) => list(api, kind, namespace));
  const needed = listings.find((l) => l.kind.needed && l.refused !== undefined);
  if (needed !== undefined) throw refused(api, needed);
  const snapshot: Snapshot = {
    objects: listings.flatMap((l) => l.objects),
    listed: listings.filter((l) => l.refused === undefined && l.absent === undefined).map((l) => l.kind.kind),
    lost: Object.fromEntries(
      listings.flatMap(({ kind, refused }) => (refused === undefined ? [] : [[kind.kind, refused]])),
    ),
  };
  const wishes = diagnose(snapshot, now).flatMap((v) => v.wants.logs);
  const logs = await readLogs(api, wishes);
  return { snapshot: { ...snapshot, logs: Object.fromEntries(logs) }, notes: notesOn(listings) };
}

function notesOn(listings: readonly Listing[]): readonly string[] {
  const closed = listings.filter((l) => l.refused !== undefined).map((l) => l.kind.plural);
  return closed.length === 0
    ? []
    : [`Could not list ${[...new Set(closed)].join(', ')}: what depends on them is not told.`];
}

function refused(api: Api, { kind, refused: why }: Listing): Problem {
  const login = why?.startsWith('401')
    ? 'Log in again'
    : `Ask for the right to list ${kind.plural}, or choose a namespace with -n`;
  return new Problem(
    'cluster_refused',
    `The cluster of “${api.access.context}” does not let you list ${kind.plural} (${why}). ${login}.`,
  );
}
