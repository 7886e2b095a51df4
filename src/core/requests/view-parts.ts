import type { GoldenPath, Parameter, Values } from '../catalog/path.ts';
import {
  type Block,
  type Button,
  code,
  type Effect,
  type Json,
  link,
  safeUrl,
  said,
  strong,
  type Text,
  text,
  whisper,
} from '../kernel/index.ts';
import type { Resource } from '../resources/store.ts';
import type { Preview, Verb } from '../runs/run.ts';
import { presses } from './keys.ts';
import { nameOf, teamName } from './scope.ts';
import type { Request } from './store.ts';

type Words = {
  /** What the button that confirms says. */
  readonly go: string;
  readonly doing: string;
  readonly done: string;
  readonly failed: string;
};
/** What is done, in the words of each moment. */
const verbWords: Readonly<Record<Verb, Words>> = {
  create: { go: 'Create it', doing: 'Creating', done: 'is ready', failed: 'could not be created' },
  change: { go: 'Change it', doing: 'Changing', done: 'is changed', failed: 'could not be changed' },
  restart: { go: 'Restart it', doing: 'Restarting', done: 'is restarted', failed: 'could not be restarted' },
  rotate: { go: 'Rotate', doing: 'Rotating', done: 'has new credentials', failed: 'could not get new credentials' },
  hibernate: { go: 'Hibernate it', doing: 'Hibernating', done: 'is asleep', failed: 'could not be put to sleep' },
  wake: { go: 'Wake it', doing: 'Waking', done: 'is awake', failed: 'could not be woken' },
  delete: { go: 'Delete it', doing: 'Deleting', done: 'is deleted', failed: 'could not be deleted' },
};

/**
 * What ends a thing need not delete it: where the path calls it otherwise, such as *Archive*, so do we. And what is rotated
 * has a name there, such as *New password*.
 */
export function wordsFor(request: Request, path: GoldenPath | undefined): Words {
  const words = verbWords[request.verb];
  const title = operationTitle(request, path) ?? words.doing;
  if (request.verb === 'rotate' && title !== words.doing) return { ...words, go: title };
  return request.verb !== 'delete' || [words.doing, 'Delete'].includes(title)
    ? words
    : { go: title, doing: 'Ending', done: 'has ended', failed: 'could not be ended' };
}

/** What a request is about. The path may have left the catalog, and the thing may not be there yet. */
export type Subject = {
  readonly path?: GoldenPath;
  readonly resource?: Resource;
  /** In which of several clusters: where it is, or where its path says that it would be made. */
  readonly cluster?: string;
};
export const clusterRow = (cluster: string | undefined): readonly (readonly [string, Text])[] =>
  cluster === undefined ? [] : [['Cluster', said(cluster)]];

/** Such as `PostgreSQL “orders”`. */
export function thingOf(request: Request, { path, resource }: Subject): string {
  const title = path?.title ?? request.path;
  const name = resource?.name ?? nameOf(path ?? { title, called: ['name'] }, request.values, request.number);
  return name.startsWith(title) ? name : `${title} “${name}”`;
}

/** What is done to a thing that is there; undefined when something new is made. */
export function operationTitle(request: Request, path: GoldenPath | undefined): string | undefined {
  if (request.verb === 'create') return undefined;
  const named = path?.operations.find((o) => o.name === request.operation)?.title;
  return named ?? (request.operation === undefined ? `Upgrade to ${request.version}` : verbWords[request.verb].doing);
}

export const press = (
  label: string,
  name: (typeof presses)[keyof typeof presses],
  value: unknown,
  more: Pick<Button, 'tone' | 'confirm' | 'opens'> = {},
): Button => ({ label, press: { name, value: JSON.stringify(value) }, ...more });

export const buttons = (list: readonly Button[]): readonly Block[] =>
  list.length > 0 ? [{ kind: 'buttons', buttons: list }] : [];

const optionOf = (p: Parameter, value: Json): string => p.enum?.find((o) => o.value === value)?.label ?? String(value);

function valueText(p: Parameter | undefined, value: Json): Text {
  if (typeof value === 'boolean') return said(value ? 'yes' : 'no');
  if (Array.isArray(value)) return said(value.map((v: Json) => (p ? optionOf(p, v) : String(v))).join(', '));
  return said(`${p ? optionOf(p, value) : String(value)}${p?.unit ? ` ${p.unit}` : ''}`);
}

/** What was asked for, by the labels of the form and in its order. */
export function valueRows(path: GoldenPath | undefined, values: Values): readonly (readonly [string, Text])[] {
  const names = Object.keys(path?.parameters.properties ?? {});
  const at = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  return Object.entries(values)
    .toSorted(([a], [b]) => at(a) - at(b))
    .map(([name, value]) => {
      const p = path?.parameters.properties[name];
      return [p?.title ?? name, valueText(p, value)] as const;
    });
}

export const teamRow = (team: string): readonly [string, Text] => ['For', said(teamName(team))];

const signs = { create: '+', change: '~', delete: '-', keep: ' ' } as const;
const wordsOf = { create: 'New', change: 'Changed', delete: 'Deleted', keep: 'Stays' } as const;
/** How many changes are listed one by one outside of the fold. */
const few = 3;

/** What happens to all of them alike the line above says; steps that another system runs do not bear to be told apart. */
function listOf(changes: Preview['changes']): readonly Block[] {
  if (changes.every(({ does }) => does === changes[0]?.does))
    return [{ kind: 'text', text: said(changes.map(({ what }) => `• ${what}`).join('\n')) }];
  return [{ kind: 'facts', rows: changes.map(({ what, does }) => [wordsOf[does], [code(what)]] as const) }];
}

/** What would happen: in short, and the whole to open. */
export function previewBlocks(request: Request, preview: Preview): readonly Block[] {
  const { changes, detail } = preview;
  const more = press('Show all of it', presses.detail, { number: request.number });
  const listed = changes.length <= few && !detail;
  return [
    { kind: 'text', text: said(preview.summary) },
    ...(listed ? listOf(changes) : []),
    ...(listed || (changes.length === 0 && !detail)
      ? []
      : [{ kind: 'fold', title: 'What exactly', blocks: detailBlocks(preview), more } as const]),
  ];
}

export const detailBlocks = ({ changes, detail }: Preview) => [
  ...(changes.length > 0
    ? [
        {
          kind: 'code' as const,
          language: '',
          text: changes.map((c) => `${signs[c.does]} ${c.what}`).join('\n'),
        },
      ]
    : []),
  ...(detail ? [{ kind: 'code' as const, language: detail.language, text: detail.text }] : []),
];

const roleWords: Readonly<Record<string, string>> = {
  platform: 'a platform engineer',
  product: 'the product manager',
  admin: 'an admin',
};
/** Who decides, as a sentence names them. */
export const deciders = (by: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(by.map((name) => roleWords[name] ?? `team ${name}`));

/** The path's docs, and who owns it: where to read on, and whom to ask. */
export function docsNote({ number }: Request, path: GoldenPath | undefined): readonly Block[] {
  if (!path) return [];
  const url = safeUrl(path.docs);
  const docs = url ? text`${link('How it works', url)} · ` : [];
  const about = text`${docs}Request #${number} · ${path.title} ${path.version}, owned by ${strong(path.owner)}`;
  return [{ kind: 'note', text: about }];
}

export const notice = (tone: 'info' | 'good' | 'warn' | 'bad', words: Text): Block => ({
  kind: 'notice',
  tone,
  text: words,
});

/** A short answer to a press that did not go as the person expected. */
export const answer = (title: string, words: string | Text, tone: 'warn' | 'info' = 'warn'): Effect =>
  whisper({
    id: 'request.notice',
    title,
    summary: typeof words === 'string' ? words : words.map((s) => ('text' in s ? s.text : '')).join(''),
    blocks: [notice(tone, typeof words === 'string' ? said(words) : words)],
  });
