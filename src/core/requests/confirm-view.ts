import { type Block, money, said, strong, type Text, text, time, type View } from '../kernel/index.ts';
import type { Assessment } from './assess.ts';
import { presses } from './keys.ts';
import type { Request, Verdict } from './store.ts';
import {
  buttons,
  clusterRow,
  deciders,
  docsNote,
  notice,
  operationTitle,
  press,
  previewBlocks,
  type Subject,
  teamRow,
  thingOf,
  valueRows,
  wordsFor,
} from './view-parts.ts';

export const neverMind = (number: number) => press('Never mind', presses.abandon, { number });

/** What stands in the message as soon as somebody has asked. */
export function planningView(request: Request, subject: Subject): View {
  const thing = thingOf(request, subject);
  return {
    id: 'request.planning',
    title: thing,
    summary: `Request #${request.number}: finding out what would happen. Nothing is made yet.`,
    blocks: [
      ...(request.said ? [notice('info', said(request.said))] : []),
      {
        kind: 'steps',
        steps: [
          { label: 'Finding out what would happen', state: 'doing' },
          { label: 'You confirm', state: 'todo' },
          { label: wordsFor(request, subject.path).doing, state: 'todo' },
        ],
      },
      { kind: 'note', text: said('Nothing is made before you say so.') },
      ...buttons([neverMind(request.number)]),
    ],
  };
}

const verdictNotice: { readonly [K in Verdict['is']]: (v: Extract<Verdict, { is: K }>) => Block } = {
  allow: (v) => notice('good', said(v.because)),
  approval: (v) => notice('warn', text`This needs the approval of ${strong(deciders(v.by))}: ${v.because}`),
  deny: (v) => notice('bad', text`This can’t be done: ${v.because}`),
};
export const verdictBlock = (v: Verdict): Block => (verdictNotice[v.is] as (v: Verdict) => Block)(v);

/** Why it cannot be confirmed as it stands; undefined when it can. */
export function hindrance(request: Request, a: Assessment): Text | undefined {
  if (a.taken) return takenText(a);
  if (a.blocked !== undefined) return said(a.blocked);
  if (request.preview?.refused !== undefined) return said(request.preview.refused);
  return undefined;
}

export const takenText = ({ taken, name, path }: Assessment): Text =>
  taken
    ? text`There is a ${path.title} called “${name}” already: it belongs to ${strong(taken.team)}, and ${{ kind: 'person', person: taken.owner }} asked for it. Please take another name.`
    : [];

/** What it means for the team and its money. */
export function termRows(a: Assessment): readonly (readonly [string, Text])[] {
  return [
    ...clusterRow(a.cluster),
    ...(a.cost ? [['Costs', text`${money(a.cost.cents, a.cost.currency)} a month`] as const] : []),
    ...(a.room.quota ? [['Quota', said(a.room.quota.says)] as const] : []),
    ...(a.room.budget ? [['Budget', said(a.room.budget.says)] as const] : []),
    ...(a.expires
      ? [['Ends', text`${time(a.expires, 'date')}. I’ll remind you before; one tap extends it.`] as const]
      : []),
  ];
}

/** What would happen, what it costs, and whether anybody has to say yes: the person decides on this. */
export function confirmView(request: Request, a: Assessment): View {
  const { number, plans, preview } = request;
  const subject = { path: a.path, ...(a.resource ? { resource: a.resource } : {}) };
  const thing = thingOf(request, subject);
  const against = hindrance(request, a);
  const denied = a.verdict.is === 'deny';
  const ask = a.verdict.is === 'approval';
  const go = ask
    ? press('Ask for approval', presses.confirm, { number, plans }, { tone: 'primary' })
    : press(wordsFor(request, a.path).go, presses.confirm, { number, plans }, toneOf(request));
  const changes = a.operation ? a.operation.fields.length > 0 : request.verb === 'create';
  const operation = operationTitle(request, a.path);
  // What can’t be done makes nothing.
  const what = preview && !against && !denied ? previewBlocks(request, preview) : [];
  return {
    id: 'request.confirm',
    title: operation ? `${operation}: ${thing}` : thing,
    summary:
      against || denied
        ? `Request #${number} for ${thing} can’t go on like this.`
        : `${thing}: ${preview?.summary ?? ''} Please confirm.`,
    blocks: [
      ...(request.said ? [notice('warn', said(request.said))] : []),
      ...(against ? [notice('bad', against)] : []),
      { kind: 'facts', rows: [...valueRows(a.path, request.values), teamRow(request.team), ...termRows(a)] },
      ...a.warnings.map((w) => notice('warn', said(w))),
      ...(against ? [] : [verdictBlock(a.verdict)]),
      ...what.filter((b) => b.kind !== 'fold'),
      ...buttons([
        ...(against || denied ? [] : [go]),
        ...(changes ? [press('Change', presses.change, { number, plans }, { opens: 'form' })] : []),
        ...(against ? [press('Look again', presses.look, { number, plans })] : []),
        neverMind(number),
      ]),
      // All of it, for who wants to read it: what decides stands above, and so do the buttons.
      ...what.filter((b) => b.kind === 'fold'),
      ...docsNote(request, a.path),
    ],
  };
}

const toneOf = ({ verb }: Request) =>
  verb === 'delete' ? ({ tone: 'danger' } as const) : ({ tone: 'primary' } as const);
