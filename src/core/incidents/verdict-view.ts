import { commandOf } from '../diagnosis/fixes.ts';
import type { Change, Changed, Evidence, Fix, Ref, Verdict } from '../diagnosis/index.ts';
import { type Block, type Button, code, type Folded, said, shorten, strong, type Text, text } from '../kernel/index.ts';

/** What is shown of each at most: a message is read, not studied. */
const shown = { changes: 8, evidence: 8, commands: 4, near: 3 } as const;
/** Of one value of a change: an image is longer than one thinks. */
const valueMax = 160;

const line = ({ path }: Change, value: string | undefined): string =>
  value === undefined ? '' : `${path}: ${shorten(value.replaceAll('\n', ' '), valueMax)}`;

const lines = (changes: readonly Change[], of: 'before' | 'after'): string =>
  changes
    .slice(0, shown.changes)
    .map((c) => line(c, c[of]))
    .filter((l) => l !== '')
    .join('\n');

/** What the newest revision changed: the first thing that anybody asks. */
export function changeBlocks(changed: Changed | undefined): readonly Block[] {
  if (changed === undefined || changed.changes.length === 0) return [];
  const base = changed.knownGood ? text`revision ${changed.from}, which works` : text`revision ${changed.from}`;
  const more = changed.changes.length - shown.changes;
  return [
    {
      kind: 'text',
      text: text`${strong('What changed')} in revision ${changed.to}, against ${base}${more > 0 ? ` (and ${more} more)` : ''}:`,
    },
    { kind: 'diff', before: lines(changed.changes, 'before'), after: lines(changed.changes, 'after') },
  ];
}

const nameOf = ({ kind, name }: Ref): string => `${kind} ${name}`;

const evidenceItem = (e: Evidence): Extract<Folded, { kind: 'items' }>['items'][number] => ({
  title: text`${nameOf(e.on)} · ${code(e.path)}`,
  note: said(e.says),
});

/** Where it is read, and what stands there: shut, for who wants to know. */
const evidenceBlocks = ({ evidence, code: cause }: Verdict, more: Button | undefined): readonly Block[] =>
  evidence.length === 0
    ? []
    : [
        {
          kind: 'fold',
          title: `How I know (${cause})`,
          blocks: [{ kind: 'items', items: evidence.slice(0, shown.evidence).map(evidenceItem) }],
          ...(more ? { more } : {}),
        },
      ];

/** To be copied: what nobody can do by a button. `called`: in which of several clusters. */
export const commandBlocks = (fixes: readonly Fix[], more?: Button, called?: string): readonly Block[] =>
  fixes.length === 0
    ? []
    : [
        {
          kind: 'fold',
          title: `What mends it, as ${fixes.length === 1 ? 'a command' : 'commands'}${called === undefined ? '' : ` in ${called}`}`,
          blocks: fixes.slice(0, shown.commands).flatMap((fix): readonly Folded[] => [
            { kind: 'text', text: said(`${fix.title}:`) },
            { kind: 'code', language: 'bash', text: commandOf(fix) },
          ]),
          ...(more ? { more } : {}),
        },
      ];

const sure: Readonly<Record<Verdict['confidence'], string | undefined>> = {
  certain: undefined,
  likely: 'I’m fairly sure, not certain: it follows from several things, none of which says so by itself.',
  unclear: 'I don’t recognise this: what the cluster says is quoted as it is.',
};

export const tone = ({ severity }: Verdict): 'bad' | 'warn' => (severity === 'critical' ? 'bad' : 'warn');

/** What is wrong, who notices, since which change: what is read first. */
export function verdictBlocks(v: Verdict): readonly Block[] {
  const close = v.near.slice(0, shown.near).map((n): Text => [code(n)]);
  return [
    { kind: 'notice', tone: tone(v), text: v.summary },
    { kind: 'text', text: said(v.blast.text) },
    ...(close.length === 0
      ? []
      : [
          {
            kind: 'text',
            text: text`Did you mean ${close.flatMap((t, i) => (i === 0 ? t : [...said(' or '), ...t]))}?`,
          } as const,
        ]),
    ...changeBlocks(v.changed),
  ];
}

/** How I know, and how sure: what is read last. */
export function groundBlocks(v: Verdict, more?: Button): readonly Block[] {
  const doubt = sure[v.confidence];
  return [
    ...evidenceBlocks(v, more),
    ...(doubt === undefined ? [] : [{ kind: 'note', text: said(doubt) } as const]),
    ...(v.managedBy === undefined
      ? []
      : [
          {
            kind: 'note',
            text: said(
              `${v.managedBy} manages it and would undo what is changed by hand: make the change where ${v.managedBy} takes it from.`,
            ),
          } as const,
        ]),
  ];
}
