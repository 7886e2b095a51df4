import { expect, test } from 'vitest';
import * as answer from '../../src/core/incidents/answer-view.ts';
import * as cutOff from '../../src/core/incidents/cut-off-view.ts';
import * as fixing from '../../src/core/incidents/fixing-view.ts';
import * as view from '../../src/core/incidents/incident-view.ts';
import type { Incident } from '../../src/core/incidents/store.ts';
import { said } from '../../src/core/kernel/index.ts';
import { ann, goldens, type ViewsOf } from './golden.ts';
import { incident, mended, offer, service, verdict } from './incidents-cases.ts';
import { apart, bolder, muted, slack as s, teams as t } from './json.ts';

/* What the deployment doctor shows, as people see it on both platforms. */
const web = '{"name":"web","namespace":"shop","kind":"Deployment"}';

/* What stands in several of them. */
const cause = {
  slack: [
    s.rich(s.emoji('warning'), '  ', s.mono('web'), ' can’t start: its image does not exist.'),
    s.rich('Users notice nothing yet.'),
    s.rich('Did you mean ', s.mono('acme/web:1'), '?'),
    s.rich(s.bold('What changed'), ' in revision 2, against revision 1, which works:'),
    s.pre('- image: acme/web:1\n+ image: acme/web:2'),
  ],
  teams: [
    t.box('warning', t.words('⚠️ ', t.mono('web'), ' can’t start: its image does not exist.')),
    t.words('Users notice nothing yet.'),
    t.words('Did you mean ', t.mono('acme/web:1'), '?'),
    t.words(t.run('What changed', bolder), ' in revision 2, against revision 1, which works:'),
    t.change('-\u00a0image: acme/web:1', '+\u00a0image: acme/web:2'),
  ],
};
const how = {
  slack: [
    s.rich(s.bold('How I know (image-not-found)')),
    s.rich(s.bold('Pod web-1 · '), s.mono('status.reason'), '\n', 'ErrImagePull'),
    s.context('I’m fairly sure, not certain: it follows from several things, none of which says so by itself.'),
  ],
  teams: (id: string) => [
    ...t.fold(
      id,
      'How I know (image-not-found)',
      t.item(false, t.words('Pod web-1 · ', t.mono('status.reason')), t.under('ErrImagePull')),
    ),
    t.note('I’m fairly sure, not certain: it follows from several things, none of which says so by itself.'),
  ],
};
const proof = {
  slack: [
    s.rich(s.bold('What mends it, as a command')),
    s.rich('Roll back to revision 1:'),
    s.pre('kubectl rollout undo deployment/web'),
    ...how.slack,
  ],
  teams: [
    ...t.fold(
      'fold-1',
      'What mends it, as a command',
      t.words('Roll back to revision 1:'),
      t.code('Bash', 'kubectl rollout undo deployment/web'),
    ),
    ...how.teams('fold-2'),
  ],
};
const since = {
  slack: s.context(
    s.token(
      '#7 · Deployment/shop/web · team shop · since <!date^1772442300^\u200b{date_short_pretty} at {time}|2026-03-02 09:05 UTC>',
    ),
  ),
  teams: t.markdown(
    '\\#7 · Deployment/shop/web · team shop · since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}',
    apart,
  ),
};
const near = {
  slack: [
    s.rich(s.bold('web'), '\n', 'Deployment in ', s.mono('shop'), ', of team shop'),
    s.actions(s.button('This one', 'doctor.why#1', web)),
  ],
  teams: [
    t.entry(
      false,
      t.does('This one', 'doctor.why', web),
      t.words(t.run('web', bolder)),
      t.under('Deployment in ', t.mono('shop', muted), ', of team shop'),
    ),
  ],
};

const refused = { ...offer, hindered: 'No machine is large enough.', futile: true as const };
const answers: ViewsOf<typeof answer> = {
  lookingView: {
    'at one': {
      view: answer.lookingView('web'),
      slack: [s.rich(s.emoji('information_source'), '  ', 'I’m looking at ', s.bold('web'), '…')],
      teams: [t.box('accent', t.words('ℹ️ ', 'I’m looking at ', t.run('web', bolder), '…'))],
    },
  },
  whyView: {
    'it fails': {
      view: answer.whyView({ service, verdicts: [verdict] }),
      slack: [
        ...cause.slack,
        s.actions(s.button('Look again', 'doctor.why#1', web)),
        ...proof.slack,
        s.context('Deployment in shop, of team shop · both run · acme/web:2'),
      ],
      teams: [
        ...cause.teams,
        t.buttons(t.does('Look again', 'doctor.why', web)),
        ...proof.teams,
        t.note('Deployment in ', t.mono('shop', muted), ', of team shop · both run · ', t.mono('acme/web:2', muted)),
      ],
    },
    'what mends it would be refused': {
      view: answer.whyView(
        { service, verdicts: [verdict], offers: [refused] },
        fixing.fixesFor({ ...incident, mending: { offers: [refused] } }, 'doctor.fix'),
      ),
      slack: [
        ...cause.slack,
        s.context('Roll back to revision 1: not offered. No machine is large enough.'),
        s.actions(s.button('Look again', 'doctor.why#1', web)),
        ...how.slack,
        s.context('Deployment in shop, of team shop · both run · acme/web:2'),
      ],
      teams: [
        ...cause.teams,
        t.note(t.run('Roll back to revision 1', { ...muted, ...bolder }), ': not offered. No machine is large enough.'),
        t.buttons(t.does('Look again', 'doctor.why', web)),
        ...how.teams('fold-1'),
        t.note('Deployment in ', t.mono('shop', muted), ', of team shop · both run · ', t.mono('acme/web:2', muted)),
      ],
    },
    'what mends it is still tried out': {
      view: answer.whyView({ service, verdicts: [verdict] }, fixing.tryingFixes),
      slack: [
        ...cause.slack,
        s.context('⏳ What would mend it is still being tried out. Look again in a moment.'),
        s.actions(s.button('Look again', 'doctor.why#1', web)),
        ...proof.slack,
        s.context('Deployment in shop, of team shop · both run · acme/web:2'),
      ],
      teams: [
        ...cause.teams,
        t.note('⏳ What would mend it is still being tried out. Look again in a moment.'),
        t.buttons(t.does('Look again', 'doctor.why', web)),
        ...proof.teams,
        t.note('Deployment in ', t.mono('shop', muted), ', of team shop · both run · ', t.mono('acme/web:2', muted)),
      ],
    },
    'all is well': {
      view: answer.whyView({ service, verdicts: [] }),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          s.bold('web'),
          ' is fine: both run, and nothing is wrong with it. 🌿',
        ),
        s.context('Deployment in shop, of team shop · acme/web:2'),
      ],
      teams: [
        t.box('good', t.words('✅ ', t.run('web', bolder), ' is fine: both run, and nothing is wrong with it. 🌿')),
        t.note('Deployment in ', t.mono('shop', muted), ', of team shop · ', t.mono('acme/web:2', muted)),
      ],
    },
  },
  severalView: {
    'of one name': {
      view: answer.severalView('web', [service]),
      slack: [s.rich('There are 1 called ', s.bold('web'), '. Which one do you mean?'), ...near.slack],
      teams: [t.words('There are 1 called ', t.run('web', bolder), '. Which one do you mean?'), ...near.teams],
    },
  },
  unknownView: {
    'with a near name': {
      view: answer.unknownView('wbe', [service]),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'Nothing that I watch is called ',
          s.bold('wbe'),
          '. Did you mean one of these?',
        ),
        ...near.slack,
      ],
      teams: [
        t.box(
          'warning',
          t.words('⚠️ ', 'Nothing that I watch is called ', t.run('wbe', bolder), '. Did you mean one of these?'),
        ),
        ...near.teams,
      ],
    },
    'with none': {
      view: answer.unknownView('x', []),
      slack: [
        s.rich(s.emoji('warning'), '  ', 'Nothing that I watch is called ', s.bold('x'), '.'),
        s.context('/platform status lists what your teams run.'),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', 'Nothing that I watch is called ', t.run('x', bolder), '.')),
        t.note(t.mono('status', muted), ' lists what your teams run.'),
      ],
    },
  },
  closedView: {
    'of another team': {
      view: answer.closedView('web', 'shop'),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'I can’t show you how ',
          s.bold('web'),
          ' fares. Team shop looks after it: its members and the platform engineers may see it. Ask one of them.',
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.words(
            '⚠️ ',
            'I can’t show you how ',
            t.run('web', bolder),
            ' fares. Team shop looks after it: its members and the platform engineers may see it. Ask one of them.',
          ),
        ),
      ],
    },
  },
  troubleView: {
    'in words': {
      view: answer.troubleView('It does not answer.'),
      slack: [s.rich(s.emoji('no_entry'), '  ', 'It does not answer.')],
      teams: [t.box('attention', t.words('⛔ ', 'It does not answer.'))],
    },
  },
  withAway: {
    'one of several clusters does not answer': {
      view: answer.withAway(answer.whyView({ service: { ...service, called: 'prod-eu' }, verdicts: [] }), ['prod-us']),
      slack: [
        s.rich(s.emoji('warning'), '  ', s.bold('prod-us'), ' does not answer, so what runs there is not in this.'),
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          s.bold('web in prod-eu'),
          ' is fine: both run, and nothing is wrong with it. 🌿',
        ),
        s.context('Deployment in shop, of team shop · acme/web:2'),
      ],
      teams: [
        t.box(
          'warning',
          t.words('⚠️ ', t.run('prod-us', bolder), ' does not answer, so what runs there is not in this.'),
        ),
        t.box(
          'good',
          t.words('✅ ', t.run('web in prod-eu', bolder), ' is fine: both run, and nothing is wrong with it. 🌿'),
        ),
        t.note('Deployment in ', t.mono('shop', muted), ', of team shop · ', t.mono('acme/web:2', muted)),
      ],
    },
  },
  overviewView: {
    'the worst first': {
      view: answer.overviewView([service], [verdict], ['shop'], 3),
      slack: [
        s.rich(s.emoji('warning'), '  ', '1 of 4 has a problem.'),
        s.rich(
          s.bold('🟠 '),
          s.bold('web'),
          s.bold(' · both run'),
          '\n',
          s.mono('web'),
          ' can’t start: its image does not exist.',
        ),
        s.actions(s.button('Why?', 'doctor.why#1', web)),
        s.context('And 3 more that run well, or wait their turn.'),
        s.context('/platform why web tells what is wrong with one of them.'),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', '1 of 4 has a problem.')),
        t.entry(
          false,
          t.does('Why?', 'doctor.why', web),
          t.words('🟠 ', t.run('web', bolder), ' · both run'),
          t.under(t.mono('web', muted), ' can’t start: its image does not exist.'),
        ),
        t.note('And 3 more that run well, or wait their turn.'),
        t.note(t.mono('why web', muted), ' tells what is wrong with one of them.'),
      ],
    },
  },
};
const deserted: Incident = {
  ...incident,
  state: 'resolved',
  resolved: new Date('2026-03-02T10:00:00Z'),
  unfollowed: true,
};
const unknown = 'I don’t look at prod any more, so I can’t tell how they fare. The platform engineers know why.';
const incidents: ViewsOf<typeof view> = {
  incidentView: {
    'open, with a fix': {
      view: view.incidentView(incident, { fixes: fixing.fixesFor({ ...incident, mending: { offers: [offer] } }) }),
      slack: [
        ...cause.slack,
        s.actions(
          s.button('Roll back to revision 1', 'incident.fix#1', '{"id":"i1","offer":"o1"}', {
            ...s.confirm('Roll back to revision 1? It sets image: acme/web:1', 'Roll back to revision 1', {
              style: 'primary',
            }),
            style: 'primary',
          }),
          s.button('I’m on it', 'incident.take#2', '{"id":"i1"}'),
          s.button('Mute…', 'incident.mute#3', '{"id":"i1"}'),
        ),
        ...proof.slack,
        since.slack,
      ],
      teams: [
        ...cause.teams,
        t.buttons(
          t.asks(
            'Roll back to revision 1? It sets image: acme/web:1',
            'Roll back to revision 1',
            t.does('Roll back to revision 1', 'incident.fix', '{"id":"i1","offer":"o1"}', { style: 'positive' }),
            { style: 'positive' },
          ),
          t.does('I’m on it', 'incident.take', '{"id":"i1"}'),
          t.opens('Mute…', 'incident.mute', '{"id":"i1"}'),
        ),
        ...proof.teams,
        since.teams,
      ],
    },
    'over, in one of several clusters': {
      view: view.incidentView({ ...mended, called: 'prod-us', mending: { offers: [] } }),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          s.bold('web in prod-us'),
          ' is well again. It took 2\u00a0min 5\u00a0s.',
        ),
        s.quote(s.mono('web'), ' can’t start: its image does not exist.'),
        s.context(
          s.token(
            '#7 · prod-us · Deployment/shop/web · team shop · since <!date^1772442300^\u200b{date_short_pretty} at {time}|2026-03-02 09:05 UTC>',
          ),
        ),
      ],
      teams: [
        t.box('good', t.words('✅ ', t.run('web in prod-us', bolder), ' is well again. It took 2\u00a0min 5\u00a0s.')),
        t.box('emphasis', t.words(t.mono('web'), ' can’t start: its image does not exist.')),
        t.markdown(
          '\\#7 · prod-us · Deployment/shop/web · team shop · since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}',
          apart,
        ),
      ],
    },
    'in a cluster that nobody follows any more': {
      view: view.incidentView({ ...deserted, mending: { offers: [offer] } }, { fixes: fixing.fixesFor(mended) }),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'I don’t look at ',
          s.bold('prod'),
          ' any more, so I can’t tell how ',
          s.bold('web'),
          ' fares. This is what I knew last:',
        ),
        s.quote(s.mono('web'), ' can’t start: its image does not exist.'),
        s.rich(
          'The cluster was taken out of those that I follow. The platform engineers know why; whoever operates me can name it in ',
          s.mono('KUBE_CONTEXTS'),
          ' again.',
        ),
        s.context(
          s.token(
            '#7 · prod · Deployment/shop/web · team shop · since <!date^1772442300^\u200b{date_short_pretty} at {time}|2026-03-02 09:05 UTC>',
          ),
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.words(
            '⚠️ ',
            'I don’t look at ',
            t.run('prod', bolder),
            ' any more, so I can’t tell how ',
            t.run('web', bolder),
            ' fares. This is what I knew last:',
          ),
        ),
        t.box('emphasis', t.words(t.mono('web'), ' can’t start: its image does not exist.')),
        t.words(
          'The cluster was taken out of those that I follow. The platform engineers know why; whoever operates me can name it in ',
          t.mono('KUBE_CONTEXTS'),
          ' again.',
        ),
        t.markdown(
          '\\#7 · prod · Deployment/shop/web · team shop · since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}',
          apart,
        ),
      ],
    },
    recovering: {
      view: view.incidentView({ ...incident, state: 'recovering', taken: ann }),
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          'Nothing is wrong with ',
          s.bold('web'),
          ' right now. I wait a little before I say that it’s over.',
        ),
        s.quote(s.mono('web'), ' can’t start: its image does not exist.'),
        s.context('👀', s.token('<@U0ANN>'), 'is on it.'),
        since.slack,
      ],
      teams: [
        t.box(
          'accent',
          t.words(
            'ℹ️ ',
            'Nothing is wrong with ',
            t.run('web', bolder),
            ' right now. I wait a little before I say that it’s over.',
          ),
        ),
        t.box('emphasis', t.words(t.mono('web'), ' can’t start: its image does not exist.')),
        t.markdown('👀 <at>Ann</at> is on it.', apart),
        since.teams,
      ],
    },
    'over, by a fix': {
      view: view.incidentView(mended, { fixes: fixing.fixesFor(mended) }),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', s.bold('web'), ' is well again. It took 2\u00a0min 5\u00a0s.'),
        s.quote(s.mono('web'), ' can’t start: its image does not exist.'),
        s.rich('✅ ', s.user('U0ANN'), ': ', s.bold('Roll back'), '. It helped.'),
        s.actions(
          s.button('Undo', 'incident.undo#1', '{"id":"i1","key":"k"}', {
            ...s.confirm('Take back “Roll back”? It puts back what was there before.', 'Undo'),
          }),
        ),
        since.slack,
      ],
      teams: [
        t.box('good', t.words('✅ ', t.run('web', bolder), ' is well again. It took 2\u00a0min 5\u00a0s.')),
        t.box('emphasis', t.words(t.mono('web'), ' can’t start: its image does not exist.')),
        t.markdown('✅ <at>Ann</at>: **Roll back**. It helped.'),
        t.buttons(
          t.asks(
            'Take back “Roll back”? It puts back what was there before.',
            'Undo',
            t.does('Undo', 'incident.undo', '{"id":"i1","key":"k"}'),
          ),
        ),
        since.teams,
      ],
    },
  },
  detailsView: {
    'the whole': {
      view: view.detailsView(incident),
      slack: [...proof.slack, since.slack],
      teams: [...proof.teams, since.teams],
    },
  },
  digestView: {
    'one of two is over': {
      view: view.digestView([incident, mended]),
      slack: [
        s.rich(s.emoji('warning'), '  ', '1 of 2 that broke at once still has a problem.'),
        s.rich('They all fail for the same kind of reason: look for one cause first.'),
        s.rich(
          s.bold('🟠 '),
          s.bold('web'),
          s.bold(' #7'),
          '\n',
          s.mono('web'),
          ' can’t start: its image does not exist.',
        ),
        s.actions(s.button('Show', 'incident.show#1', '{"id":"i1"}')),
        s.rich(s.bold('🟢 '), s.bold('web'), s.bold(' #7'), '\n', 'well again after 2\u00a0min 5\u00a0s'),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', '1 of 2 that broke at once still has a problem.')),
        t.words('They all fail for the same kind of reason: look for one cause first.'),
        t.entry(
          false,
          t.does('Show', 'incident.show', '{"id":"i1"}'),
          t.words('🟠 ', t.run('web', bolder), ' #7'),
          t.under(t.mono('web', muted), ' can’t start: its image does not exist.'),
        ),
        t.item(true, t.words('🟢 ', t.run('web', bolder), ' #7'), t.under('well again after 2\u00a0min 5\u00a0s')),
      ],
    },
    'their cluster is followed by nobody any more': {
      view: view.digestView([mended, deserted]),
      slack: [
        s.rich(s.emoji('warning'), '  ', unknown),
        s.rich(s.bold('🟢 '), s.bold('web'), s.bold(' #7'), '\n', 'well again after 2\u00a0min 5\u00a0s'),
        s.rich(s.bold('⚪ '), s.bold('web'), s.bold(' #7'), '\n', 'not watched any more'),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', unknown)),
        t.item(false, t.words('🟢 ', t.run('web', bolder), ' #7'), t.under('well again after 2\u00a0min 5\u00a0s')),
        t.item(true, t.words('⚪ ', t.run('web', bolder), ' #7'), t.under('not watched any more')),
      ],
    },
  },
  yoursView: {
    'for who rolled it out': {
      view: view.yoursView(incident),
      slack: [...cause.slack, s.actions(s.button('Show it all', 'incident.show#1', '{"id":"i1"}')), since.slack],
      teams: [...cause.teams, t.buttons(t.does('Show it all', 'incident.show', '{"id":"i1"}')), since.teams],
    },
  },
  historyView: {
    'a line': {
      view: view.historyView('It is over', said('web is well again.')),
      slack: [s.rich('web is well again.')],
      teams: [t.words('web is well again.')],
    },
  },
};
const fixes: ViewsOf<typeof fixing> = {
  inGitView: {
    'the change': {
      view: fixing.inGitView(incident, { ...offer, managedBy: 'Flux' }),
      slack: [
        s.rich(
          s.bold('Flux'),
          ' manages ',
          s.mono('web'),
          ' and would undo it within seconds if I changed it here. Make this change where Flux takes it from:',
        ),
        s.pre('- image: acme/web:2\n+ image: acme/web:1'),
        s.context('I see it when it’s rolled out. /platform why tells how it fares meanwhile.'),
      ],
      teams: [
        t.words(
          t.run('Flux', bolder),
          ' manages ',
          t.mono('web'),
          ' and would undo it within seconds if I changed it here. Make this change where Flux takes it from:',
        ),
        t.change('-\u00a0image: acme/web:2', '+\u00a0image: acme/web:1'),
        t.note('I see it when it’s rolled out. ', t.mono('why', muted), ' tells how it fares meanwhile.'),
      ],
    },
  },
  moreView: {
    'the third of three': {
      view: fixing.moreView({
        ...incident,
        mending: { offers: ['o1', 'o2', 'o3'].map((id) => ({ ...offer, id, title: `Way ${id}` })) },
      }),
      slack: [
        s.rich(s.bold('Way o3')),
        s.pre('- image: acme/web:2\n+ image: acme/web:1'),
        s.actions(
          s.button('Way o3', 'doctor.fix#1', '{"id":"i1","offer":"o3"}', {
            ...s.confirm('Way o3? It sets image: acme/web:1', 'Way o3'),
          }),
        ),
      ],
      teams: [
        t.words(t.run('Way o3', bolder)),
        t.change('-\u00a0image: acme/web:2', '+\u00a0image: acme/web:1'),
        t.buttons(
          t.asks(
            'Way o3? It sets image: acme/web:1',
            'Way o3',
            t.does('Way o3', 'doctor.fix', '{"id":"i1","offer":"o3"}'),
          ),
        ),
      ],
    },
  },
  noticed: {
    'in words': {
      view: fixing.noticed('web', said('It is being done.')),
      slack: [s.rich(s.emoji('information_source'), '  ', 'It is being done.')],
      teams: [t.box('accent', t.words('ℹ️ ', 'It is being done.'))],
    },
  },
};

const at = new Date('2026-03-02T09:05:00Z');
const away: ViewsOf<typeof cutOff> = {
  awayView: {
    'one of several': {
      view: cutOff.awayView('prod-us', 'Pod: 403 Forbidden', at),
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          'I can’t tell how prod-us is since ',
          s.date(1772442300, '\u200b{date_short_pretty} at {time}', '2026-03-02 09:05 UTC'),
          ': ',
          s.mono('Pod: 403 Forbidden'),
          '.',
        ),
        s.rich(
          'What fails there is told to nobody meanwhile, and what is open there stays open: I don’t take silence for being well. The other clusters are followed as usual.',
        ),
        s.rich('I try again all the time. Check the network, the API server and my credentials for it.'),
      ],
      teams: [
        t.box(
          'attention',
          t.markdown(
            '⛔ I can’t tell how prod-us is since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}: Pod: 403 Forbidden.',
          ),
        ),
        t.words(
          'What fails there is told to nobody meanwhile, and what is open there stays open: I don’t take silence for being well. The other clusters are followed as usual.',
        ),
        t.words('I try again all the time. Check the network, the API server and my credentials for it.'),
      ],
    },
  },
  backView: {
    'the only one': {
      view: cutOff.backView(undefined, at, new Date(at.getTime() + 720_000)),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', 'I can tell again how the cluster is. For 12\u00a0min I could not.'),
      ],
      teams: [t.box('good', t.words('✅ ', 'I can tell again how the cluster is. For 12\u00a0min I could not.'))],
    },
  },
  otherView: {
    'one of several': {
      view: cutOff.otherView('prod-us', '5f0c7d1e', '0e9d8c7b'),
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          s.bold('prod-us'),
          ' leads to another cluster than before: its ',
          s.mono('kube-system'),
          ' has the UID ',
          s.mono('0e9d8c7b'),
          ', and had ',
          s.mono('5f0c7d1e'),
          '.',
        ),
        s.rich(
          'What was open in the one before has ended, without a word of how it fares, and nothing that is pressed there is done here. I begin anew in this one, with no incidents, mutes or rollouts.',
        ),
        s.rich(
          'If that was not meant, put the context right and restart me: what was kept of the one before is taken up again. If it was, give a new cluster a context of its own the next time.',
        ),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            t.run('prod-us', bolder),
            ' leads to another cluster than before: its ',
            t.mono('kube-system'),
            ' has the UID ',
            t.mono('0e9d8c7b'),
            ', and had ',
            t.mono('5f0c7d1e'),
            '.',
          ),
        ),
        t.words(
          'What was open in the one before has ended, without a word of how it fares, and nothing that is pressed there is done here. I begin anew in this one, with no incidents, mutes or rollouts.',
        ),
        t.words(
          'If that was not meant, put the context right and restart me: what was kept of the one before is taken up again. If it was, give a new cluster a context of its own the next time.',
        ),
      ],
    },
  },
  againView: {
    'one of several': {
      view: cutOff.againView('prod-us', '5f0c7d1e', '0e9d8c7b'),
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          s.bold('prod-us'),
          ' leads to a cluster again to which it has led before: its ',
          s.mono('kube-system'),
          ' has the UID ',
          s.mono('0e9d8c7b'),
          ', and had ',
          s.mono('5f0c7d1e'),
          ' meanwhile.',
        ),
        s.rich(
          'What was kept of this one is taken up again, and what was open in the other one has ended, without a word of how it fares.',
        ),
        s.rich(
          'If it goes back and forth, two API servers answer by one name: see what the context’s server leads to, its DNS and its load balancer. Of the same two clusters I tell once an hour at most.',
        ),
      ],
      teams: [
        t.box(
          'accent',
          t.words(
            'ℹ️ ',
            t.run('prod-us', bolder),
            ' leads to a cluster again to which it has led before: its ',
            t.mono('kube-system'),
            ' has the UID ',
            t.mono('0e9d8c7b'),
            ', and had ',
            t.mono('5f0c7d1e'),
            ' meanwhile.',
          ),
        ),
        t.words(
          'What was kept of this one is taken up again, and what was open in the other one has ended, without a word of how it fares.',
        ),
        t.words(
          'If it goes back and forth, two API servers answer by one name: see what the context’s server leads to, its DNS and its load balancer. Of the same two clusters I tell once an hour at most.',
        ),
      ],
    },
  },
  leftView: {
    'one that was taken out': {
      view: cutOff.leftView('prod-us', at),
      slack: [
        s.rich(
          s.emoji('information_source'),
          '  ',
          'I could not tell how ',
          s.bold('prod-us'),
          ' is since ',
          s.date(1772442300, '\u200b{date_short_pretty} at {time}', '2026-03-02 09:05 UTC'),
          ', and I don’t try any more: it is not one of my clusters now.',
        ),
      ],
      teams: [
        t.box(
          'accent',
          t.markdown(
            'ℹ️ I could not tell how **prod-us** is since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}, and I don’t try any more: it is not one of my clusters now.',
          ),
        ),
      ],
    },
  },
};

goldens({ ...answers, ...incidents, ...fixes, ...away });

test('what was done in vain is offered last, so that the next fix is at hand', () => {
  const offers = ['o1', 'o2', 'o3'].map((id) => ({ ...offer, id, title: `Way ${id}` }));
  const tried = { key: 'k', title: 'Way o1', by: ann, at: '2026-03-02T09:06:00Z' } as const;
  const labels = (state: 'useless' | 'failed' | 'done') =>
    fixing.fixesFor({ ...incident, mending: { offers, tried: { ...tried, state } } }).buttons.map((b) => b.label);
  expect(labels('useless')).toEqual(['Way o2', 'Way o3', 'More fixes…']);
  expect(labels('failed')).toEqual(['Way o2', 'Way o3', 'More fixes…']);
  expect(labels('done')).toEqual(['Way o1', 'Way o2', 'More fixes…']);
});

test('every view of the doctor stands here', () => {
  expect(Object.keys({ ...answers, ...incidents, ...fixes, ...away })).toHaveLength(21);
});
