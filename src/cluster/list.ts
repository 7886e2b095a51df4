import { setImmediate as turn } from 'node:timers/promises';
import type { Answer, Api } from './api.ts';
import { type Kind, pathOf } from './kinds.ts';
import { project, type Share } from './project.ts';

export type Obj = { readonly [key: string]: unknown };

/** `refused`: why it could not be listed; `absent`: this cluster does not have the kind. */
export type Listing = {
  readonly kind: Kind;
  readonly objects: readonly Obj[];
  readonly refused?: string;
  readonly absent?: true;
};

/** Objects a page: a whole list at once would stand in memory twice, and two pages of a kind always do. */
const page = 250;
/** So many are taken in before others get their turn. */
const batch = 50;
/** Pages expire after five minutes; then the list is begun again, so often. */
const tries = 3;

const names = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

export async function list(api: Api, kind: Kind, namespace: string | undefined): Promise<Listing> {
  for (let tried = 1; ; tried++) {
    const objects: Obj[] = [];
    const listing = await pages(api, kind, namespace, (object) => objects.push(object));
    if (listing !== 'expired') return { kind, ...listing, objects: listing.refused === undefined ? objects : [] };
    if (tried === tries) return { kind, objects: [], refused: 'its pages expire faster than they can be read' };
  }
}

/** `version`: from which a watch goes on. */
export type Paged = { readonly version: string; readonly refused?: string; readonly absent?: true };

/** Reads a list page by page; each object is let go of as soon as it was told. */
export async function pages(
  api: Api,
  kind: Kind,
  namespace: string | undefined,
  tell: (object: Obj) => void,
  share?: Share,
): Promise<Paged | 'expired'> {
  const ask = (next: string) => {
    const query = `?limit=${page}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
    return api.get(`${pathOf(kind, namespace)}${query}`, kind.namesOnly ? names : undefined);
  };
  let version = '';
  let asked: ReturnType<typeof ask> | undefined = ask('');
  while (asked !== undefined) {
    const { status, body }: Answer = await asked;
    const parsed = parse(body);
    if (status === 410) return 'expired';
    if (status === 404) return { version, absent: true };
    if (status !== 200) return { version, refused: `${status} ${messageOf(parsed) ?? body.slice(0, 200)}` };
    const { items, metadata } = (parsed ?? {}) as {
      readonly items?: unknown;
      readonly metadata?: { readonly continue?: unknown; readonly resourceVersion?: unknown };
    };
    if (!Array.isArray(items)) return { version, refused: 'its answer is no list' };
    version = String(metadata?.resourceVersion ?? version);
    const next = typeof metadata?.continue === 'string' ? metadata.continue : '';
    // The next page comes while this one is taken in; whether it failed is asked then.
    asked = next === '' ? undefined : ask(next);
    asked?.catch(() => undefined);
    for (const [i, item] of (items as readonly unknown[]).entries()) {
      if (i % batch === batch - 1) await turn();
      if (typeof item === 'object' && item !== null) tell(project(item as Obj, kind.kind, kind.group, share));
    }
  }
  return { version };
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
