import type { Found } from '../catalog/find.ts';
import type { BrokenPath, GoldenPath } from '../catalog/path.ts';
import {
  type Block,
  code,
  command,
  counting,
  type Item,
  link,
  safeUrl,
  said,
  strong,
  type Text,
  text,
  type View,
} from '../kernel/index.ts';
import { presses } from './keys.ts';
import { notice, press } from './view-parts.ts';

/** A path as somebody sees it. `closed`: why they can make nothing from it now. */
export type Listed = {
  readonly path: GoldenPath;
  readonly closed?: string;
  readonly notice?: string;
  readonly verified?: string;
};

const createButton = (path: GoldenPath, label = 'Create') =>
  press(label, presses.create, { path: path.name }, { opens: 'form' });

/** How many are shown: Slack's limit of blocks leaves room for about as many. */
const page = 20;
/** How many at first, where there are more: the others by their names, and whole in one tap, as far as there is room. */
const first = 8;

const docs = (path: GoldenPath): Text => {
  const url = safeUrl(path.docs);
  return url ? text` · ${link('docs', url)}` : [];
};

function item({ path, closed, notice: news, verified }: Listed): Item {
  const what = text`${path.summary}\n${code(path.name)} ${path.version}${docs(path)}${verified ? ` · ${verified}` : ''}`;
  const why = closed ?? news;
  return {
    title: [strong(path.title)],
    note: why === undefined ? what : text`${what}\n${closed === undefined ? '⚠ ' : '✖ '}${why}`,
    ...(closed === undefined ? { buttons: [createButton(path)] } : {}),
  };
}

const stopped = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`);
const broken = (path: BrokenPath): readonly Block[] =>
  path.problems
    .slice(0, 3)
    .map(
      (p): Block =>
        notice(
          'bad',
          text`${strong(path.name)} doesn’t load. ${code(p.line === undefined ? p.file : `${p.file}:${p.line}`)} ${stopped(p.what)} ${p.todo}`,
        ),
    );

type Shown = {
  readonly paths: readonly Listed[];
  readonly broken: readonly BrokenPath[];
  readonly teamless: boolean;
  readonly owner: string;
  /** Somebody wants to see all of it. */
  readonly all: boolean;
};

/** What there is, and why some of it is not there for this person now. */
export function catalogView({ paths, broken: wrong, teamless, owner, all }: Shown): View {
  const short = !all && paths.length > first + 1;
  const shown = paths.slice(0, short ? first : page);
  /** By their names. */
  const others = paths.slice(shown.length);
  const open = paths.filter((p) => p.closed === undefined).length;
  return {
    id: 'request.catalog',
    title: 'What you can get',
    summary:
      open === 0 ? 'There is nothing in the catalog for you yet.' : `${counting(open, 'golden path')} you can use.`,
    blocks: [
      ...(teamless ? [notice('info', noTeam(owner))] : []),
      ...(paths.length === 0
        ? [
            {
              kind: 'text',
              text: text`There is no golden path yet. A folder in the catalog makes one: tell ${owner} what you need with ${command('feedback')}.`,
            } as const,
          ]
        : [{ kind: 'items', items: shown.map(item) } as const]),
      ...(others.length > 0
        ? [{ kind: 'text', text: text`${strong('Also:')} ${others.map((p) => p.path.title).join(' · ')}` } as const]
        : []),
      ...(short
        ? [{ kind: 'buttons', buttons: [press(showMore(paths.length), presses.catalog, { all: true })] } as const]
        : others.length > 0
          ? [{ kind: 'note', text: text`Type ${command('create')} and the name of what you need.` } as const]
          : []),
      ...wrong.flatMap(broken),
      {
        kind: 'note',
        text: text`If you know what you want, type it: ${command(example(paths.flatMap((p) => (p.closed === undefined ? [p.path] : []))))}. Nothing is made before you confirm.`,
      },
    ],
  };
}

const showMore = (count: number): string => (count > page ? `Show ${page} of ${count}` : `Show all ${count}`);

/** A line to type, for one of the paths that are there. */
function example(paths: readonly GoldenPath[]): string {
  const lines = paths.map((path) => {
    const { required, properties } = path.parameters;
    const values = required.slice(0, 2).map((name) => {
      const p = properties[name];
      return `${name}=${p?.enum?.[0]?.value ?? p?.placeholder?.split(/\s/)[0] ?? '…'}`;
    });
    return ['create', path.name, ...values].join(' ');
  });
  // One that shows values, and is short enough to be read.
  const [shortest] = lines.filter((l) => l.includes('=')).toSorted((a, b) => a.length - b.length);
  return shortest ?? lines[0] ?? 'create [path] [name=value …]';
}

const noTeam = (owner: string): Text =>
  text`You’re in no team yet, and what you create belongs to a team. Ask ${strong(owner)} to put you into one: that’s a line in ${code('groundcrew.yaml')}, under ${code('teams')}.`;

export const noTeamView = (owner: string): View => ({
  id: 'request.no-team',
  title: 'For which team?',
  summary: `You’re in no team yet. Ask ${owner} to put you into one.`,
  blocks: [notice('warn', noTeam(owner))],
});

/** How many are offered by a button each. */
const few = 5;

/** Something was typed that is no path: what was probably meant, or some of what there is. */
export function unknownView(
  typed: string,
  found: Exclude<Found, { is: 'found' }>,
  near: readonly GoldenPath[],
  open: readonly Listed[],
  owner: string,
): View {
  const [meant, ...others] = near;
  const words =
    found.is === 'broken'
      ? brokenWords(found.path, owner)
      : unknownWords(typed, others.length === 0 ? meant : undefined, near.length + open.length > 0);
  const offered = near.length > 0 ? near.slice(0, few) : open.slice(0, few).map((l) => l.path);
  return {
    id: 'request.unknown-path',
    title: found.is === 'broken' ? 'Not available right now' : 'Not in the catalog',
    summary: words.map((s) => ('text' in s ? s.text : '')).join(''),
    blocks: [
      notice('warn', words),
      {
        kind: 'buttons',
        buttons: [
          ...offered.map((p) => createButton(p, near.length === 1 ? `Yes, ${p.title}` : p.title)),
          press('See the catalog', presses.catalog, {}),
        ],
      },
    ],
  };
}

const brokenWords = (path: BrokenPath, owner: string): Text =>
  text`${strong(path.name)} is in the catalog, but doesn’t load at the moment. In the catalog ${owner} can see why.`;
const unknownWords = (typed: string, meant: GoldenPath | undefined, some: boolean): Text =>
  meant
    ? text`There is no ${code(typed)}. Did you mean ${strong(meant.title)}?`
    : text`There is no ${code(typed)} in the catalog.${some ? ' Perhaps one of these?' : ''} What you miss there, ask for with ${command('feedback')}.`;

/** Somebody said in their own words what they need, and it is there. */
export const wishView = (rows: readonly Listed[]): View => ({
  id: 'request.wish',
  title: 'That’s in the catalog',
  summary: `You can get: ${rows.map((r) => r.path.title).join(', ')}`,
  blocks: [
    { kind: 'text', text: said(rows.length === 1 ? 'You can get this yourself:' : 'You can get these yourself:') },
    { kind: 'items', items: rows.slice(0, few).map(item) },
    { kind: 'buttons', buttons: [press('See the catalog', presses.catalog, {})] },
    { kind: 'note', text: said('Nothing is made before you confirm.') },
  ],
});
