import type { Api } from './api.ts';
import { type Kind, pathOf } from './kinds.ts';
import { project } from './project.ts';

type Obj = { readonly [key: string]: unknown };

/** `refused`: why it could not be listed; `absent`: this cluster does not have the kind. */
export type Listing = {
  readonly kind: Kind;
  readonly objects: readonly Obj[];
  readonly refused?: string;
  readonly absent?: true;
};

/** Objects a page: a whole list at once would stand in memory twice. */
const page = 500;
/** Pages expire after five minutes; then the list is begun again, so often. */
const tries = 3;

const names = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

export async function list(api: Api, kind: Kind, namespace: string | undefined): Promise<Listing> {
  for (let tried = 1; ; tried++) {
    const listing = await pages(api, kind, namespace);
    if (listing !== 'expired') return listing;
    if (tried === tries) return { kind, objects: [], refused: 'its pages expire faster than they can be read' };
  }
}

async function pages(api: Api, kind: Kind, namespace: string | undefined): Promise<Listing | 'expired'> {
  const objects: Obj[] = [];
  let next = '';
  do {
    const query = `?limit=${page}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
    const { status, body } = await api.get(`${pathOf(kind, namespace)}${query}`, kind.namesOnly ? names : undefined);
    const parsed = parse(body);
    if (status === 410) return 'expired';
    if (status === 404) return { kind, objects: [], absent: true };
    if (status !== 200) return { kind, objects: [], refused: `${status} ${messageOf(parsed) ?? body.slice(0, 200)}` };
    const { items, metadata } = (parsed ?? {}) as {
      readonly items?: unknown;
      readonly metadata?: { readonly continue?: unknown };
    };
    if (!Array.isArray(items)) return { kind, objects: [], refused: 'its answer is no list' };
    for (const item of items as readonly unknown[])
      if (typeof item === 'object' && item !== null) objects.push(project(item as Obj, kind.kind, kind.group));
    next = typeof metadata?.continue === 'string' ? metadata.continue : '';
  } while (next !== '');
  return { kind, objects };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const messageOf = (parsed: unknown): string | undefined =>
  typeof parsed === 'object' && parsed !== null && 'message' in parsed ? String(parsed.message) : undefined;
