import * as runs from '../../src/core/surveys/run-view.ts';
import type { Rate } from '../../src/core/surveys/store.ts';
import { goldens, type ViewsOf } from './golden.ts';
import { below, bolder, type Json, slack as s, teams as t } from './json.ts';
import { confidential, every, good, runOf, single, unlinked, until, untilOnTeams } from './surveys-scene.ts';

/* What those see who open surveys and read their results, drawn twice. */

const run = runOf(every);
const words = { key: 'words', kind: 'text', max: 1000, ask: 'What should change?' } as const;
const one = runOf(single);
const title = 'How is *it* going?';
const escaped = 'How is \\*it\\* going?';

const warn = {
  slack: (words: string) => s.rich(s.emoji('warning'), '  ', words),
  teams: (words: string) => t.box('warning', t.words('⚠️ ', words)),
};
const rate = (invited: number, asked: number, answered: number, declined: number): Rate => ({
  invited,
  asked,
  started: 0,
  answered,
  declined,
});
const rates = {
  all: rate(20, 18, 9, 1),
  teams: [
    { team: 'checkout', ...rate(10, 9, 7, 1) },
    { team: 'data', ...rate(6, 5, 1, 0) },
    { team: 'web', ...rate(4, 4, 1, 0) },
  ],
};
const shown: readonly (readonly [string, string])[] = [
  ['Answered', '45% (9 of 20), under 60%'],
  ['Asked so far', '18 of 20'],
  ['Not this time', '1'],
  ['checkout', '70% (7 of 10)'],
];
const facts = (rows: readonly (readonly [string, string])[]) => ({
  slack: s.facts(...rows),
  teams: rows.map(([label, value], i) => t.fact(i === 0 ? 'Default' : 'Small', label, t.words(value))),
});

const asks = (open: string, label: string, name: string, value: string, style: 'primary' | 'danger') => ({
  slack: s.actions(
    s.button(label, `${name}#1`, value, {
      style,
      ...s.confirm(open, label, { style }),
    }),
  ),
  teams: t.buttons(
    t.asks(open, label, t.does(label, name, value, { style: style === 'danger' ? 'destructive' : 'positive' }), {
      style: style === 'danger' ? 'destructive' : 'positive',
    }),
  ),
});
const openEvery = asks(
  `Open “${title}” for 12 people? What it asks and promises can’t be changed after that.`,
  'Open it',
  'surveys.open',
  '{"name":"pulse"}',
  'primary',
);
const openOne = asks(
  `Open “${title}” for 1 person? What it asks and promises can’t be changed after that.`,
  'Open it',
  'surveys.open',
  '{"name":"one"}',
  'primary',
);
const close = asks(
  `Close “${title}” now? Whoever has not answered can’t do so any more, and it can’t be opened again.`,
  'Close it now',
  'surveys.close',
  '{"name":"pulse","run":"run-1"}',
  'danger',
);
const look = {
  slack: s.button('Results', 'surveys.results#1', '{"name":"pulse"}'),
  teams: t.does('Results', 'surveys.results', '{"name":"pulse"}'),
};

const earlier = '{"name":"pulse","run":"run-0"}';
const changed = 'Its file was changed since. What is open keeps what it asked; the change counts for the next run.';
const keeps =
  '. That run keeps what it asked and promised; the change counts for the next one. To ask it sooner, close this one under Results, and open it again.';

const asked: readonly (readonly [string, string])[] = [
  ['1. Would you recommend *it*?', '0 to 10'],
  ['2. Deploying is easy.', 'a scale of words'],
  ['3. How much effort is it?', 'a scale'],
  ['4. What do you use most?', 'one of several'],
  ['5. What do you use at all?', 'any of several'],
  ['6. How long does a change take?', 'how long'],
  ['7. How many changes fail?', '0 to 100%'],
  ['8. How often were you woken?', 'a number'],
  ['9. How long do you wait in a week?', 'a number'],
  ['10. What should change?', 'in words, asked only after some answers'],
];
const items = (rows: readonly (readonly [string, string])[]) => ({
  slack: rows.map(([ask, kind]) => s.rich(s.bold(ask), '\n', kind)),
  teams: rows.map(([ask, kind], i) => t.item(i > 0, t.words(ask), t.under(kind))),
});
const audience = (words: string) => facts([['Asks', words]]);
const many = audience('12 people, each once, at a working hour in their own time zone');
const few = audience('1 person, each once, at a working hour in their own time zone');

const grouped = { ...every, audience: { ...every.audience, teams: ['gone'], slackUserGroups: ['S1'] } };
const gone = 'Its audience names teams that groundcrew.yaml does not have: gone.';
const soFar =
  'These are the people I know so far. Who is in the group or channel of its audience is read when it opens, and nobody is added after that.';
const rest = '3 people more are in its audience and rest, having been asked by a survey lately.';
const tooFew = 'It would ask 1 person: with fewer than 5 answers nothing is ever shown.';

const nobody =
  'asks nobody: nobody is in its audience, or all of them were asked by another survey lately. Wait, or give it a shorter restDays.';
const partly = 'Not all of its audience could be read, and who is missing is not asked. Slack refused S1.';

const views: ViewsOf<typeof runs> = {
  previewView: {
    'with a group that is read when it opens, and a team that is not there': {
      view: runs.previewView(grouped, run.closes, { able: 12, resting: 3 }, ['gone']),
      slack: [
        warn.slack(gone),
        s.rich('Ten taps, <!channel>.'),
        many.slack,
        s.context(rest),
        s.context(soFar),
        ...confidential.slack,
        s.rich(s.bold('10 questions, about 3 min')),
        ...items(asked).slack,
        openEvery.slack,
      ],
      teams: [
        warn.teams(gone),
        t.words('Ten taps, <!channel>.'),
        ...many.teams,
        t.note(rest),
        t.note(soFar),
        ...confidential.teams,
        ...t.fold('fold-1', '10 questions, about 3 min', ...items(asked).teams),
        openEvery.teams,
      ],
    },
    'to too few': {
      view: runs.previewView(single, run.closes, { able: 1, resting: 0 }, []),
      slack: [
        warn.slack(tooFew),
        s.rich('Ten taps, <!channel>.'),
        few.slack,
        ...unlinked.slack,
        s.rich(s.bold('1 question, about 1 min')),
        ...items([['1. Would you recommend it?', '0 to 10']]).slack,
        openOne.slack,
      ],
      teams: [
        warn.teams(tooFew),
        t.words('Ten taps, <!channel>.'),
        ...few.teams,
        ...unlinked.teams,
        ...t.fold('fold-1', '1 question, about 1 min', ...items([['1. Would you recommend it?', '0 to 10']]).teams),
        openOne.teams,
      ],
    },
  },
  openedView: {
    'a part of it unread': {
      view: runs.openedView(run, 12, ['Slack refused S1.']),
      slack: [
        good.slack(
          s.bold(title),
          ' (run 3) is open for 12 people until ',
          s.within(until),
          '. Each is asked at a working hour in their own time zone.',
        ),
        warn.slack(partly),
        s.actions(look.slack),
      ],
      teams: [
        t.box(
          'good',
          t.markdown(
            `✅ ${escaped} (run 3) is open for 12 people until ${untilOnTeams}. Each is asked at a working hour in their own time zone.`,
          ),
        ),
        warn.teams(partly),
        t.buttons(look.teams),
      ],
    },
    'for nobody': {
      view: runs.openedView(run, 0),
      slack: [s.rich(s.emoji('warning'), '  ', s.bold(title), ` (run 3) ${nobody}`), s.actions(look.slack)],
      teams: [t.box('warning', t.words('⚠️ ', t.run(title, bolder), ` (run 3) ${nobody}`)), t.buttons(look.teams)],
    },
  },
  underWayView: {
    'a small team hidden, and the one that would tell of it': {
      view: runs.underWayView(run, rates),
      slack: [
        s.rich(
          s.bold(title),
          ' (run 3) is open until ',
          s.within(until),
          '. Results come when it closes: before that they would give away who answered last.',
        ),
        facts(shown).slack,
        close.slack,
      ],
      teams: [
        t.markdown(
          `${escaped} (run 3) is open until ${untilOnTeams}. Results come when it closes: before that they would give away who answered last.`,
        ),
        ...facts(shown).teams,
        close.teams,
      ],
    },
    'its file changed, fewer than k asked, and a run before it': {
      view: runs.underWayView(
        run,
        { all: rate(4, 4, 3, 0), teams: [] },
        { before: runOf(every, { id: 'run-0', number: 2, state: 'closed' }), file: 'changed' },
      ),
      slack: [
        s.rich(
          s.bold(title),
          ' (run 3) is open until ',
          s.within(until),
          '. Results come when it closes: before that they would give away who answered last.',
        ),
        s.context(changed),
        s.context('Fewer than 5 are asked, so how many answered is not told.'),
        s.actions(...(close.slack.elements as Json[]), s.button('Results of run 2', 'surveys.results#2', earlier)),
      ],
      teams: [
        t.markdown(
          `${escaped} (run 3) is open until ${untilOnTeams}. Results come when it closes: before that they would give away who answered last.`,
        ),
        t.note(changed),
        t.note('Fewer than 5 are asked, so how many answered is not told.'),
        t.buttons(...(close.teams.actions as Json[]), t.does('Results of run 2', 'surveys.results', earlier)),
      ],
    },
    'being counted': {
      view: runs.underWayView({ ...run, state: 'closing' }, rates),
      slack: [
        s.rich(
          s.bold(title),
          ' (run 3) is over and being counted. I’ll tell you when that’s done, in a quarter of an hour at most.',
        ),
        facts(shown).slack,
      ],
      teams: [
        t.words(
          t.run(title, bolder),
          ' (run 3) is over and being counted. I’ll tell you when that’s done, in a quarter of an hour at most.',
        ),
        ...facts(shown).teams,
      ],
    },
  },
  editedView: {
    'its file': {
      view: runs.editedView(run),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'The file of ',
          s.bold(title),
          ' was changed while run 3 is open, until ',
          s.within(until),
          keeps,
        ),
        s.actions(look.slack),
      ],
      teams: [
        t.box(
          'warning',
          t.markdown(`⚠️ The file of ${escaped} was changed while run 3 is open, until ${untilOnTeams}${keeps}`),
        ),
        t.buttons(look.teams),
      ],
    },
  },
  listView: {
    'one open, and another by now': {
      view: runs.listView([{ ...every, title: 'Another' }], [run]),
      slack: [
        s.rich(s.bold('Another'), '\n', 'pulse · open until ', s.within(until), ', its file changed since'),
        s.actions(look.slack),
        s.context('Open one with /platform survey open and its name.'),
      ],
      teams: [
        t.entry(
          false,
          look.teams,
          t.words('Another'),
          t.markdown(`pulse · open until ${untilOnTeams}, its file changed since`, below),
        ),
        t.note('Open one with ', t.mono('survey open', { size: 'Small', isSubtle: true }), ' and its name.'),
      ],
    },
    'one open, one not': {
      view: runs.listView([every, single], [run]),
      slack: [
        s.rich(s.bold(title), '\n', 'pulse · open until ', s.within(until)),
        s.actions(look.slack),
        s.rich(s.bold(title), '\n', 'one · 1 question, about 1 min'),
        s.actions(s.button('Look at it', 'surveys.look#2', '{"name":"one"}')),
        s.context('Open one with /platform survey open and its name.'),
      ],
      teams: [
        t.entry(false, look.teams, t.words(title), t.markdown(`pulse · open until ${untilOnTeams}`, below)),
        t.entry(
          true,
          t.does('Look at it', 'surveys.look', '{"name":"one"}'),
          t.words(title),
          t.under('one · 1 question, about 1 min'),
        ),
        t.note('Open one with ', t.mono('survey open', { size: 'Small', isSubtle: true }), ' and its name.'),
      ],
    },
    'one being counted': {
      view: runs.listView([single], [{ ...one, state: 'closing' }]),
      slack: [
        s.rich(s.bold(title), '\n', 'one · being counted'),
        s.actions(s.button('Results', 'surveys.results#1', '{"name":"one"}')),
        s.context('Open one with /platform survey open and its name.'),
      ],
      teams: [
        t.entry(
          false,
          t.does('Results', 'surveys.results', '{"name":"one"}'),
          t.words(title),
          t.under('one · being counted'),
        ),
        t.note('Open one with ', t.mono('survey open', { size: 'Small', isSubtle: true }), ' and its name.'),
      ],
    },
    none: {
      view: runs.listView([], []),
      slack: [
        s.rich('There are none yet. Put YAML files into the folder of surveys; docs/surveys.md says how.'),
        s.context('Open one with /platform survey open and its name.'),
      ],
      teams: [
        t.words('There are none yet. Put YAML files into the folder of surveys; docs/surveys.md says how.'),
        t.note('Open one with ', t.mono('survey open', { size: 'Small', isSubtle: true }), ' and its name.'),
      ],
    },
  },
  noneView: {
    'nothing to answer': {
      view: runs.noneView(),
      slack: [s.rich('No survey is waiting for you. I’ll write to you when one is.')],
      teams: [t.words('No survey is waiting for you. I’ll write to you when one is.')],
    },
  },
  wordsView: {
    'enough to one question, too few to another': {
      view: runs.wordsView(run, [
        { q: words, words: ['Less *YAML*', 'Ask (name) <!channel>'] },
        { q: { ...words, ask: 'What is good?' }, words: [] },
      ]),
      slack: [
        s.rich(s.bold('What should change?')),
        s.quote('Less *YAML*'),
        s.quote('Ask (name) <!channel>'),
        s.rich(s.bold('What is good?')),
        s.context('Fewer than 10 wrote something, so nothing is kept of it.'),
      ],
      teams: [
        t.words(t.run('What should change?', bolder)),
        t.box('emphasis', t.words('Less *YAML*')),
        t.box('emphasis', t.words('Ask (name) <!channel>')),
        t.words(t.run('What is good?', bolder)),
        t.note('Fewer than 10 wrote something, so nothing is kept of it.'),
      ],
    },
  },
};
goldens(views);
