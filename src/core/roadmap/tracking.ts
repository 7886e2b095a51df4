import { keys, redraw } from '../feedback/cards.ts';
import { trackerNames } from '../feedback/history-view.ts';
import { make, type Store, take } from '../feedback/moving.ts';
import { isOpen, type Move, type State, stateNames } from '../feedback/rules.ts';
import type { Feedback } from '../feedback/store.ts';
import {
  type Ctx,
  type Effects,
  type May,
  onObserved,
  onOutcome,
  onPress,
  onSubmit,
  type PersonCtx,
  refuse,
  whisper,
} from '../kernel/index.ts';
import { savedView } from './bond-view.ts';
import { catchingUp } from './catching-up.ts';
import { issueForm, issueFormFor } from './forms.ts';
import { syncAction } from './issue.ts';
import { bondPresses } from './item-view.ts';
import { trackedView } from './tracked-view.ts';
import { byLabel, changeBetween, synced, type Told, told, toldEvent } from './tracker.ts';
import { numbered } from './voices.ts';

const triage: May = ['platform', 'product'];

/** Our own change comes back as news: for so long it is not taken for somebody else’s. */
const echoMs = 120_000;

const moveTo: Readonly<Record<string, Move>> = {
  triaged: 'triage',
  planned: 'plan',
  'in-progress': 'start',
  'in-review': 'review',
};

/** `#7`, `7`, or the issue’s address. */
function refIn(typed: string, repository: string): string | undefined {
  const number = /^#?(\d{1,9})$/.exec(typed)?.[1] ?? /\/issues\/(\d{1,9})(?:[/?#]|$)/.exec(typed)?.[1];
  const elsewhere = typed.includes('/') && !typed.toLowerCase().includes(`/${repository.toLowerCase()}/issues/`);
  return number === undefined || elsewhere ? undefined : `${repository}#${number}`;
}

/** Says in the thread of the card what the tracker wants of the team. */
const say = (item: Feedback, words: string, id: string, url: string): Effects => [
  {
    kind: 'reply',
    to: keys.triage(item.number),
    key: `feedback/${item.number}/tracked/${id}`,
    view: trackedView(item, words, url),
    alone: true,
  },
];

/**
 * The label of where an item is was taken off. Where another one of ours is left, the item goes back to what that stands
 * for; without one nobody knows where to, so the team is asked.
 */
async function labelOff(off: State, { tracker, stands, at }: Told, item: Feedback, url: string, ctx: Ctx<Store>) {
  // A label that gives way to a later one is taken off by ourselves.
  if (item.state !== off) return [];
  const left = byLabel.findLast((s) => stands?.states.includes(s));
  const move = left && moveTo[left];
  const made = move ? await make(move, item.number, { via: tracker }, ctx) : undefined;
  if (made?.ok) return made.effects;
  const is = stateNames[off].toLowerCase();
  const why = made
    ? made.why
    : 'No label says where it goes instead: put on the one that does, or use the buttons of its card.';
  return say(
    item,
    `The label of ${is} was taken off in ${trackerNames[tracker] ?? tracker}. Here it stays ${is}. ${why}`,
    // Trackers count in seconds: a label may be taken off in the one in which the issue is closed.
    `${at}/off`,
    url,
  );
}

async function apply(heard: Told, item: Feedback, url: string, ctx: Ctx<Store>): Promise<Effects> {
  const { tracker, change, at } = heard;
  const name = trackerNames[tracker] ?? tracker;
  const asks: Readonly<Record<'done' | 'not-planned' | 'reopened', readonly [when: boolean, words: string]>> = {
    done: [
      isOpen(item.state),
      `It was closed as done in ${name}. Ship it once people can use it: then those who asked are told.`,
    ],
    'not-planned': [
      isOpen(item.state),
      `It was closed as not planned in ${name}. Decline it with a reason, so that those who asked hear why.`,
    ],
    reopened: [!isOpen(item.state), `It was opened again in ${name}. Reopen it here if that is so.`],
  };
  if ('is' in change) {
    const [wanted, words] = asks[change.is];
    if (!wanted) return [];
    const reviewed = change.is === 'done' ? await make('review', item.number, { via: tracker }, ctx) : undefined;
    return [...(reviewed?.ok ? reviewed.effects : []), ...say(item, words, at, url)];
  }
  if ('off' in change) return labelOff(change.off, heard, item, url, ctx);
  const { state } = change;
  const move = moveTo[state];
  const history = await ctx.store.feedback.history(item.number);
  const own = history.some(
    (h) => h.state === state && h.via === undefined && ctx.now.getTime() - h.at.getTime() < echoMs,
  );
  if (!move || !byLabel.includes(state) || item.state === state || own) return [];
  const made = await make(move, item.number, { via: tracker }, ctx);
  return made.ok ? made.effects : [];
}

/** The item that an issue is of, held. */
async function held({ tracker, ref }: Pick<Told, 'tracker' | 'ref'>, ctx: Ctx<Store>) {
  const named = await ctx.store.roadmap.issueBy(tracker, ref);
  const item = named && (await ctx.store.feedback.take(named.feedback));
  // Read anew: another process may have heard of a later change while we waited for the item.
  const issue = item && (await ctx.store.roadmap.issueBy(tracker, ref));
  return item && issue?.feedback === item.number ? { item, issue } : undefined;
}

/** The two-way link with the tracker that the work is done in. */
export const tracking = [
  onPress(bondPresses.issue, numbered, triage, async ({ number }, ctx: PersonCtx<Store>) => {
    const item = await take(number, ctx);
    return [{ kind: 'ask', form: issueFormFor(item), carry: JSON.stringify({ number }) }];
  }),
  onSubmit(issueForm, triage, async ({ issue }, carry, ctx: PersonCtx<Store>) => {
    const item = await take(numbered.parse(JSON.parse(carry)).number, ctx);
    const { github } = ctx.settings.roadmap;
    if (!github)
      return refuse({ issue: 'No tracker is connected: roadmap.github of groundcrew.yaml names the repository.' });
    const ref = issue === undefined ? undefined : refIn(issue.trim(), github.repository);
    if (issue !== undefined && ref === undefined)
      return refuse({ issue: `Please write the number or the address of an issue of ${github.repository}.` });
    const other = ref === undefined ? undefined : await ctx.store.roadmap.issueBy('github', ref);
    if (other && other.feedback !== item.number)
      return refuse({ issue: `That is the issue of #${other.feedback}. Merge the two, or pick another.` });
    return [
      {
        kind: 'act',
        action: syncAction,
        key: `roadmap/issue/${item.number}`,
        input: {
          tracker: 'github',
          number: item.number,
          title: item.what,
          why: item.problem ?? item.why,
          state: item.state,
          ...(ref === undefined ? {} : { ref }),
        },
      },
      whisper(savedView(item, 'On its way', 'The issue appears under the card, and follows the item from then on.')),
    ];
  }),
  onOutcome(syncAction, synced, async (key, result, ctx: Ctx<Store>): Promise<Effects> => {
    const number = Number(/^roadmap\/issue\/(\d+)$/.exec(key)?.[1]);
    const item = await ctx.store.feedback.take(number);
    if (!item) return [];
    const known = await ctx.store.roadmap.issue(number);
    if (!result.ok)
      return say(
        item,
        `The issue could not be brought up to date: ${result.why}.`,
        ctx.now.toISOString(),
        known?.url ?? '',
      );
    const { tracker, ref, url } = result;
    const other = await ctx.store.roadmap.issueBy(tracker, ref);
    if (other && other.feedback !== number)
      return say(item, `It was not linked: ${ref} is the issue of #${other.feedback} already.`, 'taken', url);
    const { stands } = result;
    await ctx.store.roadmap.setIssue({
      feedback: number,
      tracker,
      ref,
      url,
      changed: new Date(result.at),
      ...(stands ? { stands } : {}),
    });
    if (known) return [];
    await ctx.store.feedback.moved(number, {
      via: tracker,
      move: 'link',
      state: item.state,
      at: ctx.now,
      changes: { issue: [null, ref] },
    });
    return [...(await redraw(number, ctx)), ...say(item, `It’s worked on in ${ref}.`, 'issue', url)];
  }),
  onObserved(toldEvent, told, async (seen, ctx: Ctx<Store>): Promise<Effects> => {
    const about = await held(seen, ctx);
    const at = new Date(seen.at);
    // Deliveries come in any order, and again: what is older than what we know is no news.
    if (!about || (about.issue.changed && at < about.issue.changed)) return [];
    const { item, issue } = about;
    await ctx.store.roadmap.setIssue({ ...issue, changed: at, ...(seen.stands ? { stands: seen.stands } : {}) });
    return apply(seen, item, issue.url, ctx);
  }),
  ...catchingUp(async (seen, ctx) => {
    const about = await held(seen, ctx);
    const at = new Date(seen.at);
    if (!about || (about.issue.changed && at <= about.issue.changed)) return [];
    const { item, issue } = about;
    await ctx.store.roadmap.setIssue({ ...issue, changed: at, stands: seen.stands });
    const change = issue.stands && changeBetween(issue.stands, seen.stands);
    return change ? apply({ ...seen, change }, item, issue.url, ctx) : [];
  }),
];

/** What an issue can be made in. */
export const trackerOf = (ctx: Pick<Ctx<unknown>, 'settings'>): string | undefined =>
  ctx.settings.roadmap.github ? trackerNames.github : undefined;
