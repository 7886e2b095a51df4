import { expect, test } from 'vitest';
import * as answer from '../../src/core/incidents/answer-view.ts';
import * as fixing from '../../src/core/incidents/fixing-view.ts';
import * as view from '../../src/core/incidents/incident-view.ts';
import { said } from '../../src/core/kernel/index.ts';
import { ann, goldens, type ViewsOf } from './golden.ts';
import { incident, mended, offer, service, verdict } from './incidents-cases.ts';
import { bolder, muted, slack as s, teams as t } from './json.ts';

/* What the deployment doctor shows, as people see it on both platforms. */

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
      view: answer.whyView(service, [verdict]),
      slack: [
        s.rich(s.emoji('warning'), '  ', s.mono('web'), ' can’t start: its image does not exist.'),
        s.rich('Users notice nothing yet.'),
        s.rich('Did you mean ', s.mono('acme/web:1'), '?'),
        s.rich(s.bold('What changed'), ' in revision 2, against revision 1, which works:'),
        s.pre('- image: acme/web:1\n+ image: acme/web:2'),
        s.actions(s.button('Look again', 'doctor.why#1', '{"name":"web","namespace":"shop","kind":"Deployment"}')),
        s.rich(s.bold('What mends it, as a command')),
        s.rich('Roll back to revision 1:'),
        s.pre('kubectl rollout undo deployment/web'),
        s.rich(s.bold('How I know (image-not-found)')),
        s.rich(s.bold('Pod web-1 · '), s.mono('status.reason'), '\n', 'ErrImagePull'),
        s.context('I’m fairly sure, not certain: it follows from several things, none of which says so by itself.'),
        s.context('Deployment in shop, of team shop · all 2 run · acme/web:2'),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', t.mono('web'), ' can’t start: its image does not exist.')),
        t.words('Users notice nothing yet.'),
        t.words('Did you mean ', t.mono('acme/web:1'), '?'),
        t.words(t.run('What changed', bolder), ' in revision 2, against revision 1, which works:'),
        t.box('emphasis', t.words(t.mono('- image: acme/web:1', { color: 'Attention', size: 'Small' })), {
          ...t.words(t.mono('+ image: acme/web:2', { color: 'Good', size: 'Small' })),
          spacing: 'None',
        }),
        t.buttons(t.does('Look again', 'doctor.why', '{"name":"web","namespace":"shop","kind":"Deployment"}')),
        ...t.fold(
          'fold-1',
          'What mends it, as a command',
          t.words('Roll back to revision 1:'),
          t.code('Bash', 'kubectl rollout undo deployment/web'),
        ),
        ...t.fold(
          'fold-2',
          'How I know (image-not-found)',
          t.item(false, t.words('Pod web-1 · ', t.mono('status.reason')), {
            ...t.words(t.run('ErrImagePull', muted)),
            spacing: 'None',
          }),
        ),
        {
          ...t.words(
            t.run(
              'I’m fairly sure, not certain: it follows from several things, none of which says so by itself.',
              muted,
            ),
          ),
          spacing: 'Small',
        },
        {
          ...t.words(
            t.run('Deployment in ', muted),
            t.mono('shop', { size: 'Small', isSubtle: true }),
            t.run(', of team shop · all 2 run · ', muted),
            t.mono('acme/web:2', { size: 'Small', isSubtle: true }),
          ),
          spacing: 'Small',
        },
      ],
    },
    'all is well': {
      view: answer.whyView(service, []),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          s.bold('web'),
          ' is fine: all 2 run, and nothing is wrong with it. 🌿',
        ),
        s.context('Deployment in shop, of team shop · acme/web:2'),
      ],
      teams: [
        t.box('good', t.words('✅ ', t.run('web', bolder), ' is fine: all 2 run, and nothing is wrong with it. 🌿')),
        {
          ...t.words(
            t.run('Deployment in ', muted),
            t.mono('shop', { size: 'Small', isSubtle: true }),
            t.run(', of team shop · ', muted),
            t.mono('acme/web:2', { size: 'Small', isSubtle: true }),
          ),
          spacing: 'Small',
        },
      ],
    },
  },
  severalView: {
    'of one name': {
      view: answer.severalView('web', [service]),
      slack: [
        s.rich('There are 1 called ', s.bold('web'), '. Which one do you mean?'),
        s.rich(s.bold('web'), '\n', 'Deployment in ', s.mono('shop'), ', of team shop'),
        s.actions(s.button('This one', 'doctor.why#1', '{"name":"web","namespace":"shop","kind":"Deployment"}')),
      ],
      teams: [
        t.words('There are 1 called ', t.run('web', bolder), '. Which one do you mean?'),
        t.item(false, {
          type: 'ColumnSet',
          spacing: 'Default',
          columns: [
            {
              type: 'Column',
              width: 'stretch',
              items: [
                { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'web', weight: 'Bolder' }] },
                {
                  type: 'RichTextBlock',
                  inlines: [
                    { type: 'TextRun', text: 'Deployment in ', size: 'Small', isSubtle: true },
                    { type: 'TextRun', text: 'shop', size: 'Small', isSubtle: true, fontType: 'Monospace' },
                    { type: 'TextRun', text: ', of team shop', size: 'Small', isSubtle: true },
                  ],
                  spacing: 'None',
                },
              ],
            },
            {
              type: 'Column',
              width: 'auto',
              verticalContentAlignment: 'Center',
              items: [
                {
                  type: 'ActionSet',
                  actions: [
                    {
                      type: 'Action.Execute',
                      title: 'This one',
                      verb: 'doctor.why',
                      data: { value: '{"name":"web","namespace":"shop","kind":"Deployment"}' },
                      fallback: {
                        type: 'Action.Submit',
                        title: 'This one',
                        data: { press: 'doctor.why', value: '{"name":"web","namespace":"shop","kind":"Deployment"}' },
                      },
                    },
                  ],
                },
              ],
            },
          ],
        }),
      ],
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
        s.rich(s.bold('web'), '\n', 'Deployment in ', s.mono('shop'), ', of team shop'),
        s.actions(s.button('This one', 'doctor.why#1', '{"name":"web","namespace":"shop","kind":"Deployment"}')),
      ],
      teams: [
        t.box(
          'warning',
          t.words('⚠️ ', 'Nothing that I watch is called ', t.run('wbe', bolder), '. Did you mean one of these?'),
        ),
        t.item(false, {
          type: 'ColumnSet',
          spacing: 'Default',
          columns: [
            {
              type: 'Column',
              width: 'stretch',
              items: [
                { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'web', weight: 'Bolder' }] },
                {
                  type: 'RichTextBlock',
                  inlines: [
                    { type: 'TextRun', text: 'Deployment in ', size: 'Small', isSubtle: true },
                    { type: 'TextRun', text: 'shop', size: 'Small', isSubtle: true, fontType: 'Monospace' },
                    { type: 'TextRun', text: ', of team shop', size: 'Small', isSubtle: true },
                  ],
                  spacing: 'None',
                },
              ],
            },
            {
              type: 'Column',
              width: 'auto',
              verticalContentAlignment: 'Center',
              items: [
                {
                  type: 'ActionSet',
                  actions: [
                    {
                      type: 'Action.Execute',
                      title: 'This one',
                      verb: 'doctor.why',
                      data: { value: '{"name":"web","namespace":"shop","kind":"Deployment"}' },
                      fallback: {
                        type: 'Action.Submit',
                        title: 'This one',
                        data: { press: 'doctor.why', value: '{"name":"web","namespace":"shop","kind":"Deployment"}' },
                      },
                    },
                  ],
                },
              ],
            },
          ],
        }),
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
        {
          ...t.words(t.mono('status', { size: 'Small', isSubtle: true }), t.run(' lists what your teams run.', muted)),
          spacing: 'Small',
        },
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
  overviewView: {
    'the worst first': {
      view: answer.overviewView([service], [verdict], ['shop'], 3),
      slack: [
        s.rich(s.emoji('warning'), '  ', '1 of 4 has a problem.'),
        s.rich(
          s.bold('🟠 '),
          s.bold('web'),
          s.bold(' · all 2 run'),
          '\n',
          s.mono('web'),
          ' can’t start: its image does not exist.',
        ),
        s.actions(s.button('Why?', 'doctor.why#1', '{"name":"web","namespace":"shop","kind":"Deployment"}')),
        s.context('And 3 more that run well, or wait their turn.'),
        s.context('/platform why checkout-api tells what is wrong with one of them.'),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', '1 of 4 has a problem.')),
        t.item(false, {
          type: 'ColumnSet',
          spacing: 'Default',
          columns: [
            {
              type: 'Column',
              width: 'stretch',
              items: [
                {
                  type: 'RichTextBlock',
                  inlines: [
                    { type: 'TextRun', text: '🟠 ' },
                    { type: 'TextRun', text: 'web', weight: 'Bolder' },
                    { type: 'TextRun', text: ' · all 2 run' },
                  ],
                },
                {
                  type: 'RichTextBlock',
                  inlines: [
                    { type: 'TextRun', text: 'web', size: 'Small', isSubtle: true, fontType: 'Monospace' },
                    { type: 'TextRun', text: ' can’t start: its image does not exist.', size: 'Small', isSubtle: true },
                  ],
                  spacing: 'None',
                },
              ],
            },
            {
              type: 'Column',
              width: 'auto',
              verticalContentAlignment: 'Center',
              items: [
                {
                  type: 'ActionSet',
                  actions: [
                    {
                      type: 'Action.Execute',
                      title: 'Why?',
                      verb: 'doctor.why',
                      data: { value: '{"name":"web","namespace":"shop","kind":"Deployment"}' },
                      fallback: {
                        type: 'Action.Submit',
                        title: 'Why?',
                        data: { press: 'doctor.why', value: '{"name":"web","namespace":"shop","kind":"Deployment"}' },
                      },
                    },
                  ],
                },
              ],
            },
          ],
        }),
        { ...t.words(t.run('And 3 more that run well, or wait their turn.', muted)), spacing: 'Small' },
        {
          ...t.words(
            t.mono('why checkout-api', { size: 'Small', isSubtle: true }),
            t.run(' tells what is wrong with one of them.', muted),
          ),
          spacing: 'Small',
        },
      ],
    },
  },
};
const incidents: ViewsOf<typeof view> = {
  incidentView: {
    'open, with a fix': {
      view: view.incidentView(incident, { fixes: fixing.fixesFor({ ...incident, mending: { offers: [offer] } }) }),
      slack: [
        s.rich(s.emoji('warning'), '  ', s.mono('web'), ' can’t start: its image does not exist.'),
        s.rich('Users notice nothing yet.'),
        s.rich('Did you mean ', s.mono('acme/web:1'), '?'),
        s.rich(s.bold('What changed'), ' in revision 2, against revision 1, which works:'),
        s.pre('- image: acme/web:1\n+ image: acme/web:2'),
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
        s.rich(s.bold('What mends it, as a command')),
        s.rich('Roll back to revision 1:'),
        s.pre('kubectl rollout undo deployment/web'),
        s.rich(s.bold('How I know (image-not-found)')),
        s.rich(s.bold('Pod web-1 · '), s.mono('status.reason'), '\n', 'ErrImagePull'),
        s.context('I’m fairly sure, not certain: it follows from several things, none of which says so by itself.'),
        s.context(
          '#7 · Deployment/shop/web · team shop · since',
          s.token('<!date^1772442300^{date_short_pretty} at {time}|2026-03-02 09:05 UTC>'),
        ),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', t.mono('web'), ' can’t start: its image does not exist.')),
        t.words('Users notice nothing yet.'),
        t.words('Did you mean ', t.mono('acme/web:1'), '?'),
        t.words(t.run('What changed', bolder), ' in revision 2, against revision 1, which works:'),
        t.box('emphasis', t.words(t.mono('- image: acme/web:1', { color: 'Attention', size: 'Small' })), {
          ...t.words(t.mono('+ image: acme/web:2', { color: 'Good', size: 'Small' })),
          spacing: 'None',
        }),
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
        ...t.fold(
          'fold-1',
          'What mends it, as a command',
          t.words('Roll back to revision 1:'),
          t.code('Bash', 'kubectl rollout undo deployment/web'),
        ),
        ...t.fold(
          'fold-2',
          'How I know (image-not-found)',
          t.item(false, t.words('Pod web-1 · ', t.mono('status.reason')), {
            ...t.words(t.run('ErrImagePull', muted)),
            spacing: 'None',
          }),
        ),
        {
          ...t.words(
            t.run(
              'I’m fairly sure, not certain: it follows from several things, none of which says so by itself.',
              muted,
            ),
          ),
          spacing: 'Small',
        },
        t.markdown(
          '\\#7 · Deployment/shop/web · team shop · since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}',
          { size: 'Small', isSubtle: true, spacing: 'Small' },
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
        s.context(
          '#7 · Deployment/shop/web · team shop · since',
          s.token('<!date^1772442300^{date_short_pretty} at {time}|2026-03-02 09:05 UTC>'),
        ),
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
        t.markdown('👀 <at>Ann</at> is on it.', { size: 'Small', isSubtle: true, spacing: 'Small' }),
        t.markdown(
          '\\#7 · Deployment/shop/web · team shop · since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}',
          { size: 'Small', isSubtle: true, spacing: 'Small' },
        ),
      ],
    },
    'over, by a fix': {
      view: view.incidentView(mended, { fixes: fixing.fixesFor(mended) }),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', s.bold('web'), ' is well again. It took 2 min 5 s.'),
        s.quote(s.mono('web'), ' can’t start: its image does not exist.'),
        s.rich('✅ ', s.user('U0ANN'), ': ', s.bold('Roll back'), '. It helped.'),
        s.actions(
          s.button('Undo', 'incident.undo#1', '{"id":"i1","key":"k"}', {
            ...s.confirm('Take back “Roll back”? It puts back what was there before.', 'Undo'),
          }),
        ),
        s.context(
          '#7 · Deployment/shop/web · team shop · since',
          s.token('<!date^1772442300^{date_short_pretty} at {time}|2026-03-02 09:05 UTC>'),
        ),
      ],
      teams: [
        t.box('good', t.words('✅ ', t.run('web', bolder), ' is well again. It took 2 min 5 s.')),
        t.box('emphasis', t.words(t.mono('web'), ' can’t start: its image does not exist.')),
        t.markdown('✅ <at>Ann</at>: **Roll back**. It helped.'),
        t.buttons(
          t.asks(
            'Take back “Roll back”? It puts back what was there before.',
            'Undo',
            t.does('Undo', 'incident.undo', '{"id":"i1","key":"k"}'),
          ),
        ),
        t.markdown(
          '\\#7 · Deployment/shop/web · team shop · since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}',
          { size: 'Small', isSubtle: true, spacing: 'Small' },
        ),
      ],
    },
  },
  detailsView: {
    'the whole': {
      view: view.detailsView(incident),
      slack: [
        s.rich(s.bold('What mends it, as a command')),
        s.rich('Roll back to revision 1:'),
        s.pre('kubectl rollout undo deployment/web'),
        s.rich(s.bold('How I know (image-not-found)')),
        s.rich(s.bold('Pod web-1 · '), s.mono('status.reason'), '\n', 'ErrImagePull'),
        s.context('I’m fairly sure, not certain: it follows from several things, none of which says so by itself.'),
        s.context(
          '#7 · Deployment/shop/web · team shop · since',
          s.token('<!date^1772442300^{date_short_pretty} at {time}|2026-03-02 09:05 UTC>'),
        ),
      ],
      teams: [
        ...t.fold(
          'fold-1',
          'What mends it, as a command',
          t.words('Roll back to revision 1:'),
          t.code('Bash', 'kubectl rollout undo deployment/web'),
        ),
        ...t.fold(
          'fold-2',
          'How I know (image-not-found)',
          t.item(false, t.words('Pod web-1 · ', t.mono('status.reason')), {
            ...t.words(t.run('ErrImagePull', muted)),
            spacing: 'None',
          }),
        ),
        {
          ...t.words(
            t.run(
              'I’m fairly sure, not certain: it follows from several things, none of which says so by itself.',
              muted,
            ),
          ),
          spacing: 'Small',
        },
        t.markdown(
          '\\#7 · Deployment/shop/web · team shop · since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}',
          { size: 'Small', isSubtle: true, spacing: 'Small' },
        ),
      ],
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
        s.rich(s.bold('🟢 '), s.bold('web'), s.bold(' #7'), '\n', 'well again after 2 min 5 s'),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', '1 of 2 that broke at once still has a problem.')),
        t.words('They all fail for the same kind of reason: look for one cause first.'),
        t.item(false, {
          type: 'ColumnSet',
          spacing: 'Default',
          columns: [
            {
              type: 'Column',
              width: 'stretch',
              items: [
                {
                  type: 'RichTextBlock',
                  inlines: [
                    { type: 'TextRun', text: '🟠 ' },
                    { type: 'TextRun', text: 'web', weight: 'Bolder' },
                    { type: 'TextRun', text: ' #7' },
                  ],
                },
                {
                  type: 'RichTextBlock',
                  inlines: [
                    { type: 'TextRun', text: 'web', size: 'Small', isSubtle: true, fontType: 'Monospace' },
                    { type: 'TextRun', text: ' can’t start: its image does not exist.', size: 'Small', isSubtle: true },
                  ],
                  spacing: 'None',
                },
              ],
            },
            {
              type: 'Column',
              width: 'auto',
              verticalContentAlignment: 'Center',
              items: [
                {
                  type: 'ActionSet',
                  actions: [
                    {
                      type: 'Action.Execute',
                      title: 'Show',
                      verb: 'incident.show',
                      data: { value: '{"id":"i1"}' },
                      fallback: {
                        type: 'Action.Submit',
                        title: 'Show',
                        data: { press: 'incident.show', value: '{"id":"i1"}' },
                      },
                    },
                  ],
                },
              ],
            },
          ],
        }),
        t.item(true, t.words('🟢 ', t.run('web', bolder), ' #7'), {
          ...t.words(t.run('well again after 2 min 5 s', muted)),
          spacing: 'None',
        }),
      ],
    },
  },
  yoursView: {
    'for who rolled it out': {
      view: view.yoursView(incident),
      slack: [
        s.rich(s.emoji('warning'), '  ', s.mono('web'), ' can’t start: its image does not exist.'),
        s.rich('Users notice nothing yet.'),
        s.rich('Did you mean ', s.mono('acme/web:1'), '?'),
        s.rich(s.bold('What changed'), ' in revision 2, against revision 1, which works:'),
        s.pre('- image: acme/web:1\n+ image: acme/web:2'),
        s.actions(s.button('Show it all', 'incident.show#1', '{"id":"i1"}')),
        s.context(
          '#7 · Deployment/shop/web · team shop · since',
          s.token('<!date^1772442300^{date_short_pretty} at {time}|2026-03-02 09:05 UTC>'),
        ),
      ],
      teams: [
        t.box('warning', t.words('⚠️ ', t.mono('web'), ' can’t start: its image does not exist.')),
        t.words('Users notice nothing yet.'),
        t.words('Did you mean ', t.mono('acme/web:1'), '?'),
        t.words(t.run('What changed', bolder), ' in revision 2, against revision 1, which works:'),
        t.box('emphasis', t.words(t.mono('- image: acme/web:1', { color: 'Attention', size: 'Small' })), {
          ...t.words(t.mono('+ image: acme/web:2', { color: 'Good', size: 'Small' })),
          spacing: 'None',
        }),
        t.buttons(t.does('Show it all', 'incident.show', '{"id":"i1"}')),
        t.markdown(
          '\\#7 · Deployment/shop/web · team shop · since {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}',
          { size: 'Small', isSubtle: true, spacing: 'Small' },
        ),
      ],
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
        t.box('emphasis', t.words(t.mono('- image: acme/web:2', { color: 'Attention', size: 'Small' })), {
          ...t.words(t.mono('+ image: acme/web:1', { color: 'Good', size: 'Small' })),
          spacing: 'None',
        }),
        {
          ...t.words(
            t.run('I see it when it’s rolled out. ', muted),
            t.mono('why', { size: 'Small', isSubtle: true }),
            t.run(' tells how it fares meanwhile.', muted),
          ),
          spacing: 'Small',
        },
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

goldens({ ...answers, ...incidents, ...fixes });

test('every view of the doctor stands here', () => {
  expect(Object.keys({ ...answers, ...incidents, ...fixes })).toHaveLength(14);
});
