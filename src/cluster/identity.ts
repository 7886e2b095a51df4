import { str } from '../core/diagnosis/read.ts';
import { Problem } from '../core/kernel/problem.ts';
import type { Api } from './api.ts';

/**
 * Which cluster it is: the UID of its namespace `kube-system`, which is made with a cluster and never made anew in it. A
 * context, an address and a login may lead to another one tomorrow.
 */
export type Identity = { readonly uid: string } | { readonly untold: string };

export const systemNamespace = '/api/v1/namespaces/kube-system';
const names = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

/** `untold`: why the cluster does not tell. Whoever is busy or away is asked again, and so is one for which a login has expired. */
export async function identify(api: Api): Promise<Identity> {
  const { status, body } = await api.get(systemNamespace, names);
  return identityIn(status, parsed(body));
}

/** The same by what was answered to a request for that namespace. */
export function identityIn(status: number, answer: unknown): Identity {
  const uid = status === 200 ? str(answer, 'metadata', 'uid') : undefined;
  if (uid) return { uid };
  const why = `${status} ${str(answer, 'message') ?? 'it has no UID'}`;
  if (status !== 200 && ![403, 404].includes(status))
    throw new Problem('cluster_away', `The cluster can’t tell which one it is right now (${why}).`);
  return { untold: `Which cluster this is can’t be told: the namespace kube-system can’t be read (${why})` };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
