import { describe, expectTypeOf, test } from 'vitest';
import {
  type Block,
  code,
  emphasis,
  link,
  person,
  place,
  said,
  strong,
  text,
  time,
  type View,
} from '../../src/core/kernel/index.ts';
import { ann, elsewhere, type Golden, type GoldenView, golden, goldens, help, leo, type ViewsOf } from './golden.ts';
import { apart, bolder, type Json, muted, slack as s, teams as t } from './json.ts';

/*
 * Every kind of block, as Slack and as Teams draw it. The table has one entry for each kind: a new kind does not
 * compile until both of its drawings stand here.
 */

const at = new Date('2026-03-02T09:05:00Z');
const press = (value: string) => ({ name: 'item.move', value });
type Case<K extends Block['kind']> = Golden & { readonly block: Extract<Block, { kind: K }> };
const bar = (words: string): Json => ({ ...t.words(t.mono(words, { size: 'Small' })), spacing: 'None' });

type Blocks = { readonly [K in Block['kind']]: Readonly<Record<string, Case<K>>> };

const blocks: Blocks = {
  text: {
    'each style, and a link': {
      block: {
        kind: 'text',
        text: text`Run ${code('kubectl get')}, ${strong('not')} ${emphasis('maybe')}: ${link('why', 'https://acme.test/why?a=1&b=(2)')}`,
      },
      slack: [
        s.rich(
          'Run ',
          s.mono('kubectl get'),
          ', ',
          s.bold('not'),
          ' ',
          s.italic('maybe'),
          ': ',
          s.link('why', 'https://acme.test/why?a=1&b=(2)'),
        ),
      ],
      teams: [
        t.words(
          'Run ',
          t.mono('kubectl get'),
          ', ',
          t.run('not', bolder),
          ' ',
          t.run('maybe', { italic: true }),
          ': ',
          t.link('why', 'https://acme.test/why?a=1&b=(2)'),
        ),
      ],
    },
    'people, places and times': {
      block: {
        kind: 'text',
        text: text`${person(ann)} told ${person(leo)} in ${place(help)} and ${place(elsewhere)} on ${time(at, 'date')} at ${time(at, 'time')}: ${time(at)}`,
      },
      slack: [
        s.rich(
          s.user('U0ANN'),
          ' told ',
          s.bold('Leo'),
          ' in ',
          s.channel('C0HELP'),
          ' and ',
          s.bold('#Design'),
          ' on ',
          s.date(1772442300, '\u200b{date_short_pretty}', '2026-03-02'),
          ' at ',
          s.date(1772442300, '{time}', '09:05 UTC'),
          ': ',
          s.date(1772442300, '\u200b{date_short_pretty} at {time}', '2026-03-02 09:05 UTC'),
        ),
      ],
      teams: [
        t.markdown(
          '<at>Ann</at> told **Leo** in **platform-help** and **Design** on {{DATE(2026-03-02T09:05:00Z, SHORT)}} at {{TIME(2026-03-02T09:05:00Z)}}: {{DATE(2026-03-02T09:05:00Z, SHORT)}} {{TIME(2026-03-02T09:05:00Z)}}',
        ),
      ],
    },
    'what looks like markup, beside a mention': {
      block: { kind: 'text', text: text`*${person(ann)}* <!here> [a](https://x.test) ${strong('_b_')} {{DATE(1)}}` },
      slack: [s.rich('*', s.user('U0ANN'), '* <!here> [a](https://x.test) ', s.bold('_b_'), ' {{DATE(1)}}')],
      teams: [t.markdown('\\*<at>Ann</at>\\* \\<!here\\> \\[a\\](https://x.test) \\_b\\_ {\\{DATE(1)}}')],
    },
    'several lines': {
      block: { kind: 'text', text: said('one\ntwo\n\nthree') },
      slack: [s.rich('one\ntwo\n\nthree')],
      teams: [t.words('one'), { ...t.words('two'), spacing: 'None' }, { ...t.words('three'), spacing: 'Small' }],
    },
    'a link that leads nowhere safe is its words': {
      block: { kind: 'text', text: text`${link('run me', 'javascript:alert(1)')}` },
      slack: [s.rich('run me')],
      teams: [t.words('run me')],
    },
  },
  notice: {
    info: {
      block: { kind: 'notice', tone: 'info', text: said('Read this.') },
      slack: [s.rich(s.emoji('information_source'), '  ', 'Read this.')],
      teams: [t.box('accent', t.words('ℹ️ ', 'Read this.'))],
    },
    good: {
      block: { kind: 'notice', tone: 'good', text: said('Saved.') },
      slack: [s.rich(s.emoji('white_check_mark'), '  ', 'Saved.')],
      teams: [t.box('good', t.words('✅ ', 'Saved.'))],
    },
    warn: {
      block: { kind: 'notice', tone: 'warn', text: said('Careful.') },
      slack: [s.rich(s.emoji('warning'), '  ', 'Careful.')],
      teams: [t.box('warning', t.words('⚠️ ', 'Careful.'))],
    },
    bad: {
      block: { kind: 'notice', tone: 'bad', text: text`${person(ann)} said no.` },
      slack: [s.rich(s.emoji('no_entry'), '  ', s.user('U0ANN'), ' said no.')],
      teams: [t.box('attention', t.markdown('⛔ <at>Ann</at> said no.'))],
    },
  },
  note: {
    'who and when': {
      block: { kind: 'note', text: text`Changed by ${person(ann)}, ${time(at, 'date')}. ${strong('Done')}` },
      slack: [s.context(s.token('Changed by <@U0ANN>, <!date^1772442300^\u200b{date_short_pretty}|2026-03-02>. Done'))],
      teams: [t.markdown('Changed by <at>Ann</at>, {{DATE(2026-03-02T09:05:00Z, SHORT)}}. **Done**', apart)],
    },
    'with a link': {
      block: { kind: 'note', text: text`See ${link('the page', 'https://acme.test/?a=1&b=2')}` },
      slack: [s.context(s.token('See <https://acme.test/?a=1&amp;b=2|the page>'))],
      teams: [t.note('See ', t.link('the page', 'https://acme.test/?a=1&b=2', muted))],
    },
    'with a link whose words could be markup, which small text cannot hold in Slack': {
      block: { kind: 'note', text: text`See ${link('*the* <!page>', 'https://acme.test/')}` },
      slack: [s.rich('See ', s.link('*the* <!page>', 'https://acme.test/'))],
      teams: [t.note('See ', t.link('*the* <!page>', 'https://acme.test/', muted))],
    },
  },
  quote: {
    'somebody’s words': {
      block: { kind: 'quote', text: said('I wait ten minutes.') },
      slack: [s.quote('I wait ten minutes.')],
      teams: [t.box('emphasis', t.words('I wait ten minutes.'))],
    },
  },
  facts: {
    'labels and values': {
      block: {
        kind: 'facts',
        rows: [
          ['From', [person(ann)]],
          ['Pain', said('●●○○○ annoying')],
        ],
      },
      slack: [s.facts(['From', s.user('U0ANN')], ['Pain', '●●○○○ annoying'])],
      teams: [
        t.fact('Default', 'From', t.markdown('<at>Ann</at>')),
        t.fact('Small', 'Pain', t.words('●●○○○ annoying')),
      ],
    },
    'a long label, which has a share of the room in Teams': {
      block: { kind: 'facts', rows: [['Survives the loss of a machine', said('no')]] },
      slack: [s.facts(['Survives the loss of a machine', 'no'])],
      teams: [
        t.row(
          'Default',
          t.col(2, t.words(t.run('Survives the loss of a machine', { isSubtle: true }))),
          t.col(3, t.words('no')),
        ),
      ],
    },
  },
  steps: {
    'one in each state': {
      block: {
        kind: 'steps',
        steps: [
          { label: 'Plan', state: 'done', seconds: 75 },
          { label: 'Apply', state: 'doing', seconds: 4, note: '3 of 5' },
          { label: 'DNS', state: 'failed', seconds: 3600 },
          { label: 'Check', state: 'todo' },
        ],
      },
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          ' Plan',
          s.italic('  1\u00a0min 15\u00a0s'),
          '\n',
          s.emoji('hourglass_flowing_sand'),
          s.bold(' Apply'),
          s.italic('  4\u00a0s'),
          '\n        3 of 5',
          '\n',
          s.emoji('x'),
          s.bold(' DNS'),
          s.italic('  1\u00a0h'),
          '\n',
          s.emoji('white_circle'),
          ' Check',
        ),
      ],
      teams: [
        t.row(
          'Default',
          t.col('20px', t.words(t.run('✓', { color: 'Good', weight: 'Bolder' }))),
          t.col('stretch', t.words('Plan')),
          t.col('auto', t.words(t.run('1\u00a0min 15\u00a0s', muted))),
        ),
        t.row(
          'Small',
          t.col('20px', t.words(t.run('◐', { color: 'Accent', weight: 'Bolder' }))),
          t.col('stretch', t.words(t.run('Apply', bolder)), t.under('3 of 5')),
          t.col('auto', t.words(t.run('4\u00a0s', muted))),
        ),
        t.row(
          'Small',
          t.col('20px', t.words(t.run('✕', { color: 'Attention', weight: 'Bolder' }))),
          t.col('stretch', t.words(t.run('DNS', { color: 'Attention' }))),
          t.col('auto', t.words(t.run('1\u00a0h', muted))),
        ),
        t.row(
          'Small',
          t.col('20px', t.words(t.run('○', { isSubtle: true }))),
          t.col('stretch', t.words(t.run('Check', { isSubtle: true }))),
        ),
      ],
    },
  },
  chart: {
    'how much of each, one of them hidden': {
      block: {
        kind: 'chart',
        chart: {
          shape: 'bars',
          title: 'Requests by team',
          alt: 'Checkout asks most.',
          rows: [
            { label: 'checkout', value: 8 },
            { label: 'insights', value: null, note: 'hidden' },
          ],
        },
      },
      slack: [s.rich(s.bold('Requests by team\n'), 'Checkout asks most.'), s.pre('checkout       8\ninsights  hidden')],
      teams: [
        {
          type: 'Chart.HorizontalBar',
          title: 'Requests by team',
          displayMode: 'AbsoluteWithAxis',
          data: [{ x: 'checkout', y: 8 }],
          fallback: 'drop',
        },
        t.note('Checkout asks most.'),
        t.table(false, ['checkout', '8'], ['insights', 'hidden']),
      ],
    },
    'how many chose each step': {
      block: {
        kind: 'chart',
        chart: {
          shape: 'distribution',
          title: 'Is it easy?',
          alt: 'Most agree.',
          rows: [
            { label: 'No', value: 1, tone: 'bad' },
            { label: 'Yes', value: 4, tone: 'good' },
          ],
        },
      },
      slack: [
        s.rich(s.bold('Is it easy?\n'), 'Most agree.'),
        s.pre('No   ████░░░░░░░░░░░░  1\nYes  ████████████████  4'),
      ],
      teams: [
        {
          type: 'Chart.VerticalBar',
          title: 'Is it easy?',
          showBarValues: true,
          data: [
            { x: 'No', y: 1, color: 'attention' },
            { x: 'Yes', y: 4, color: 'good' },
          ],
          fallback: 'drop',
        },
        t.note('Most agree.'),
        t.table(false, ['No', '1'], ['Yes', '4']),
      ],
    },
    'two lines over time, one with a gap and margins': {
      block: {
        kind: 'chart',
        chart: {
          shape: 'trend',
          title: 'Self-service',
          alt: 'It rose to 80%.',
          unit: '%',
          points: ['Q1', 'Q2'],
          series: [
            { name: 'Measured', values: [61.25, 80] },
            { name: 'Asked', values: [null, 75], margins: [null, { low: 62, high: 85 }] },
          ],
        },
      },
      slack: [
        s.rich(s.bold('Self-service\n'), 'It rose to 80%.'),
        s.pre('    Measured             Asked\nQ1     61.3%                 –\nQ2       80%  75% (62% to 85%)'),
      ],
      teams: [
        {
          type: 'Chart.Line',
          title: 'Self-service',
          data: [
            {
              legend: 'Measured',
              values: [
                { x: 'Q1', y: 61.3 },
                { x: 'Q2', y: 80 },
              ],
            },
            { legend: 'Asked', values: [{ x: 'Q2', y: 75 }] },
          ],
          fallback: 'drop',
        },
        t.note('It rose to 80%.'),
        t.wide([4, 8, 5], ['\u00a0', 'Measured', 'Asked'], ['Q1', '61.3%', '–'], ['Q2', '80%', '75% (62% to 85%)']),
      ],
    },
    'three lines: on a phone no word of four columns breaks': {
      block: {
        kind: 'chart',
        chart: {
          shape: 'trend',
          title: 'By month',
          alt: 'It grows.',
          points: ['Oct 26'],
          series: [
            { name: 'Requests', values: [44] },
            { name: 'Self-service', values: [33] },
            { name: 'Rollouts', values: [48] },
          ],
        },
      },
      slack: [
        s.rich(s.bold('By month\n'), 'It grows.'),
        s.pre('        Requests  Self-service  Rollouts\nOct 26        44            33        48'),
      ],
      teams: [
        {
          type: 'Chart.Line',
          title: 'By month',
          data: [
            { legend: 'Requests', values: [{ x: 'Oct 26', y: 44 }] },
            { legend: 'Self-service', values: [{ x: 'Oct 26', y: 33 }] },
            { legend: 'Rollouts', values: [{ x: 'Oct 26', y: 48 }] },
          ],
          fallback: 'drop',
        },
        t.note('It grows.'),
        t.wide([6, 8, 7, 8], ['\u00a0', 'Requests', 'Self-service', 'Rollouts'], ['Oct 26', '44', '33', '48']),
      ],
    },
    'bars below nothing, between the ends of their scale': {
      block: {
        kind: 'chart',
        chart: {
          shape: 'bars',
          title: 'NPS by team',
          alt: '-50 checkout, 25 search.',
          unit: '',
          scale: { from: -100, to: 100 },
          rows: [
            { label: 'checkout', value: -50, note: '8 answered' },
            { label: 'search', value: 25, note: '6 answered' },
          ],
        },
      },
      slack: [
        s.rich(s.bold('NPS by team\n'), '-50 checkout, 25 search.'),
        s.pre('checkout  -50 (8 answered)\nsearch     25 (6 answered)'),
      ],
      teams: [
        t.words(t.run('NPS by team', bolder)),
        bar('░░░░░█████│░░░░░░░░░░ checkout'),
        bar('░░░░░░░░░░│███░░░░░░░ search'),
        t.note('-50 checkout, 25 search.'),
        t.table(false, ['checkout', '-50 (8 answered)'], ['search', '25 (6 answered)']),
      ],
    },
    'where a value stands, with its margin': {
      block: {
        kind: 'chart',
        chart: {
          shape: 'gauge',
          title: 'NPS',
          alt: '50 answered.',
          value: 29.97,
          from: -100,
          to: 100,
          margin: { low: 7.3, high: 49.3 },
          bands: [
            { to: 0, tone: 'bad' },
            { to: 100, tone: 'good' },
          ],
        },
      },
      slack: [
        s.rich(s.bold('NPS\n'), '50 answered.'),
        s.pre('NPS                    30\nMargin (95%)  7.3 to 49.3\nScale         -100 to 100'),
      ],
      teams: [
        {
          type: 'Chart.Gauge',
          title: 'NPS',
          value: 30,
          min: -100,
          max: 100,
          valueFormat: 'Fraction',
          showLegend: false,
          segments: [
            { legend: 'up to 0', size: 100, color: 'attention' },
            { legend: 'up to 100', size: 100, color: 'good' },
          ],
          fallback: 'drop',
        },
        t.note('50 answered.'),
        t.table(false, ['NPS', '30'], ['Margin (95%)', '7.3 to 49.3'], ['Scale', '-100 to 100']),
      ],
    },
  },
  picture: {
    'with what it shows': {
      block: { kind: 'picture', url: 'https://acme.test/a.png?b=1', alt: 'A graph <going> down' },
      slack: [{ type: 'image', image_url: 'https://acme.test/a.png?b=1', alt_text: 'A graph <going> down' }],
      teams: [{ type: 'Image', url: 'https://acme.test/a.png?b=1', altText: 'A graph <going> down' }],
    },
    'over http, which no client loads': {
      block: { kind: 'picture', url: 'http://acme.test/a.png', alt: 'A graph' },
      slack: [s.rich(s.link('Picture: A graph', 'http://acme.test/a.png'))],
      teams: [t.words(t.link('Picture: A graph', 'http://acme.test/a.png'))],
    },
  },
  items: {
    'rows with no, one and two buttons, and a way on': {
      block: {
        kind: 'items',
        items: [
          { title: said('#1 Dark mode') },
          { title: text`#2 ${code('psql')}`, note: said('Planned'), buttons: [{ label: 'Ship', press: press('2') }] },
          {
            title: said('#3 GPUs'),
            buttons: [
              { label: 'Plan', press: press('3'), tone: 'primary' },
              { label: 'Drop', press: press('4'), tone: 'danger', confirm: 'Drop it?' },
            ],
          },
        ],
        more: { label: 'More', press: { name: 'item.more', value: '15' } },
      },
      slack: [
        s.rich(s.bold('#1 Dark mode')),
        s.rich(s.bold('#2 '), s.mono('psql'), '\n', 'Planned'),
        s.actions(s.button('Ship', 'item.move#1', '2')),
        s.rich(s.bold('#3 GPUs')),
        s.actions(
          s.button('Plan', 'item.move#2', '3', { style: 'primary' }),
          s.button('Drop', 'item.move#3', '4', {
            style: 'danger',
            ...s.confirm('Drop it?', 'Drop', { style: 'danger' }),
          }),
        ),
        s.actions(s.button('More', 'item.more#4', '15')),
      ],
      teams: [
        t.item(false, t.words('#1 Dark mode')),
        t.entry(true, t.does('Ship', 'item.move', '2'), t.words('#2 ', t.mono('psql')), t.under('Planned')),
        t.item(true, t.words('#3 GPUs'), {
          ...t.buttons(
            t.does('Plan', 'item.move', '3', { style: 'positive' }),
            t.asks('Drop it?', 'Drop', t.does('Drop', 'item.move', '4', { style: 'destructive' }), {
              style: 'destructive',
            }),
          ),
          spacing: 'Small',
        }),
        t.buttons(t.does('More', 'item.more', '15')),
      ],
    },
  },
  code: {
    'a language that neither colours': {
      block: { kind: 'code', language: 'yaml', text: 'a:\n  b: *c' },
      slack: [s.pre('a:\n  b: *c')],
      teams: [
        {
          type: 'CodeBlock',
          codeSnippet: 'a:\n  b: *c',
          language: 'PlainText',
          fallback: t.box('emphasis', t.words(t.mono('a:', { size: 'Small' })), {
            ...t.words(t.mono('  b: *c', { size: 'Small' })),
            spacing: 'None',
          }),
        },
      ],
    },
    'a language that Teams colours': {
      block: { kind: 'code', language: 'sql', text: 'select 1' },
      slack: [s.pre('select 1')],
      teams: [
        {
          type: 'CodeBlock',
          codeSnippet: 'select 1',
          language: 'Sql',
          fallback: t.box('emphasis', t.words(t.mono('select 1', { size: 'Small' }))),
        },
      ],
    },
  },
  diff: {
    'a changed line between two that are not': {
      block: { kind: 'diff', before: 'a\nb\nc', after: 'a\nB\nc' },
      slack: [s.pre('  a\n- b\n+ B\n  c')],
      teams: [
        t.box(
          'emphasis',
          t.words(t.mono('  a', { ...muted })),
          { ...t.words(t.mono('-\u00a0b', { color: 'Attention', size: 'Small' })), spacing: 'None' },
          { ...t.words(t.mono('+\u00a0B', { color: 'Good', size: 'Small' })), spacing: 'None' },
          { ...t.words(t.mono('  c', { ...muted })), spacing: 'None' },
        ),
      ],
    },
  },
  buttons: {
    'each tone, a form, a question, and a value that is empty': {
      block: {
        kind: 'buttons',
        buttons: [
          { label: 'Ship', press: press('1'), tone: 'primary' },
          { label: 'Decline', press: press('2'), tone: 'danger', opens: 'form' },
          { label: 'Stop', press: press(''), confirm: 'Really stop?' },
        ],
      },
      slack: [
        s.actions(
          s.button('Ship', 'item.move#1', '1', { style: 'primary' }),
          s.button('Decline', 'item.move#2', '2', { style: 'danger' }),
          s.button('Stop', 'item.move#3', '', { ...s.confirm('Really stop?', 'Stop') }),
        ),
      ],
      teams: [
        t.buttons(
          t.does('Ship', 'item.move', '1', { style: 'positive' }),
          t.opens('Decline', 'item.move', '2', { style: 'destructive' }),
          t.asks('Really stop?', 'Stop', t.does('Stop', 'item.move', '')),
        ),
      ],
    },
    'seven in a row: Teams drops the seventh, so it goes into the menu': {
      block: {
        kind: 'buttons',
        buttons: [1, 2, 3, 4, 5, 6, 7].map((n) => ({ label: `B${n}`, press: press(`${n}`) })),
      },
      slack: [
        s.actions(
          s.button('B1', 'item.move#1', '1'),
          s.button('B2', 'item.move#2', '2'),
          s.button('B3', 'item.move#3', '3'),
          s.button('B4', 'item.move#4', '4'),
          s.button('B5', 'item.move#5', '5'),
          s.button('B6', 'item.move#6', '6'),
          s.button('B7', 'item.move#7', '7'),
        ),
      ],
      teams: [
        t.buttons(
          t.does('B1', 'item.move', '1'),
          t.does('B2', 'item.move', '2'),
          t.does('B3', 'item.move', '3'),
          t.does('B4', 'item.move', '4'),
          t.does('B5', 'item.move', '5'),
          t.does('B6', 'item.move', '6'),
          { ...t.does('B7', 'item.move', '7'), mode: 'secondary' },
        ),
      ],
    },
  },
  fold: {
    'longer than a message should be: folded in Teams, its first lines and the way to the rest in Slack': {
      block: {
        kind: 'fold',
        title: 'The plan',
        blocks: [
          { kind: 'facts', rows: [['Creates', said('2')]] },
          { kind: 'code', language: 'yaml', text: '1\n2\n3\n4\n5\n6\n7\n8' },
        ],
        more: { label: 'Show all', press: press('plan') },
      },
      slack: [
        s.rich(s.bold('The plan')),
        s.facts(['Creates', '2']),
        s.pre('1\n2\n3\n4\n5'),
        s.context('… and 3 more lines'),
        s.actions(s.button('Show all', 'item.move#1', 'plan')),
      ],
      teams: t.fold(
        'fold-1',
        'The plan',
        t.fact('Default', 'Creates', t.words('2')),
        t.code('PlainText', '1', '2', '3', '4', '5', '6', '7', '8'),
      ),
    },
    'short, or with nowhere else to read it: Slack shows all of it': {
      block: {
        kind: 'fold',
        title: 'What changes',
        blocks: [
          { kind: 'items', items: [{ title: said('replicas'), note: said('from 1 to 2') }] },
          { kind: 'text', text: said('No restart.') },
        ],
        more: { label: 'Show all', press: press('plan') },
      },
      slack: [s.rich(s.bold('What changes')), s.rich(s.bold('replicas'), '\n', 'from 1 to 2'), s.rich('No restart.')],
      teams: t.fold(
        'fold-1',
        'What changes',
        t.item(false, t.words('replicas'), t.under('from 1 to 2')),
        t.words('No restart.'),
      ),
    },
  },
};

for (const [kind, cases] of Object.entries(blocks))
  describe(kind, () => {
    for (const [name, { block, ...expected }] of Object.entries(cases))
      golden(name, { id: 'golden', title: 'A title', summary: 'A summary', blocks: [block] }, expected);
  });

describe('a golden of one platform alone', () => {
  type View1 = { readonly view: View };
  test('does not compile', () => {
    expectTypeOf<{ slack: []; teams: [] }>().toExtend<Golden>();
    expectTypeOf<{ slack: [] }>().not.toExtend<Golden>();
    expectTypeOf<{ teams: [] }>().not.toExtend<Golden>();
    expectTypeOf<View1 & { slack: [] }>().not.toExtend<GoldenView>();
    expectTypeOf<View1 & { teams: [] }>().not.toExtend<GoldenView>();
    expectTypeOf<Parameters<typeof golden>[2]>().toEqualTypeOf<Golden>();
  });
  test('nor does a kind of block, or a view of a module, that has none', () => {
    expectTypeOf<Blocks>().toExtend<Blocks>();
    expectTypeOf<Omit<Blocks, 'diff'>>().not.toExtend<Blocks>();
    type Module = { card: (n: number) => View; list: () => View; label: string; count: () => number };
    type Made = Readonly<Record<string, GoldenView>>;
    expectTypeOf<ViewsOf<Module>>().toEqualTypeOf<{ readonly card: Made; readonly list: Made }>();
    expectTypeOf<{ card: Made }>().not.toExtend<ViewsOf<Module>>();
    expectTypeOf<{ card: { one: View1 & { slack: [] } }; list: Made }>().not.toExtend<ViewsOf<Module>>();
    expectTypeOf(goldens).parameter(0).toExtend<Readonly<Record<string, Made>>>();
  });
});
