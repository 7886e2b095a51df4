import { expect, test } from 'vitest';
import type { AccountId, Asked, Form, Names, PersonId, PlaceId, View } from '../../src/core/kernel/index.ts';
import { checkBlocks, checkView } from '../../src/playground/slack/index.ts';
import { cardProblems } from '../../src/playground/teams/index.ts';
import { drawForm as slackForm, render as slackRender } from '../../src/slack/render.ts';
import { drawForm as teamsForm, render as teamsRender } from '../../src/teams/render.ts';
import { type Json, slack, teams } from './json.ts';

/** Both drawings of one view, side by side: there is no golden of one platform alone. */
export type Golden = {
  /** The blocks of the Slack message, after the header that its title makes. */
  readonly slack: readonly Json[];
  /** The body of the Teams card, after the line that its title makes. */
  readonly teams: readonly Json[];
};
export type GoldenView = Golden & { readonly view: View };

/** Both drawings of one form. */
export type GoldenForm = {
  readonly asked: Asked;
  readonly slack: { readonly title: string; readonly submit: string; readonly blocks: readonly Json[] };
  readonly teams: { readonly body: readonly Json[]; readonly actions: readonly Json[] };
};

/** One golden at least for each function of a module that makes a view: a new one without its golden does not compile. */
export type ViewsOf<M> = {
  readonly [K in keyof M as M[K] extends (...args: never) => View ? K : never]: Readonly<Record<string, GoldenView>>;
};
/** The same for the forms that a module declares. */
export type FormsOf<M> = { readonly [K in keyof M as M[K] extends Form ? K : never]: GoldenForm };

export const ann = 'p-ann' as PersonId;
export const grace = 'p-grace' as PersonId;
export const leo = 'p-leo' as PersonId;
export const help = 'slack:T1/C0HELP' as PlaceId;
export const elsewhere = 'teams:t1/19:design@thread.tacv2' as PlaceId;
const account = (id: string) => id as AccountId;

/** Ann and Grace are on both platforms, Leo is on neither any more. */
export const names: Names = {
  people: new Map([
    [ann, { name: 'Ann', accounts: [account('slack:T1/U0ANN'), account('teams:t1/aad-ann')] }],
    [grace, { name: 'Grace', accounts: [account('slack:T1/U0GRACE'), account('teams:t1/aad-grace')] }],
    [leo, { name: 'Leo', accounts: [] }],
  ]),
  places: new Map([
    [help, 'platform-help'],
    [elsewhere, 'Design'],
  ]),
};

const mentioned: Readonly<Record<string, string>> = { Ann: 'aad-ann', Grace: 'aad-grace' };
/** Every `<at>…</at>` of a card needs its entity: for each of them the one there must be, and no other. */
function entitiesOf(body: readonly Json[]) {
  const marks = new Set(JSON.stringify(body).match(/<at>[^<]*<\/at>/g));
  return [...marks].map((text) => {
    const name = text.slice('<at>'.length, -'</at>'.length);
    return { type: 'mention', text, mentioned: { id: mentioned[name], name } };
  });
}

const card = (body: readonly Json[], actions: readonly Json[] = []) => {
  const entities = entitiesOf(body);
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    msteams: { width: 'Full', ...(entities.length > 0 ? { entities } : {}) },
    body,
    ...(actions.length > 0 ? { actions } : {}),
  };
};

/** Holds both renderings of a view to what is written down, and what is written down to what the platforms take. */
export function golden(name: string, view: View, expected: Golden): void {
  test(`${name}: Slack`, () => {
    const drawn = slackRender(view, names, { strict: true, remote: true });
    expect(drawn).toEqual({ text: view.summary, blocks: [slack.header(view.title), ...expected.slack] });
    expect(checkBlocks(drawn.blocks, 'message', '/blocks')).toEqual([]);
  });
  test(`${name}: Teams`, () => {
    const drawn = teamsRender(view, names, { strict: true });
    const heading = teams.words(teams.run(view.title, { size: 'Large', weight: 'Bolder' }));
    expect(drawn).toEqual(card([heading, ...expected.teams]));
    expect(cardProblems(drawn)).toEqual([]);
  });
}

/** The same for a form: the modal, and the card that stands in a dialog. */
export function goldenForm(name: string, asked: Asked, expected: Pick<GoldenForm, 'slack' | 'teams'>): void {
  test(`${name}: Slack`, () => {
    const drawn = slackForm(asked);
    expect(drawn).toEqual({
      type: 'modal',
      callback_id: asked.form.id,
      private_metadata: asked.id,
      title: slack.plain(expected.slack.title),
      submit: slack.plain(expected.slack.submit),
      close: slack.plain('Cancel'),
      blocks: expected.slack.blocks,
    });
    expect(checkView(drawn, 'modal')).toEqual([]);
  });
  test(`${name}: Teams`, () => {
    const drawn = teamsForm(asked, names);
    expect(drawn).toEqual(card(expected.teams.body, expected.teams.actions));
    expect(cardProblems(drawn)).toEqual([]);
  });
}

/** Runs a table of goldens. */
export function goldens(table: Readonly<Record<string, Readonly<Record<string, GoldenView>>>>): void {
  for (const [kind, cases] of Object.entries(table))
    for (const [name, { view, ...expected }] of Object.entries(cases)) golden(`${kind}, ${name}`, view, expected);
}
