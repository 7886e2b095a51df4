import type { Api, Opened } from './api.ts';
import { createItems } from './items.ts';
import { type Kind, pathOf } from './kinds.ts';
import { project, type Share } from './project.ts';
import { patiently } from './thrift.ts';

export type Obj = { readonly [key: string]: unknown };

/** `refused`: why it could not be listed; `absent`: this cluster does not have the kind. */
export type Listing = {
  readonly kind: Kind;
  readonly objects: readonly Obj[];
  readonly refused?: string;
  readonly absent?: true;
};

/** Objects a page, as kubectl asks for them. */
const page = 500;
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
export type Paged = {
  readonly version: string;
  readonly refused?: string;
  /** In seconds, as the server asked for. */
  readonly retryAfter?: number;
  readonly absent?: true;
};

/**
 * Reads a list page by page; each object is let go of as soon as it was told. The signal says that nobody asks any more, so
 * that the rest of a large list is not read for nothing.
 */
export async function pages(
  api: Api,
  kind: Kind,
  namespace: string | undefined,
  tell: (object: Obj) => void,
  share?: Share,
  signal?: AbortSignal,
): Promise<Paged | 'expired'> {
  const ask = (next: string) => {
    const query = `?limit=${page}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
    const asked = api.open(`${pathOf(kind, namespace)}${query}`, kind.namesOnly ? names : undefined, signal);
    // Whether it failed is asked when it is its turn.
    asked.catch(() => undefined);
    return asked;
  };
  let version = '';
  let next: Promise<Opened> | undefined = ask('');
  try {
    while (next !== undefined) {
      const { status, body, retryAfter }: Opened = await next;
      next = undefined;
      let broken = false;
      const items = createItems(
        (text) => {
          const item = parse(text);
          if (typeof item === 'object' && item !== null) tell(project(item as Obj, kind.kind, kind.group, share));
          else broken = true;
        },
        // An API server says first where the list goes on, so that the next page comes while this one is taken in.
        () => {
          const going = goesOn(parse(`${items.frame()}]}`));
          if (going !== '') next = ask(going);
        },
      );
      for await (const chunk of body) {
        items.take(chunk);
        await patiently();
      }
      const parsed = parse(items.frame());
      if (status === 410) return 'expired';
      // Who may not read a kind is refused before it is known whether there is any such kind.
      if (status === 404 || (status === 403 && !(await served(api, kind)))) return { version, absent: true };
      if (status !== 200) {
        const refused = `${status} ${messageOf(parsed) ?? items.frame().slice(0, 200)}`;
        return { version, refused, ...(retryAfter === undefined ? {} : { retryAfter }) };
      }
      const { items: list, metadata } = (parsed ?? {}) as { readonly items?: unknown; readonly metadata?: Metadata };
      if (broken || !Array.isArray(list)) return { version, refused: 'its answer is no list' };
      version = String(metadata?.resourceVersion ?? version);
      if (next === undefined && goesOn(parsed) !== '') next = ask(goesOn(parsed));
    }
  } finally {
    next?.then(
      ({ drop }) => drop(),
      () => undefined,
    );
  }
  return { version };
}

/** Everybody who is logged in may ask what there is. Where that is not told, it may be there. */
const served = async (api: Api, { group }: Kind): Promise<boolean> =>
  group === 'v1' ||
  api.get(`/apis/${group}`).then(
    ({ status }) => status !== 404,
    () => true,
  );

type Metadata = { readonly continue?: unknown; readonly resourceVersion?: unknown };
function goesOn(parsed: unknown): string {
  const { metadata } = (parsed ?? {}) as { readonly metadata?: Metadata };
  return typeof metadata?.continue === 'string' ? metadata.continue : '';
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
