import { describe, expect, test } from 'vitest';
import { moveButton, startButton } from '../../src/core/feedback/buttons.ts';
import * as cards from '../../src/core/feedback/card-view.ts';
import { askForm } from '../../src/core/feedback/forms.ts';
import * as lists from '../../src/core/feedback/list-view.ts';
import * as questions from '../../src/core/feedback/question-view.ts';
import type { Move } from '../../src/core/feedback/rules.ts';
import type { Feedback, Moved } from '../../src/core/feedback/store.ts';
import * as toldViews from '../../src/core/feedback/told-view.ts';
import * as smallTalk from '../../src/core/help/small-talk.ts';
import * as help from '../../src/core/help/views.ts';
import { type AccountId, type Handler, type Person, type Role, text, type View } from '../../src/core/kernel/index.ts';
import { operations } from '../../src/core/operations/feature.ts';
import * as people from '../../src/core/people/views.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { noticeView } from '../../src/engine/handlers.ts';
import { openFormView } from '../../src/engine/replies.ts';
import { ann, type GoldenView, goldens, grace, help as helpChannel, type ViewsOf } from './golden.ts';
import { apart, below, bolder, muted, slack as s, teams as t } from './json.ts';

/*
 * Every view of the product, as people see it on both platforms. The tables are typed by the modules' own exports: a
 * new view does not compile until it stands here, drawn twice.
 */

const day = (n: number) => new Date(`2026-03-0${n}T09:05:00Z`);
const item: Feedback = {
  number: 7,
  requester: ann,
  account: 'slack:T1/U0ANN' as AccountId,
  what: 'Preview environments in a minute',
  why: 'I wait ten minutes.\nSo I review without running it.',
  pain: 4,
  permalink: 'https://acme.slack.com/archives/C1/p1',
  state: 'received',
  created: day(2),
  changed: day(2),
};
const { permalink: _, ...typed } = item;
const moved = (n: number, move: Move, state: Feedback['state'], words?: string): Moved => ({
  by: grace,
  move,
  state,
  at: day(n),
  ...(words === undefined ? {} : { words }),
});
const question = moved(3, 'ask', 'received', 'Which repository?');

const feedback = { ...cards, ...lists, ...questions, ...toldViews };
const feedbackViews: ViewsOf<typeof feedback> = {
  triageCard: {
    'when it arrives': {
      view: feedback.triageCard(item, []),
      slack: [
        s.rich(s.bold('Preview environments in a minute')),
        s.quote('I wait ten minutes.\nSo I review without running it.'),
        s.facts(
          ['From', s.user('U0ANN')],
          ['Pain', '●●●●○ hurts every week'],
          ['State', s.bold('Received')],
          ['Asked', s.date(1772442300, '{date_short_pretty}', '2026-03-02')],
          ['Source', s.link('the message it came from', 'https://acme.slack.com/archives/C1/p1')],
        ),
        s.actions(
          s.button('Triage', 'roadmap.details#1', '{"number":7}', { style: 'primary' }),
          s.button('Plan', 'feedback.move#2', '{"number":7,"move":"plan"}'),
          s.button('Decline', 'feedback.move#3', '{"number":7,"move":"decline"}', { style: 'danger' }),
          s.button('Ask back', 'feedback.move#4', '{"number":7,"move":"ask"}'),
          s.button('Me too', 'roadmap.me-too#5', '{"number":7}'),
          s.button('More', 'roadmap.item#6', '{"number":7}'),
        ),
      ],
      teams: [
        t.words(t.run('Preview environments in a minute', bolder)),
        t.box('emphasis', t.words('I wait ten minutes.'), {
          ...t.words('So I review without running it.'),
          spacing: 'None',
        }),
        t.fact('Default', 'From', t.markdown('<at>Ann</at>')),
        t.fact('Small', 'Pain', t.words('●●●●○ hurts every week')),
        t.fact('Small', 'State', t.words(t.run('Received', bolder))),
        t.fact('Small', 'Asked', t.markdown('{{DATE(2026-03-02T09:05:00Z, SHORT)}}')),
        t.fact('Small', 'Source', t.words(t.link('the message it came from', 'https://acme.slack.com/archives/C1/p1'))),
        t.buttons(
          t.opens('Triage', 'roadmap.details', '{"number":7}', { style: 'positive' }),
          t.does('Plan', 'feedback.move', '{"number":7,"move":"plan"}'),
          t.opens('Decline', 'feedback.move', '{"number":7,"move":"decline"}', { style: 'destructive' }),
          t.opens('Ask back', 'feedback.move', '{"number":7,"move":"ask"}'),
          t.does('Me too', 'roadmap.me-too', '{"number":7}'),
          t.does('More', 'roadmap.item', '{"number":7}'),
        ),
      ],
    },
    'with a history and a question that is open': {
      view: feedback.triageCard({ ...typed, state: 'planned' }, [
        ...[3, 4, 5, 6].map((n) => moved(n, 'start', 'in-progress')),
        moved(7, 'plan', 'planned'),
        { ...question, at: day(8) },
      ]),
      slack: [
        s.rich(s.bold('Preview environments in a minute')),
        s.quote('I wait ten minutes.\nSo I review without running it.'),
        s.facts(
          ['From', s.user('U0ANN')],
          ['Pain', '●●●●○ hurts every week'],
          ['State', s.bold('Planned'), ', waiting for an answer'],
          ['Asked', s.date(1772442300, '{date_short_pretty}', '2026-03-02')],
        ),
        s.context('1 earlier step'),
        s.context(s.token('<!date^1772615100^{date_short_pretty}|2026-03-04> <@U0GRACE> started on it')),
        s.context(s.token('<!date^1772701500^{date_short_pretty}|2026-03-05> <@U0GRACE> started on it')),
        s.context(s.token('<!date^1772787900^{date_short_pretty}|2026-03-06> <@U0GRACE> started on it')),
        s.context(s.token('<!date^1772874300^{date_short_pretty}|2026-03-07> <@U0GRACE> planned it')),
        s.context(s.token('<!date^1772960700^{date_short_pretty}|2026-03-08> <@U0GRACE> asked: Which repository?')),
        s.actions(
          s.button('In progress', 'feedback.move#1', '{"number":7,"move":"start"}', { style: 'primary' }),
          s.button('Ship', 'feedback.move#2', '{"number":7,"move":"ship"}'),
          s.button('Decline', 'feedback.move#3', '{"number":7,"move":"decline"}', { style: 'danger' }),
          s.button('Ask back', 'feedback.move#4', '{"number":7,"move":"ask"}'),
          s.button('Me too', 'roadmap.me-too#5', '{"number":7}'),
          s.button('More', 'roadmap.item#6', '{"number":7}'),
        ),
      ],
      teams: [
        t.words(t.run('Preview environments in a minute', bolder)),
        t.box('emphasis', t.words('I wait ten minutes.'), {
          ...t.words('So I review without running it.'),
          spacing: 'None',
        }),
        t.fact('Default', 'From', t.markdown('<at>Ann</at>')),
        t.fact('Small', 'Pain', t.words('●●●●○ hurts every week')),
        t.fact('Small', 'State', t.words(t.run('Planned', bolder), ', waiting for an answer')),
        t.fact('Small', 'Asked', t.markdown('{{DATE(2026-03-02T09:05:00Z, SHORT)}}')),
        t.note('1 earlier step'),
        t.markdown('{{DATE(2026-03-04T09:05:00Z, SHORT)}} <at>Grace</at> started on it', apart),
        t.markdown('{{DATE(2026-03-05T09:05:00Z, SHORT)}} <at>Grace</at> started on it', apart),
        t.markdown('{{DATE(2026-03-06T09:05:00Z, SHORT)}} <at>Grace</at> started on it', apart),
        t.markdown('{{DATE(2026-03-07T09:05:00Z, SHORT)}} <at>Grace</at> planned it', apart),
        t.markdown('{{DATE(2026-03-08T09:05:00Z, SHORT)}} <at>Grace</at> asked: Which repository?', apart),
        t.buttons(
          t.does('In progress', 'feedback.move', '{"number":7,"move":"start"}', { style: 'positive' }),
          t.opens('Ship', 'feedback.move', '{"number":7,"move":"ship"}'),
          t.opens('Decline', 'feedback.move', '{"number":7,"move":"decline"}', { style: 'destructive' }),
          t.opens('Ask back', 'feedback.move', '{"number":7,"move":"ask"}'),
          t.does('Me too', 'roadmap.me-too', '{"number":7}'),
          t.does('More', 'roadmap.item', '{"number":7}'),
        ),
      ],
    },
    'when it is over': {
      view: feedback.triageCard({ ...typed, state: 'declined' }, [moved(3, 'decline', 'declined', 'Too costly.')]),
      slack: [
        s.rich(s.bold('Preview environments in a minute')),
        s.quote('I wait ten minutes.\nSo I review without running it.'),
        s.facts(
          ['From', s.user('U0ANN')],
          ['Pain', '●●●●○ hurts every week'],
          ['State', s.bold('Declined')],
          ['Asked', s.date(1772442300, '{date_short_pretty}', '2026-03-02')],
        ),
        s.context(s.token('<!date^1772528700^{date_short_pretty}|2026-03-03> <@U0GRACE> declined it: Too costly.')),
        s.actions(
          s.button('Reopen', 'feedback.move#1', '{"number":7,"move":"reopen"}'),
          s.button('More', 'roadmap.item#2', '{"number":7}'),
        ),
      ],
      teams: [
        t.words(t.run('Preview environments in a minute', bolder)),
        t.box('emphasis', t.words('I wait ten minutes.'), {
          ...t.words('So I review without running it.'),
          spacing: 'None',
        }),
        t.fact('Default', 'From', t.markdown('<at>Ann</at>')),
        t.fact('Small', 'Pain', t.words('●●●●○ hurts every week')),
        t.fact('Small', 'State', t.words(t.run('Declined', bolder))),
        t.fact('Small', 'Asked', t.markdown('{{DATE(2026-03-02T09:05:00Z, SHORT)}}')),
        t.markdown('{{DATE(2026-03-03T09:05:00Z, SHORT)}} <at>Grace</at> declined it: Too costly.', apart),
        t.buttons(
          t.does('Reopen', 'feedback.move', '{"number":7,"move":"reopen"}'),
          t.does('More', 'roadmap.item', '{"number":7}'),
        ),
      ],
    },
  },
  requesterCard: {
    'when it was sent': {
      view: feedback.requesterCard(item, [], 'the Acme platform team'),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          'Thank you! It’s with the Acme platform team. I’ll tell you here when something changes.',
        ),
        s.rich(s.bold('Preview environments in a minute')),
        s.facts(
          ['State', s.bold('Received')],
          ['Pain', '●●●●○ hurts every week'],
          ['Source', s.link('the message it came from', 'https://acme.slack.com/archives/C1/p1')],
        ),
      ],
      teams: [
        t.box(
          'good',
          t.words('✅ ', 'Thank you! It’s with the Acme platform team. I’ll tell you here when something changes.'),
        ),
        t.words(t.run('Preview environments in a minute', bolder)),
        t.fact('Default', 'State', t.words(t.run('Received', bolder))),
        t.fact('Small', 'Pain', t.words('●●●●○ hurts every week')),
        t.fact('Small', 'Source', t.words(t.link('the message it came from', 'https://acme.slack.com/archives/C1/p1'))),
      ],
    },
    'with a question that is open': {
      view: feedback.requesterCard(typed, [question], 'the Acme platform team'),
      slack: [
        s.rich(s.bold('Preview environments in a minute')),
        s.facts(['State', s.bold('Received'), ', waiting for your answer'], ['Pain', '●●●●○ hurts every week']),
        s.context(s.token('<!date^1772528700^{date_short_pretty}|2026-03-03> <@U0GRACE> asked: Which repository?')),
        s.actions(s.button('Answer', 'feedback.answer#1', '{"number":7}', { style: 'primary' })),
      ],
      teams: [
        t.words(t.run('Preview environments in a minute', bolder)),
        t.fact('Default', 'State', t.words(t.run('Received', bolder), ', waiting for your answer')),
        t.fact('Small', 'Pain', t.words('●●●●○ hurts every week')),
        t.markdown('{{DATE(2026-03-03T09:05:00Z, SHORT)}} <at>Grace</at> asked: Which repository?', apart),
        t.buttons(t.opens('Answer', 'feedback.answer', '{"number":7}', { style: 'positive' })),
      ],
    },
  },
  questionView: {
    'while it is open': {
      view: feedback.questionView(item, [question], 0),
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          s.user('U0GRACE'),
          ' has a question about what you asked for: ',
          s.bold('Preview environments in a minute'),
        ),
        s.quote('Which repository?'),
        s.actions(s.button('Answer', 'feedback.answer#1', '{"number":7}', { style: 'primary' })),
      ],
      teams: [
        t.box(
          'accent',
          t.markdown('ℹ️ <at>Grace</at> has a question about what you asked for: **Preview environments in a minute**'),
        ),
        t.box('emphasis', t.words('Which repository?')),
        t.buttons(t.opens('Answer', 'feedback.answer', '{"number":7}', { style: 'positive' })),
      ],
    },
    'once it was answered': {
      view: feedback.questionView(item, [question, { ...moved(4, 'answer', 'received', 'orders'), by: ann }], 0),
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          s.user('U0GRACE'),
          ' had a question about what you asked for: ',
          s.bold('Preview environments in a minute'),
        ),
        s.quote('Which repository?'),
        s.rich('You answered:'),
        s.quote('orders'),
        s.context('Thank you! The team reads it on their card. I’ll tell you when something changes.'),
      ],
      teams: [
        t.box(
          'accent',
          t.markdown('ℹ️ <at>Grace</at> had a question about what you asked for: **Preview environments in a minute**'),
        ),
        t.box('emphasis', t.words('Which repository?')),
        t.words('You answered:'),
        t.box('emphasis', t.words('orders')),
        t.note('Thank you! The team reads it on their card. I’ll tell you when something changes.'),
      ],
    },
  },
  answeredView: {
    'under the triage card': {
      view: feedback.answeredView(item, grace, { ...moved(4, 'answer', 'received', 'orders'), by: ann }),
      slack: [s.rich(s.user('U0GRACE'), ', ', s.user('U0ANN'), ' answered your question:'), s.quote('orders')],
      teams: [t.markdown('<at>Grace</at>, <at>Ann</at> answered your question:'), t.box('emphasis', t.words('orders'))],
    },
  },
  toldView: {
    'with a reason': {
      view: feedback.toldView(item, 'decline', { by: grace, words: 'Too costly.' }),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          s.user('U0GRACE'),
          ' decided not to do this: ',
          s.bold('Preview environments in a minute'),
        ),
        s.quote('Too costly.'),
        s.context('If something changes on your side, send it again and say what’s new.'),
      ],
      teams: [
        t.box('warning', t.markdown('⚠️ <at>Grace</at> decided not to do this: **Preview environments in a minute**')),
        t.box('emphasis', t.words('Too costly.')),
        t.note('If something changes on your side, send it again and say what’s new.'),
      ],
    },
    'with the time it is meant for': {
      view: feedback.toldView({ ...item, quarter: '2026Q2' }, 'plan', { by: grace }),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          s.user('U0GRACE'),
          ' planned what you asked for: ',
          s.bold('Preview environments in a minute'),
        ),
        s.context('It’s meant for Q2 2026. I’ll tell you when it’s here.'),
        s.actions(s.button('Don’t tell me more', 'roadmap.mute#1', '{"number":7}')),
      ],
      teams: [
        t.box('good', t.markdown('✅ <at>Grace</at> planned what you asked for: **Preview environments in a minute**')),
        t.note('It’s meant for Q2 2026. I’ll tell you when it’s here.'),
        t.buttons(t.does('Don’t tell me more', 'roadmap.mute', '{"number":7}')),
      ],
    },
  },
  listView: {
    'of nothing': {
      view: feedback.listView('Your feedback', [], text`You haven’t asked for anything yet.`, {
        buttons: () => [],
        more: false,
        start: true,
      }),
      slack: [
        s.rich('You haven’t asked for anything yet.'),
        s.actions(s.button('Send feedback', 'feedback.start#1', '{}', { style: 'primary' })),
      ],
      teams: [
        t.words('You haven’t asked for anything yet.'),
        t.buttons(t.opens('Send feedback', 'feedback.start', '{}', { style: 'positive' })),
      ],
    },
    'with the reason of what was declined': {
      view: feedback.listView('Your feedback', [{ ...typed, state: 'declined' }], text`None.`, {
        buttons: () => [],
        more: false,
        start: true,
        histories: new Map([[7, [moved(3, 'decline', 'declined', 'Too\ncostly.')]]]),
      }),
      slack: [
        s.rich(
          s.bold('#7 Preview environments in a minute'),
          '\n',
          s.bold('Declined'),
          ' · ●●●●○ hurts every week · changed ',
          s.date(1772442300, '\u200b{date_short_pretty}', '2026-03-02'),
          '\nReason: Too costly.',
        ),
        s.actions(s.button('Send feedback', 'feedback.start#1', '{}', { style: 'primary' })),
      ],
      teams: [
        t.item(
          false,
          t.words('#7 Preview environments in a minute'),
          t.markdown('**Declined** · ●●●●○ hurts every week · changed {{DATE(2026-03-02T09:05:00Z, SHORT)}}', below),
          t.under('Reason: Too costly.'),
        ),
        t.buttons(t.opens('Send feedback', 'feedback.start', '{}', { style: 'positive' })),
      ],
    },
    'of some, and more': {
      view: feedback.listView('Open feedback', [item, { ...item, number: 6, state: 'planned' }], text`None.`, {
        buttons: ({ number, state }) =>
          number === 7
            ? [moveButton(7, 'plan', state), moveButton(7, 'decline', state)]
            : [moveButton(6, 'ship', state)],
        more: true,
      }),
      slack: [
        s.rich(
          s.bold('#7 Preview environments in a minute'),
          '\n',
          s.bold('Received'),
          ' · ●●●●○ hurts every week · changed ',
          s.date(1772442300, '\u200b{date_short_pretty}', '2026-03-02'),
        ),
        s.actions(
          s.button('Plan', 'feedback.move#1', '{"number":7,"move":"plan"}'),
          s.button('Decline', 'feedback.move#2', '{"number":7,"move":"decline"}', { style: 'danger' }),
        ),
        s.rich(
          s.bold('#6 Preview environments in a minute'),
          '\n',
          s.bold('Planned'),
          ' · ●●●●○ hurts every week · changed ',
          s.date(1772442300, '\u200b{date_short_pretty}', '2026-03-02'),
        ),
        s.actions(s.button('Ship', 'feedback.move#3', '{"number":6,"move":"ship"}')),
        s.context('Only the first 2 are shown.'),
      ],
      teams: [
        t.item(
          false,
          t.words('#7 Preview environments in a minute'),
          t.markdown('**Received** · ●●●●○ hurts every week · changed {{DATE(2026-03-02T09:05:00Z, SHORT)}}', below),
          {
            ...t.buttons(
              t.does('Plan', 'feedback.move', '{"number":7,"move":"plan"}'),
              t.opens('Decline', 'feedback.move', '{"number":7,"move":"decline"}', { style: 'destructive' }),
            ),
            spacing: 'Small',
          },
        ),
        t.entry(
          true,
          t.opens('Ship', 'feedback.move', '{"number":6,"move":"ship"}'),
          t.words('#6 Preview environments in a minute'),
          t.markdown('**Planned** · ●●●●○ hurts every week · changed {{DATE(2026-03-02T09:05:00Z, SHORT)}}', below),
        ),
        t.note('Only the first 2 are shown.'),
      ],
    },
  },
};

const person = (more: Partial<Person> = {}): Person => ({
  id: ann,
  name: 'Ann',
  zone: 'Europe/Kyiv',
  teams: [],
  roles: new Set<Role>(['developer']),
  accounts: ['slack:T1/U0ANN', 'teams:t1/aad-ann'] as AccountId[],
  ...more,
});
const known = person({ email: 'ann@acme.test', persona: 'data', teams: ['search'] });

const peopleViews: ViewsOf<typeof people> = {
  meView: {
    'of somebody new': {
      view: people.meView(person({ accounts: ['slack:T1/U0ANN' as AccountId] }), day(2)),
      slack: [
        s.facts(
          ['Time zone', 'Europe/Kyiv (11:05 now)'],
          ['You work on', 'not said yet'],
          ['E-mail', 'not known'],
          ['Known on', 'Slack'],
          ['Roles', 'developer'],
        ),
        s.actions(s.button('Change', 'people.change#1', '{}')),
        s.context(
          'Slack and Teams are joined by your verified e-mail address. Roles and teams come from the platform team’s groundcrew.yaml.',
        ),
      ],
      teams: [
        t.fact('Default', 'Time zone', t.words('Europe/Kyiv (11:05 now)')),
        t.fact('Small', 'You work on', t.words('not said yet')),
        t.fact('Small', 'E-mail', t.words('not known')),
        t.fact('Small', 'Known on', t.words('Slack')),
        t.fact('Small', 'Roles', t.words('developer')),
        t.buttons(t.opens('Change', 'people.change', '{}')),
        t.note(
          'Slack and Teams are joined by your verified e-mail address. Roles and teams come from the platform team’s groundcrew.yaml.',
        ),
      ],
    },
    'of somebody known, saved': {
      view: people.meView(known, day(2), true),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', 'Saved.'),
        s.facts(
          ['Time zone', 'Europe/Kyiv (11:05 now)'],
          ['You work on', 'Data'],
          ['E-mail', 'ann@acme.test'],
          ['Known on', 'Slack and Microsoft Teams'],
          ['Roles', 'developer'],
          ['Teams', 'search'],
        ),
        s.actions(s.button('Change', 'people.change#1', '{}')),
        s.context(
          'Slack and Teams are joined by your verified e-mail address. Roles and teams come from the platform team’s groundcrew.yaml.',
        ),
      ],
      teams: [
        t.box('good', t.words('✅ ', 'Saved.')),
        t.fact('Default', 'Time zone', t.words('Europe/Kyiv (11:05 now)')),
        t.fact('Small', 'You work on', t.words('Data')),
        t.fact('Small', 'E-mail', t.words('ann@acme.test')),
        t.fact('Small', 'Known on', t.words('Slack and Microsoft Teams')),
        t.fact('Small', 'Roles', t.words('developer')),
        t.fact('Small', 'Teams', t.words('search')),
        t.buttons(t.opens('Change', 'people.change', '{}')),
        t.note(
          'Slack and Teams are joined by your verified e-mail address. Roles and teams come from the platform team’s groundcrew.yaml.',
        ),
      ],
    },
  },
  welcomeView: {
    'of the team': {
      view: people.welcomeView(person(), 'the Acme platform team'),
      slack: [
        s.rich(
          'I’m Groundcrew. I speak for ',
          s.bold('the Acme platform team'),
          ': ask me for what you need, tell me what hurts, and hear what became of it. No tickets.',
        ),
        s.rich('What do you mostly work on? I’ll show you what fits first.'),
        s.actions(
          s.button('Back-end', 'people.persona#1', '"backend"'),
          s.button('Data', 'people.persona#2', '"data"'),
          s.button('Front-end', 'people.persona#3', '"frontend"'),
        ),
      ],
      teams: [
        t.words(
          'I’m Groundcrew. I speak for ',
          t.run('the Acme platform team', bolder),
          ': ask me for what you need, tell me what hurts, and hear what became of it. No tickets.',
        ),
        t.words('What do you mostly work on? I’ll show you what fits first.'),
        t.buttons(
          t.does('Back-end', 'people.persona', '"backend"'),
          t.does('Data', 'people.persona', '"data"'),
          t.does('Front-end', 'people.persona', '"frontend"'),
        ),
      ],
    },
  },
};

const offered = (name: string, more: Partial<help.Offered> = {}) => ({
  name,
  summary: `What ${name} does`,
  may: 'anyone' as const,
  ...more,
});
const commands = [offered('feedback', { usage: '[what]' }), offered('open', { may: ['platform'] }), offered('help')];

const talkViews: ViewsOf<typeof smallTalk> = {
  talkView: {
    'of thanks': {
      view: smallTalk.talkView('thanks', person(), commands),
      slack: [
        s.rich('Glad it helped. Next you could try ', s.mono('/platform feedback'), ': What feedback does.'),
        s.actions(s.button('What can you do?', 'command.run#1', '"help"')),
      ],
      teams: [
        t.words('Glad it helped. Next you could try ', t.mono('feedback'), ': What feedback does.'),
        t.buttons(t.does('What can you do?', 'command.run', '"help"')),
      ],
    },
  },
};

const helpViews: ViewsOf<typeof help> = {
  helpView: {
    'of what one may do': {
      view: help.helpView(person(), commands),
      slack: [
        s.rich(
          s.mono('/platform feedback [what]'),
          '  What feedback does',
          '\n',
          s.mono('/platform help'),
          '  What help does',
        ),
        s.context(
          'In a direct message to me the words alone are enough: feedback. In a Teams channel mention me first.',
        ),
      ],
      teams: [
        t.words(t.mono('feedback [what]'), '  What feedback does'),
        { ...t.words(t.mono('help'), '  What help does'), spacing: 'None' },
        t.note(
          'In a direct message to me the words alone are enough: ',
          t.mono('feedback', muted),
          '. In a Teams channel mention me first.',
        ),
      ],
    },
    'under what commands are for, wherever they come from': {
      view: help.helpView(person(), [
        offered('feedback', { area: 'Say what would help' }),
        offered('mine', { area: 'Get what you need' }),
        offered('roadmap', { area: 'Say what would help' }),
      ]),
      slack: [
        s.rich(
          s.bold('Say what would help'),
          '\n',
          s.mono('/platform feedback'),
          '  What feedback does',
          '\n',
          s.mono('/platform roadmap'),
          '  What roadmap does',
        ),
        s.rich(s.bold('Get what you need'), '\n', s.mono('/platform mine'), '  What mine does'),
        s.context(
          'In a direct message to me the words alone are enough: feedback. In a Teams channel mention me first.',
        ),
      ],
      teams: [
        t.words(t.run('Say what would help', bolder)),
        { ...t.words(t.mono('feedback'), '  What feedback does'), spacing: 'None' },
        { ...t.words(t.mono('roadmap'), '  What roadmap does'), spacing: 'None' },
        t.words(t.run('Get what you need', bolder)),
        { ...t.words(t.mono('mine'), '  What mine does'), spacing: 'None' },
        t.note(
          'In a direct message to me the words alone are enough: ',
          t.mono('feedback', muted),
          '. In a Teams channel mention me first.',
        ),
      ],
    },
    'after something close to a command': {
      view: help.helpView(person(), commands, { typed: 'fedback', near: offered('feedback') }),
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          'I don’t know ',
          s.mono('fedback'),
          '. Did you mean ',
          s.mono('/platform feedback'),
          '?',
        ),
        s.actions(
          s.button('Yes, feedback', 'command.run#1', '"feedback"'),
          s.button('What can you do?', 'command.run#2', '"help"'),
        ),
      ],
      teams: [
        t.box('accent', t.words('ℹ️ ', 'I don’t know ', t.mono('fedback'), '. Did you mean ', t.mono('feedback'), '?')),
        t.buttons(
          t.does('Yes, feedback', 'command.run', '"feedback"'),
          t.does('What can you do?', 'command.run', '"help"'),
        ),
      ],
    },
    'after something unknown': {
      view: help.helpView(
        person(),
        [offered('help', { area: 'You and I' }), offered('me', { area: 'You and I', usage: '[zone]' })],
        { typed: '*dance*', near: undefined },
      ),
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          'I don’t know ',
          s.mono('*dance*'),
          '. This is what I can do for you:',
        ),
        s.rich(s.bold('You and I'), ': ', s.mono('/platform help'), ' · ', s.mono('/platform me')),
        s.actions(s.button('What does each do?', 'command.run#1', '"help"')),
      ],
      teams: [
        t.box('accent', t.words('ℹ️ ', 'I don’t know ', t.mono('*dance*'), '. This is what I can do for you:')),
        t.words(t.run('You and I', bolder), ': ', t.mono('help'), ' · ', t.mono('me')),
        t.buttons(t.does('What does each do?', 'command.run', '"help"')),
      ],
    },
  },
  notAllowedView: {
    'with people to ask': {
      view: help.notAllowedView(['platform', 'product'], [{ ...person(), id: grace, name: 'Grace' }, person()], true),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'Only ',
          s.bold('platform engineers or the product manager'),
          ' can do this. Nothing was changed.',
        ),
        s.rich('You could ask ', s.user('U0GRACE'), ', ', s.user('U0ANN'), ' or one of their colleagues.'),
      ],
      teams: [
        t.box(
          'warning',
          t.words(
            '⚠️ ',
            'Only ',
            t.run('platform engineers or the product manager', bolder),
            ' can do this. Nothing was changed.',
          ),
        ),
        t.markdown('You could ask <at>Grace</at>, <at>Ann</at> or one of their colleagues.'),
      ],
    },
    'with nobody to ask': {
      view: help.notAllowedView(['product'], [], false),
      slack: [
        s.rich(s.emoji('warning'), '  ', 'Only ', s.bold('the product manager'), ' can do this. Nothing was changed.'),
        s.rich(
          'Nobody holds this role yet: it is given in ',
          s.mono('groundcrew.yaml'),
          ', under ',
          s.mono('roles'),
          '.',
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.words('⚠️ ', 'Only ', t.run('the product manager', bolder), ' can do this. Nothing was changed.'),
        ),
        t.words(
          'Nobody holds this role yet: it is given in ',
          t.mono('groundcrew.yaml'),
          ', under ',
          t.mono('roles'),
          '.',
        ),
      ],
    },
  },
  homeView: {
    'of two features': {
      view: help.homeView(person(), [
        {
          title: 'Your feedback',
          blocks: [{ kind: 'note', text: text`Nothing yet.` }],
          buttons: [startButton],
        },
        { blocks: [{ kind: 'text', text: text`Hello.` }], buttons: [] },
      ]),
      slack: [
        s.rich(s.bold('Your feedback')),
        s.context('Nothing yet.'),
        s.actions(s.button('Send feedback', 'feedback.start#1', '{}', { style: 'primary' })),
        s.rich('Hello.'),
      ],
      teams: [
        t.words(t.run('Your feedback', bolder)),
        t.note('Nothing yet.'),
        t.buttons(t.opens('Send feedback', 'feedback.start', '{}', { style: 'positive' })),
        t.words('Hello.'),
      ],
    },
  },
};

/** What the operations feature tells those in charge: its views are not exported, so its handlers are asked for them. */
async function told(what: string, input: Record<string, string>): Promise<View> {
  const handler = operations.handlers.find(
    (h): h is Extract<Handler<never>, { on: 'observed' }> => h.on === 'observed' && h.name === what,
  );
  const ctx = {
    now: day(2),
    delivery: 'test',
    id: () => 'id',
    settings: settingsSchema.parse({}),
    store: { people: { holding: async () => [known] } },
  };
  const [effect] = (await handler?.run(input, ctx as never)) ?? [];
  if (effect?.kind !== 'tell') throw new Error(`${what} tells nobody`);
  return effect.view;
}
const operationsViews: Readonly<Record<string, Readonly<Record<string, GoldenView>>>> = {
  'place.gone': {
    'a channel': {
      view: await told('place.gone', { place: helpChannel, why: 'not_in_channel' }),
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          'I can’t post in ',
          s.channel('C0HELP'),
          ': ',
          s.mono('not_in_channel'),
          '. What was meant for it is kept, and listed where it belongs, but nobody sees it there.',
        ),
        s.rich(
          'Invite me to the channel (in Slack: ',
          s.mono('/invite @Groundcrew'),
          ', in Teams: add the app to the team), or name another one in ',
          s.mono('groundcrew.yaml'),
          '.',
        ),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            'I can’t post in ',
            t.run('platform-help', bolder),
            ': ',
            t.mono('not_in_channel'),
            '. What was meant for it is kept, and listed where it belongs, but nobody sees it there.',
          ),
        ),
        t.words(
          'Invite me to the channel (in Slack: ',
          t.mono('/invite @Groundcrew'),
          ', in Teams: add the app to the team), or name another one in ',
          t.mono('groundcrew.yaml'),
          '.',
        ),
      ],
    },
  },
  'action.gave-up': {
    'after a day': {
      view: await told('action.gave-up', { action: 'runs.preview', why: 'connect ECONNREFUSED' }),
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          'I tried ',
          s.mono('runs.preview'),
          ' for a day and gave it up: ',
          s.mono('connect ECONNREFUSED'),
          '.',
        ),
        s.rich('My log tells more. It is done again when somebody asks for it again.'),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            'I tried ',
            t.mono('runs.preview'),
            ' for a day and gave it up: ',
            t.mono('connect ECONNREFUSED'),
            '.',
          ),
        ),
        t.words('My log tells more. It is done again when somebody asks for it again.'),
      ],
    },
  },
  'platform.revoked': {
    'by Teams': {
      view: await told('platform.revoked', { platform: 'teams' }),
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          'Microsoft Teams revoked my token or removed the app. Messages for Microsoft Teams are kept and go out once I have access again.',
        ),
        s.rich('Install the app again, put the new credentials in my environment, and restart me.'),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            'Microsoft Teams revoked my token or removed the app. Messages for Microsoft Teams are kept and go out once I have access again.',
          ),
        ),
        t.words('Install the app again, put the new credentials in my environment, and restart me.'),
      ],
    },
  },
};
test('everything that the operations feature observes has its golden', () => {
  expect(Object.keys(operationsViews)).toEqual(operations.handlers.map((h) => h.name));
});

/** What the engine itself says. */
const engineViews = {
  openFormView: {
    'of a form whose moment has passed': {
      view: openFormView({ id: 'asked-1', form: askForm, prior: {}, errors: {} }),
      slack: [
        s.rich('This took a moment longer than expected. Your form is ready:'),
        s.actions(s.button('Open the form', 'form.open#1', 'asked-1', { style: 'primary' })),
      ],
      teams: [
        t.words('This took a moment longer than expected. Your form is ready:'),
        t.buttons(t.opens('Open the form', 'form.open', 'asked-1', { style: 'positive' })),
      ],
    },
  },
  noticeView: {
    'of what went wrong': {
      view: noticeView('Sent already', 'Nothing was done a second time.'),
      slack: [s.rich(s.emoji('warning'), '  ', 'Nothing was done a second time.')],
      teams: [t.box('warning', t.words('⚠️ ', 'Nothing was done a second time.'))],
    },
  },
} satisfies Record<string, Record<string, GoldenView>>;

describe('feedback', () => goldens(feedbackViews));
describe('people', () => goldens(peopleViews));
describe('help', () => goldens(helpViews));
describe('small talk', () => goldens(talkViews));
describe('operations', () => goldens(operationsViews));
describe('the engine', () => goldens(engineViews));
