import {
  type Block,
  type Button,
  type Feature,
  type Handler,
  type Item,
  onCommand,
  type PersonCtx,
  person,
  said,
  strong,
  text,
  time,
  type View,
  whisper,
} from '../kernel/index.ts';
import { decideButtons } from './approval-view.ts';
import { approvalBy, mayDecide } from './approvers.ts';
import { presses, type Store } from './keys.ts';
import { subjectOf } from './live.ts';
import { isOver, stateNames } from './rules.ts';
import { teamName } from './scope.ts';
import type { Request } from './store.ts';
import { operationTitle, press, thingOf } from './view-parts.ts';

/** How many a list shows: Slack's limit of blocks leaves room for about twice as many. */
const page = 15;
/** How many of those that wait for anybody are looked through. */
const looked = 100;

const catalogButton = press('See the catalog', presses.catalog, {});

/** What is done with a request from a list. */
function buttonsOf(request: Request): readonly Button[] {
  const { number } = request;
  if (!isOver(request.state)) return [press('Show', presses.show, { number })];
  return [
    ...(request.state === 'failed' ? [press('Try again', presses.retry, { number })] : []),
    ...(request.verb === 'create' ? [press('Ask again', presses.again, { number }, { opens: 'form' })] : []),
  ];
}

async function item(request: Request, buttons: readonly Button[], ctx: PersonCtx<Store>): Promise<Item> {
  const subject = await subjectOf(request, ctx);
  const operation = operationTitle(request, subject.path);
  return {
    title: text`#${request.number} ${operation ? `${operation}: ` : ''}${thingOf(request, subject)}`,
    note: text`${strong(stateNames[request.state])} · for ${teamName(request.team)} · ${time(request.changed)}`,
    buttons,
  };
}

async function mine(ctx: PersonCtx<Store>, only: (r: Request) => boolean = () => true) {
  const requests = await ctx.store.requests.mine(ctx.by.id, page + 1);
  const items: Item[] = [];
  for (const request of requests.slice(0, page))
    if (only(request)) items.push(await item(request, buttonsOf(request), ctx));
  return { items, more: requests.length > page };
}

/** What waits for a decision that this person can make. */
async function forMe(ctx: PersonCtx<Store>, list: true | 'own', without?: number): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (const request of await ctx.store.requests.waiting(looked)) {
    if (items.length === page) break;
    if (request.number === without) continue;
    if (!(await mayDecide(ctx.by, approvalBy(request), request.requester, ctx))) continue;
    const made = await item(request, decideButtons(request, { list }), ctx);
    const why = request.verdict?.is === 'approval' ? request.verdict.because : '';
    items.push({ ...made, note: text`${person(request.requester)} asks, for ${teamName(request.team)}: ${why}` });
  }
  return items;
}

const listView = (
  title: string,
  items: readonly Item[],
  empty: string,
  more: boolean,
  buttons: readonly Button[],
): View => ({
  id: 'request.list',
  title,
  summary: items.length === 0 ? `${title}: nothing` : `${title}: ${items.length}${more ? ' or more' : ''}`,
  blocks: [
    items.length === 0 ? { kind: 'text', text: said(empty) } : { kind: 'items', items },
    ...(more ? [{ kind: 'note', text: text`Only the latest ${items.length} are shown.` } as const] : []),
    ...(buttons.length > 0 ? [{ kind: 'buttons', buttons } as const] : []),
  ],
});

/** What waits for a decision of theirs; `first`: what becomes of one of them, which is left out with `without`. */
export async function waitingView(
  ctx: PersonCtx<Store>,
  first: readonly Block[] = [],
  without?: number,
): Promise<View> {
  const empty = without === undefined ? 'Nothing waits for your decision.' : 'Nothing else waits for your decision.';
  const view = listView('Waiting for you', await forMe(ctx, 'own', without), empty, false, []);
  return { ...view, blocks: [...first, ...view.blocks] };
}

export const listing: readonly Handler<Store>[] = [
  onCommand(
    'requests',
    { summary: 'What you asked for, and where it stands', may: 'anyone' },
    async (_, ctx: PersonCtx<Store>) => {
      const { items, more } = await mine(ctx);
      const empty = 'You haven’t asked for anything yet. The catalog shows what you can get: most of it takes minutes.';
      return [whisper(listView('Your requests', items, empty, more, [catalogButton]))];
    },
  ),
  onCommand(
    'approvals',
    { summary: 'What waits for your decision', may: 'anyone' },
    async (_, ctx: PersonCtx<Store>) => [whisper(await waitingView(ctx))],
  ),
];

/** On the home page: what is under way, and what waits for this person. */
export const home: NonNullable<Feature<Store>['home']> = async (ctx) => {
  const waiting = await forMe(ctx, true);
  const { items } = await mine(ctx, (r) => !isOver(r.state));
  const list = (of: readonly Item[]): readonly Block[] => (of.length > 0 ? [{ kind: 'items', items: of }] : []);
  return {
    title: 'Your requests',
    blocks: [
      ...(waiting.length > 0 ? [{ kind: 'text', text: [strong('Waiting for your decision')] } as const] : []),
      ...list(waiting),
      ...(waiting.length > 0 && items.length > 0 ? [{ kind: 'text', text: [strong('Under way')] } as const] : []),
      ...list(items),
      ...(waiting.length + items.length === 0
        ? [{ kind: 'text', text: said('Nothing is under way. The catalog shows what you can get.') } as const]
        : []),
    ],
    buttons: [{ ...catalogButton, tone: 'primary' }],
  };
};
