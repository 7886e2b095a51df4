import type { GoldenPath } from '../../src/core/catalog/path.ts';
import type { Person } from '../../src/core/kernel/index.ts';
import type { Page } from '../../src/core/onboarding/search.ts';
import * as first from '../../src/core/onboarding/views.ts';
import { ann, goldens, grace, type ViewsOf } from './golden.ts';
import { bolder, muted, slack as s, teams as t } from './json.ts';
import { meeting } from './office-cases.ts';

/* The first days of somebody new, drawn twice. */

const started = new Date('2026-03-02T09:00:00Z');
const it = { person: ann, account: 'slack:T1/U0ANN', started, ticks: {} } as Parameters<typeof first.checklistView>[0];
const access = new Date('2026-03-02T10:00:00Z');
/** There before they said hello: it took no time of theirs. */
const environment = new Date('2026-03-01T09:00:00Z');
const whole = { access, environment, deploy: new Date('2026-03-02T11:01:00Z') };

const person = (more: Partial<Person>): Person => ({
  id: ann,
  name: 'Ann',
  zone: 'UTC',
  teams: [],
  roles: new Set(['developer'] as const),
  accounts: [],
  ...more,
});
const paul = person({ id: grace, name: 'Grace' });
const nobody = { people: [] };
const path: Pick<GoldenPath, 'name' | 'title' | 'summary'> = {
  name: 'postgres',
  title: 'A *database*',
  summary: 'PostgreSQL, backed up <daily>',
};
const deploys: Page = {
  title: 'How we deploy',
  about: 'From merge to *live*',
  url: 'https://docs.acme.test/deploy',
  personas: [],
};
const database: Page = { title: 'A *database*', about: 'PostgreSQL', path: 'postgres', personas: [] };

const labels = {
  access: 'You’re in a team',
  environment: 'Your first thing from a golden path is ready',
  deploy: 'Your team rolled something out',
} as const;
type State = 'done' | 'doing' | 'todo';
const signs = { done: 'white_check_mark', doing: 'hourglass_flowing_sand', todo: 'white_circle' } as const;
const marks = {
  done: t.run('✓', { color: 'Good', weight: 'Bolder' }),
  doing: t.run('◐', { color: 'Accent', weight: 'Bolder' }),
  todo: t.run('○', { isSubtle: true }),
} as const;
const looks = { done: {}, doing: bolder, todo: { isSubtle: true } } as const;
const lines = (...all: readonly (readonly [step: keyof typeof labels, state: State, took?: string])[]) => ({
  slack: s.rich(
    ...all.flatMap(([step, state, took], i) => [
      ...(i === 0 ? [] : ['\n']),
      s.emoji(signs[state]),
      state === 'doing' ? s.bold(` ${labels[step]}`) : ` ${labels[step]}`,
      ...(took ? [s.italic(`  ${took}`)] : []),
    ]),
  ),
  teams: all.map(([step, state, took], i) =>
    t.row(
      i === 0 ? 'Default' : 'Small',
      t.col('20px', t.words(marks[state])),
      t.col('stretch', t.words(t.run(labels[step], looks[state]))),
      ...(took ? [t.col('auto', t.words(t.run(took, muted)))] : []),
    ),
  ),
});
const fresh = lines(['access', 'doing'], ['environment', 'todo'], ['deploy', 'todo']);
const second = lines(['access', 'done', '1\u00a0h'], ['environment', 'doing'], ['deploy', 'todo']);
const third = lines(['access', 'done', '1\u00a0h'], ['environment', 'done'], ['deploy', 'doing']);
const all = lines(['access', 'done', '1\u00a0h'], ['environment', 'done'], ['deploy', 'done', '2\u00a0h 1\u00a0min']);

const ticking = 'I tick these off when I see them happen. There is nothing to press.';
const alone =
  'Without a team you can look at everything, but ask for nothing. Whoever keeps groundcrew.yaml can add you.';
const rollOut = 'Roll something out, however your team does that. I see it when it reaches the cluster.';
const slackMore = (nth: number) =>
  s.actions(
    s.button('Change', `people.change#${nth}`, '{}'),
    s.button('All I can do', `command.run#${nth + 1}`, '"help"'),
  );
const teamsMore = t.buttons(t.opens('Change', 'people.change', '{}'), t.does('All I can do', 'command.run', '"help"'));
const start = s.date(1772715600, '{date_short_pretty} at {time}', '2026-03-05 13:00 UTC');
const startOnTeams = '{{DATE(2026-03-05T13:00:00Z, SHORT)}} {{TIME(2026-03-05T13:00:00Z)}}';
const hours = meeting.series.title;

const views: ViewsOf<typeof first> = {
  checklistView: {
    'without a team, and nobody named who helps': {
      view: first.checklistView(it, nobody),
      slack: [fresh.slack, s.rich(alone), s.context(ticking)],
      teams: [...fresh.teams, t.words(alone), t.note(ticking)],
    },
    'without a team, with two who help': {
      view: first.checklistView(it, { people: [paul, person({})] }),
      slack: [
        fresh.slack,
        s.rich(
          'Without a team you can look at everything, but ask for nothing. ',
          s.user('U0GRACE'),
          ' or ',
          s.user('U0ANN'),
          ' can add you to yours.',
        ),
        s.context(ticking),
      ],
      teams: [
        ...fresh.teams,
        t.markdown(
          'Without a team you can look at everything, but ask for nothing. <at>Grace</at> or <at>Ann</at> can add you to yours.',
        ),
        t.note(ticking),
      ],
    },
    'in a team': {
      view: first.checklistView({ ...it, ticks: { access } }, nobody),
      slack: [
        second.slack,
        s.rich('Pick something to begin with: ', s.mono('/platform catalog'), ' shows all there is.'),
        s.context(ticking),
      ],
      teams: [
        ...second.teams,
        t.words('Pick something to begin with: ', t.mono('catalog'), ' shows all there is.'),
        t.note(ticking),
      ],
    },
    'with something that was there before': {
      view: first.checklistView({ ...it, ticks: { access, environment } }, nobody),
      slack: [third.slack, s.rich(rollOut), s.context(ticking)],
      teams: [...third.teams, t.words(rollOut), t.note(ticking)],
    },
    done: {
      view: first.checklistView({ ...it, ticks: whole }, nobody),
      slack: [
        all.slack,
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          'That’s all of it, in 2\u00a0h 1\u00a0min. Was something in your way? ',
          s.mono('/platform feedback'),
          ' takes a minute.',
        ),
      ],
      teams: [
        ...all.teams,
        t.box(
          'good',
          t.words(
            '✅ ',
            'That’s all of it, in 2\u00a0h 1\u00a0min. Was something in your way? ',
            t.mono('feedback'),
            ' takes a minute.',
          ),
        ),
      ],
    },
  },
  startView: {
    'with all there is to say': {
      view: first.startView({
        by: person({ persona: 'backend', teams: ['checkout', 'data'] }),
        it: { ...it, ticks: { access } },
        helpers: { people: [paul], words: 'Or come to our corner.' },
        paths: [path as GoldenPath],
        docs: [deploys, database],
        hours: meeting,
      }),
      slack: [
        second.slack,
        s.facts(
          ['You work on', 'Back-end'],
          ['Your team', 'checkout and data'],
          ['Read', s.link('How we deploy', 'https://docs.acme.test/deploy'), ', ', s.bold('A *database*')],
          ['Come by', `${hours}, `, s.within(start), '; sign up with ', s.mono('/platform office-hours')],
          ['Ask', s.user('U0GRACE'), '. Or come to our corner.'],
        ),
        s.rich(s.bold('To begin with')),
        s.rich(s.bold('A *database*'), '\n', 'PostgreSQL, backed up <daily>'),
        s.actions(s.button('Create', 'request.create#1', '{"path":"postgres"}')),
        slackMore(2),
      ],
      teams: [
        ...second.teams,
        t.fact('Default', 'You work on', t.words('Back-end')),
        t.fact('Small', 'Your team', t.words('checkout and data')),
        t.fact(
          'Small',
          'Read',
          t.words(t.link('How we deploy', 'https://docs.acme.test/deploy'), ', ', t.run('A *database*', bolder)),
        ),
        t.fact('Small', 'Come by', t.markdown(`${hours}, ${startOnTeams}; sign up with office-hours`)),
        t.fact('Small', 'Ask', t.markdown('<at>Grace</at>. Or come to our corner.')),
        t.words(t.run('To begin with', bolder)),
        t.entry(
          false,
          t.opens('Create', 'request.create', '{"path":"postgres"}'),
          t.words(t.run('A *database*', bolder)),
          t.under('PostgreSQL, backed up <daily>'),
        ),
        teamsMore,
      ],
    },
    'with next to nothing known': {
      view: first.startView({ by: person({}), it, helpers: nobody, paths: [], docs: [] }),
      slack: [fresh.slack, s.facts(['You work on', 'not said yet'], ['Your team', 'none yet']), slackMore(1)],
      teams: [
        ...fresh.teams,
        t.fact('Default', 'You work on', t.words('not said yet')),
        t.fact('Small', 'Your team', t.words('none yet')),
        teamsMore,
      ],
    },
  },
  foundView: {
    'a page, and a path that can be used': {
      view: first.foundView('deploy', [deploys, database], () => true),
      slack: [
        s.rich(s.link('How we deploy', 'https://docs.acme.test/deploy'), '\n', 'From merge to *live*'),
        s.rich(s.bold('A *database*'), '\n', 'PostgreSQL'),
        s.actions(s.button('Create', 'request.create#1', '{"path":"postgres"}')),
      ],
      teams: [
        t.item(
          false,
          t.words(t.link('How we deploy', 'https://docs.acme.test/deploy')),
          t.under('From merge to *live*'),
        ),
        t.entry(
          true,
          t.opens('Create', 'request.create', '{"path":"postgres"}'),
          t.words(t.run('A *database*', bolder)),
          t.under('PostgreSQL'),
        ),
      ],
    },
    nothing: {
      view: first.foundView('*chaos*', [], () => true),
      slack: [
        s.rich('I find nothing about ', s.bold('*chaos*'), '. Try fewer words, or other ones.'),
        s.context('Should there be something? Say so with /platform feedback.'),
      ],
      teams: [
        t.words('I find nothing about ', t.run('*chaos*', bolder), '. Try fewer words, or other ones.'),
        t.note('Should there be something? Say so with ', t.mono('feedback', muted), '.'),
      ],
    },
  },
  shelfView: {
    'what there is to read': {
      view: first.shelfView([deploys]),
      slack: [
        s.rich(s.link('How we deploy', 'https://docs.acme.test/deploy'), '\n', 'From merge to *live*'),
        s.context('Look for something: /platform docs rotate a password'),
      ],
      teams: [
        t.item(
          false,
          t.words(t.link('How we deploy', 'https://docs.acme.test/deploy')),
          t.under('From merge to *live*'),
        ),
        t.note('Look for something: ', t.mono('docs rotate a password', muted)),
      ],
    },
  },
};
goldens(views);
