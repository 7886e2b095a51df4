import { describe } from 'vitest';
import type { GoldenPath } from '../../src/core/catalog/path.ts';
import type { AccountId } from '../../src/core/kernel/index.ts';
import * as approving from '../../src/core/requests/approval-view.ts';
import type { Assessment } from '../../src/core/requests/assess.ts';
import * as catalog from '../../src/core/requests/catalog-view.ts';
import * as confirming from '../../src/core/requests/confirm-view.ts';
import { presses } from '../../src/core/requests/keys.ts';
import * as running from '../../src/core/requests/progress-view.ts';
import type { Request } from '../../src/core/requests/store.ts';
import { press } from '../../src/core/requests/view-parts.ts';
import type { Progress } from '../../src/core/runs/run.ts';
import { postgres as path } from '../support/paths.ts';
import { ann, goldens, grace, type ViewsOf } from './golden.ts';
import { apart, bolder, muted, slack as s, teams as t } from './json.ts';

/* What people see of a request, from the catalog to its end, on both platforms. */

const day = (n: number, minutes = 5) => new Date(Date.UTC(2026, 2, n, 9, minutes));
const asked: Request = {
  number: 7,
  verb: 'create',
  path: 'postgres',
  version: '1.3.0',
  values: { name: 'orders', size: 'l', backups: true },
  team: 'checkout',
  requester: ann,
  account: 'slack:T1/U0ANN' as AccountId,
  state: 'confirming',
  tries: 0,
  plans: 1,
  created: day(2),
  changed: day(2),
  preview: {
    summary: '2 objects are made.',
    changes: [
      { what: 'Cluster checkout/orders', does: 'create' },
      { what: 'Secret checkout/orders-app', does: 'create' },
    ],
    destroys: 0,
  },
  cost: { currency: 'EUR', cents: 24_000 },
};
const long: Request = {
  ...asked,
  preview: {
    summary: '1 to add, 0 to change, 1 to destroy',
    changes: [
      { what: 'bucket.new', does: 'create' },
      { what: 'bucket.old', does: 'delete' },
    ],
    detail: { language: 'diff', text: Array.from({ length: 8 }, (_, i) => `+ line ${i + 1}`).join('\n') },
    destroys: 1,
  },
};
const assessed: Assessment = {
  path,
  name: 'orders',
  identity: 'postgres/checkout/orders',
  facts: {
    path,
    params: asked.values,
    request: { number: 7 },
    resource: { slug: 'r7', name: 'orders' },
    person: { name: 'Ann', teams: ['checkout'], roles: [] },
    team: { name: 'checkout' },
    verb: 'create',
    today: '2026-03-02',
  },
  cost: { currency: 'EUR', cents: 24_000 },
  room: {
    quota: { used: 2, limit: 3, left: 1, over: false, says: '2 of 3 postgres in use; with this it’s 3.' },
  },
  verdict: { is: 'allow', because: 'This is inside the golden path, so nobody has to approve it.' },
  warnings: ['From 2026-06-01 on nothing new will be made from this.'],
  expires: day(16),
};
const approval = { is: 'approval', because: 'Large ones are looked at first.', by: ['data', 'platform'] } as const;
const waiting: Request = { ...asked, state: 'awaiting-approval', verdict: approval };
const refused: Request = { ...waiting, state: 'refused', decided: { by: grace, words: 'Use a medium one.' } };
const accepted: Request = { ...asked, state: 'running', run: 'run-7-1', tries: 1, accepted: day(2, 6) };
const glass: Request = { ...accepted, decided: { by: ann, words: 'The shop is down.', breakGlass: true } };
const ready: Request = { ...accepted, state: 'ready', decided: { by: grace }, ready: day(2, 8) };
const failed: Request = { ...accepted, state: 'failed' };
const subject = { path };
const under: Progress = {
  state: 'running',
  steps: [
    { label: 'Apply', state: 'done', seconds: 2 },
    { label: 'Wait', state: 'doing', seconds: 65 },
  ],
  message: '1 of 3 instances',
  slow: true,
  links: [{ label: 'Console', url: 'https://console.acme.test/orders' }],
  outputs: [],
};
const done: Progress = {
  state: 'ready',
  steps: [{ label: 'Apply', state: 'done', seconds: 2 }],
  links: [],
  outputs: [],
};
const broken: Progress = {
  state: 'failed',
  steps: [{ label: 'Apply', state: 'failed', seconds: 2 }],
  message: 'denied: no such storage class',
  links: [],
  outputs: [],
  left: ['Secret checkout/orders-app'],
};
const askAgain = press('Ask again', presses.again, { number: 7 }, { opens: 'form' });
const retry = press('Try again', presses.retry, { number: 7 }, { tone: 'primary' });
const blocked: GoldenPath = { ...path, name: 'kafka', title: 'Kafka topic', summary: 'A topic.', docs: 'README.md' };

const confirmingViews: ViewsOf<typeof confirming> = {
  planningView: {
    'when it was asked': {
      view: confirming.planningView({ ...asked, state: 'planning' }, subject),
      slack: [
        s.rich(
          s.emoji('hourglass_flowing_sand'),
          s.bold(' Finding out what would happen'),
          '\n',
          s.emoji('white_circle'),
          ' You confirm',
          '\n',
          s.emoji('white_circle'),
          ' Creating',
        ),
        s.context('Nothing is made before you say so.'),
        s.actions(s.button('Never mind', 'request.abandon#1', '{"number":7}')),
      ],
      teams: [
        t.row(
          'Default',
          t.col('20px', t.words(t.run('◐', { color: 'Accent', weight: 'Bolder' }))),
          t.col('stretch', t.words(t.run('Finding out what would happen', bolder))),
        ),
        t.row(
          'Small',
          t.col('20px', t.words(t.run('○', { isSubtle: true }))),
          t.col('stretch', t.words(t.run('You confirm', { isSubtle: true }))),
        ),
        t.row(
          'Small',
          t.col('20px', t.words(t.run('○', { isSubtle: true }))),
          t.col('stretch', t.words(t.run('Creating', { isSubtle: true }))),
        ),
        t.note('Nothing is made before you say so.'),
        t.buttons(t.does('Never mind', 'request.abandon', '{"number":7}')),
      ],
    },
  },
  confirmView: {
    'inside the path': {
      view: confirming.confirmView(asked, assessed),
      slack: [
        s.facts(
          ['Name', 'orders'],
          ['Size', 'Large'],
          ['Backups', 'yes'],
          ['For', 'checkout'],
          ['Costs', '€240 a month'],
          ['Quota', '2 of 3 postgres in use; with this it’s 3.'],
          [
            'Ends',
            s.date(1773651900, '{date_short_pretty}', '2026-03-16'),
            '. I’ll remind you before; one tap extends it.',
          ],
        ),
        s.rich(s.emoji('warning'), '  ', 'From 2026-06-01 on nothing new will be made from this.'),
        s.rich(s.emoji('white_check_mark'), '  ', 'This is inside the golden path, so nobody has to approve it.'),
        s.rich('2 objects are made.'),
        s.rich('• Cluster checkout/orders\n• Secret checkout/orders-app'),
        s.actions(
          s.button('Create it', 'request.confirm#1', '{"number":7,"plans":1}', { style: 'primary' }),
          s.button('Change', 'request.change#2', '{"number":7,"plans":1}'),
          s.button('Never mind', 'request.abandon#3', '{"number":7}'),
        ),
        s.context(
          s.token('<https://docs.acme.test/postgres|How it works> · Request #7 · PostgreSQL 1.3.0, owned by data'),
        ),
      ],
      teams: [
        t.fact('Default', 'Name', t.words('orders')),
        t.fact('Small', 'Size', t.words('Large')),
        t.fact('Small', 'Backups', t.words('yes')),
        t.fact('Small', 'For', t.words('checkout')),
        t.fact('Small', 'Costs', t.words('€240 a month')),
        t.fact('Small', 'Quota', t.words('2 of 3 postgres in use; with this it’s 3.')),
        t.fact(
          'Small',
          'Ends',
          t.markdown('{{DATE(2026-03-16T09:05:00Z, SHORT)}}. I’ll remind you before; one tap extends it.'),
        ),
        t.box('warning', t.words('⚠️ ', 'From 2026-06-01 on nothing new will be made from this.')),
        t.box('good', t.words('✅ ', 'This is inside the golden path, so nobody has to approve it.')),
        t.words('2 objects are made.'),
        t.words('• Cluster checkout/orders'),
        { ...t.words('• Secret checkout/orders-app'), spacing: 'None' },
        t.buttons(
          t.does('Create it', 'request.confirm', '{"number":7,"plans":1}', { style: 'positive' }),
          t.opens('Change', 'request.change', '{"number":7,"plans":1}'),
          t.does('Never mind', 'request.abandon', '{"number":7}'),
        ),
        t.note(
          t.link('How it works', 'https://docs.acme.test/postgres', muted),
          ' · Request #7 · PostgreSQL 1.3.0, owned by ',
          t.run('data', { size: 'Small', isSubtle: true, weight: 'Bolder' }),
        ),
      ],
    },
    'that needs an approval, with a long plan': {
      view: confirming.confirmView(long, { ...assessed, warnings: [], verdict: approval }),
      slack: [
        s.facts(
          ['Name', 'orders'],
          ['Size', 'Large'],
          ['Backups', 'yes'],
          ['For', 'checkout'],
          ['Costs', '€240 a month'],
          ['Quota', '2 of 3 postgres in use; with this it’s 3.'],
          [
            'Ends',
            s.date(1773651900, '{date_short_pretty}', '2026-03-16'),
            '. I’ll remind you before; one tap extends it.',
          ],
        ),
        s.rich(
          s.emoji('warning'),
          '  ',
          'This needs the approval of ',
          s.bold('team data or a platform engineer'),
          ': Large ones are looked at first.',
        ),
        s.rich('1 to add, 0 to change, 1 to destroy'),
        s.actions(
          s.button('Ask for approval', 'request.confirm#1', '{"number":7,"plans":1}', { style: 'primary' }),
          s.button('Change', 'request.change#2', '{"number":7,"plans":1}'),
          s.button('Never mind', 'request.abandon#3', '{"number":7}'),
        ),
        s.rich(s.bold('What exactly')),
        s.pre('+ bucket.new\n- bucket.old'),
        s.pre('+ line 1\n+ line 2\n+ line 3\n+ line 4'),
        s.context('… and 4 more lines'),
        s.actions(s.button('Show all of it', 'request.detail#4', '{"number":7}')),
        s.context(
          s.token('<https://docs.acme.test/postgres|How it works> · Request #7 · PostgreSQL 1.3.0, owned by data'),
        ),
      ],
      teams: [
        t.fact('Default', 'Name', t.words('orders')),
        t.fact('Small', 'Size', t.words('Large')),
        t.fact('Small', 'Backups', t.words('yes')),
        t.fact('Small', 'For', t.words('checkout')),
        t.fact('Small', 'Costs', t.words('€240 a month')),
        t.fact('Small', 'Quota', t.words('2 of 3 postgres in use; with this it’s 3.')),
        t.fact(
          'Small',
          'Ends',
          t.markdown('{{DATE(2026-03-16T09:05:00Z, SHORT)}}. I’ll remind you before; one tap extends it.'),
        ),
        t.box(
          'warning',
          t.words(
            '⚠️ ',
            'This needs the approval of ',
            t.run('team data or a platform engineer', bolder),
            ': Large ones are looked at first.',
          ),
        ),
        t.words('1 to add, 0 to change, 1 to destroy'),
        t.buttons(
          t.does('Ask for approval', 'request.confirm', '{"number":7,"plans":1}', { style: 'positive' }),
          t.opens('Change', 'request.change', '{"number":7,"plans":1}'),
          t.does('Never mind', 'request.abandon', '{"number":7}'),
        ),
        ...t.fold(
          'fold-1',
          'What exactly',
          t.code('PlainText', '+ bucket.new', '- bucket.old'),
          t.code(
            'PlainText',
            '+ line 1',
            '+ line 2',
            '+ line 3',
            '+ line 4',
            '+ line 5',
            '+ line 6',
            '+ line 7',
            '+ line 8',
          ),
        ),
        t.note(
          t.link('How it works', 'https://docs.acme.test/postgres', muted),
          ' · Request #7 · PostgreSQL 1.3.0, owned by ',
          t.run('data', { size: 'Small', isSubtle: true, weight: 'Bolder' }),
        ),
      ],
    },
    'that can’t be': {
      view: confirming.confirmView(
        { ...asked, preview: { summary: '', changes: [], destroys: 0, refused: 'exceeded quota: pods' } },
        { ...assessed, warnings: [] },
      ),
      slack: [
        s.rich(s.emoji('no_entry'), '  ', 'exceeded quota: pods'),
        s.facts(
          ['Name', 'orders'],
          ['Size', 'Large'],
          ['Backups', 'yes'],
          ['For', 'checkout'],
          ['Costs', '€240 a month'],
          ['Quota', '2 of 3 postgres in use; with this it’s 3.'],
          [
            'Ends',
            s.date(1773651900, '{date_short_pretty}', '2026-03-16'),
            '. I’ll remind you before; one tap extends it.',
          ],
        ),
        s.actions(
          s.button('Change', 'request.change#1', '{"number":7,"plans":1}'),
          s.button('Look again', 'request.look#2', '{"number":7,"plans":1}'),
          s.button('Never mind', 'request.abandon#3', '{"number":7}'),
        ),
        s.context(
          s.token('<https://docs.acme.test/postgres|How it works> · Request #7 · PostgreSQL 1.3.0, owned by data'),
        ),
      ],
      teams: [
        t.box('attention', t.words('⛔ ', 'exceeded quota: pods')),
        t.fact('Default', 'Name', t.words('orders')),
        t.fact('Small', 'Size', t.words('Large')),
        t.fact('Small', 'Backups', t.words('yes')),
        t.fact('Small', 'For', t.words('checkout')),
        t.fact('Small', 'Costs', t.words('€240 a month')),
        t.fact('Small', 'Quota', t.words('2 of 3 postgres in use; with this it’s 3.')),
        t.fact(
          'Small',
          'Ends',
          t.markdown('{{DATE(2026-03-16T09:05:00Z, SHORT)}}. I’ll remind you before; one tap extends it.'),
        ),
        t.buttons(
          t.opens('Change', 'request.change', '{"number":7,"plans":1}'),
          t.does('Look again', 'request.look', '{"number":7,"plans":1}'),
          t.does('Never mind', 'request.abandon', '{"number":7}'),
        ),
        t.note(
          t.link('How it works', 'https://docs.acme.test/postgres', muted),
          ' · Request #7 · PostgreSQL 1.3.0, owned by ',
          t.run('data', { size: 'Small', isSubtle: true, weight: 'Bolder' }),
        ),
      ],
    },
  },
};

const approvingViews: ViewsOf<typeof approving> = {
  approvalView: {
    'for those who decide': {
      view: approving.approvalView(waiting, subject, true),
      slack: [
        s.rich(
          s.user('U0ANN'),
          ' asks for ',
          s.bold('PostgreSQL “orders”'),
          '. Why you are asked: Large ones are looked at first.',
        ),
        s.rich(
          s.emoji('warning'),
          '  ',
          'Nobody has decided for a while, so I’m asking more people. The first answer counts.',
        ),
        s.facts(
          ['From', s.user('U0ANN')],
          ['For', 'checkout'],
          ['Name', 'orders'],
          ['Size', 'Large'],
          ['Backups', 'yes'],
          ['Costs', '€240 a month'],
        ),
        s.rich('2 objects are made.'),
        s.rich('• Cluster checkout/orders\n• Secret checkout/orders-app'),
        s.actions(
          s.button('Approve', 'request.approve#1', '{"number":7,"plans":1}', { style: 'primary' }),
          s.button('Refuse', 'request.refuse#2', '{"number":7,"plans":1}', { style: 'danger' }),
        ),
        s.context('Request #7. The first answer counts, on Slack and on Teams.'),
      ],
      teams: [
        t.markdown('<at>Ann</at> asks for PostgreSQL “orders”. Why you are asked: Large ones are looked at first.'),
        t.box(
          'warning',
          t.words('⚠️ ', 'Nobody has decided for a while, so I’m asking more people. The first answer counts.'),
        ),
        t.fact('Default', 'From', t.markdown('<at>Ann</at>')),
        t.fact('Small', 'For', t.words('checkout')),
        t.fact('Small', 'Name', t.words('orders')),
        t.fact('Small', 'Size', t.words('Large')),
        t.fact('Small', 'Backups', t.words('yes')),
        t.fact('Small', 'Costs', t.words('€240 a month')),
        t.words('2 objects are made.'),
        t.words('• Cluster checkout/orders'),
        { ...t.words('• Secret checkout/orders-app'), spacing: 'None' },
        t.buttons(
          t.does('Approve', 'request.approve', '{"number":7,"plans":1}', { style: 'positive' }),
          t.opens('Refuse', 'request.refuse', '{"number":7,"plans":1}', { style: 'destructive' }),
        ),
        t.note('Request #7. The first answer counts, on Slack and on Teams.'),
      ],
    },
  },
  decidedView: {
    'when somebody has refused': {
      view: approving.decidedView(refused, subject),
      slack: [
        s.rich(s.emoji('no_entry'), '  ', s.user('U0GRACE'), ' refused it.'),
        s.quote('Use a medium one.'),
        s.facts(
          ['From', s.user('U0ANN')],
          ['For', 'checkout'],
          ['Name', 'orders'],
          ['Size', 'Large'],
          ['Backups', 'yes'],
          ['Costs', '€240 a month'],
        ),
        s.rich('2 objects are made.'),
        s.rich('• Cluster checkout/orders\n• Secret checkout/orders-app'),
        s.context('Request #7'),
      ],
      teams: [
        t.box('attention', t.markdown('⛔ <at>Grace</at> refused it.')),
        t.box('emphasis', t.words('Use a medium one.')),
        t.fact('Default', 'From', t.markdown('<at>Ann</at>')),
        t.fact('Small', 'For', t.words('checkout')),
        t.fact('Small', 'Name', t.words('orders')),
        t.fact('Small', 'Size', t.words('Large')),
        t.fact('Small', 'Backups', t.words('yes')),
        t.fact('Small', 'Costs', t.words('€240 a month')),
        t.words('2 objects are made.'),
        t.words('• Cluster checkout/orders'),
        { ...t.words('• Secret checkout/orders-app'), spacing: 'None' },
        t.note('Request #7'),
      ],
    },
  },
  waitingView: {
    'of an admin': {
      view: approving.waitingView(waiting, subject, { glass: true }),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          ' You confirmed',
          '\n',
          s.emoji('hourglass_flowing_sand'),
          s.bold(' Waiting for team data or a platform engineer to decide'),
          '\n',
          s.emoji('white_circle'),
          ' Creating',
        ),
        s.context('Why: Large ones are looked at first. I’ve asked them, and you’ll hear from me.'),
        s.facts(['Name', 'orders'], ['Size', 'Large'], ['Backups', 'yes'], ['For', 'checkout']),
        s.actions(
          s.button('Take it back', 'request.abandon#1', '{"number":7}'),
          s.button('Break the glass', 'request.glass#2', '{"number":7,"plans":1}', { style: 'danger' }),
        ),
      ],
      teams: [
        t.row(
          'Default',
          t.col('20px', t.words(t.run('✓', { color: 'Good', weight: 'Bolder' }))),
          t.col('stretch', t.words('You confirmed')),
        ),
        t.row(
          'Small',
          t.col('20px', t.words(t.run('◐', { color: 'Accent', weight: 'Bolder' }))),
          t.col('stretch', t.words(t.run('Waiting for team data or a platform engineer to decide', bolder))),
        ),
        t.row(
          'Small',
          t.col('20px', t.words(t.run('○', { isSubtle: true }))),
          t.col('stretch', t.words(t.run('Creating', { isSubtle: true }))),
        ),
        t.note('Why: Large ones are looked at first. I’ve asked them, and you’ll hear from me.'),
        t.fact('Default', 'Name', t.words('orders')),
        t.fact('Small', 'Size', t.words('Large')),
        t.fact('Small', 'Backups', t.words('yes')),
        t.fact('Small', 'For', t.words('checkout')),
        t.buttons(
          t.does('Take it back', 'request.abandon', '{"number":7}'),
          t.opens('Break the glass', 'request.glass', '{"number":7,"plans":1}', { style: 'destructive' }),
        ),
      ],
    },
  },
  reminderView: {
    'after some hours': {
      view: approving.reminderView(waiting, subject),
      slack: [
        s.rich(s.user('U0ANN'), ' still waits for your decision on ', s.bold('PostgreSQL “orders”'), ' (request #7).'),
        s.actions(
          s.button('Approve', 'request.approve#1', '{"number":7,"plans":1}', { style: 'primary' }),
          s.button('Refuse', 'request.refuse#2', '{"number":7,"plans":1}', { style: 'danger' }),
        ),
      ],
      teams: [
        t.markdown('<at>Ann</at> still waits for your decision on PostgreSQL “orders” (request #7).'),
        t.buttons(
          t.does('Approve', 'request.approve', '{"number":7,"plans":1}', { style: 'positive' }),
          t.opens('Refuse', 'request.refuse', '{"number":7,"plans":1}', { style: 'destructive' }),
        ),
      ],
    },
  },
  refusedView: {
    'for the person who asked': {
      view: approving.refusedView(refused, subject),
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          s.user('U0GRACE'),
          ' refused your request for ',
          s.bold('PostgreSQL “orders”'),
          '.',
        ),
        s.quote('Use a medium one.'),
        s.context(
          'Nothing was made. If you can do without what they name, ask again with other values; else talk to them.',
        ),
        s.actions(s.button('Ask again, changed', 'request.again#1', '{"number":7}')),
      ],
      teams: [
        t.box('attention', t.markdown('⛔ <at>Grace</at> refused your request for PostgreSQL “orders”.')),
        t.box('emphasis', t.words('Use a medium one.')),
        t.note(
          'Nothing was made. If you can do without what they name, ask again with other values; else talk to them.',
        ),
        t.buttons(t.opens('Ask again, changed', 'request.again', '{"number":7}')),
      ],
    },
  },
  glassView: {
    'for all who could have decided': {
      view: approving.glassView(glass, subject),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          s.user('U0ANN'),
          ' approved their own request for ',
          s.bold('PostgreSQL “orders”'),
          ', as an admin may when it can’t wait.',
        ),
        s.quote('The shop is down.'),
        s.facts(
          ['From', s.user('U0ANN')],
          ['For', 'checkout'],
          ['Name', 'orders'],
          ['Size', 'Large'],
          ['Backups', 'yes'],
          ['Costs', '€240 a month'],
        ),
        s.rich('2 objects are made.'),
        s.rich('• Cluster checkout/orders\n• Secret checkout/orders-app'),
        s.context('This stands in the audit. If it was not right, talk to them.'),
      ],
      teams: [
        t.box(
          'warning',
          t.markdown(
            '⚠️ <at>Ann</at> approved their own request for PostgreSQL “orders”, as an admin may when it can’t wait.',
          ),
        ),
        t.box('emphasis', t.words('The shop is down.')),
        t.fact('Default', 'From', t.markdown('<at>Ann</at>')),
        t.fact('Small', 'For', t.words('checkout')),
        t.fact('Small', 'Name', t.words('orders')),
        t.fact('Small', 'Size', t.words('Large')),
        t.fact('Small', 'Backups', t.words('yes')),
        t.fact('Small', 'Costs', t.words('€240 a month')),
        t.words('2 objects are made.'),
        t.words('• Cluster checkout/orders'),
        { ...t.words('• Secret checkout/orders-app'), spacing: 'None' },
        t.note('This stands in the audit. If it was not right, talk to them.'),
      ],
    },
  },
  expiredView: {
    'when nobody decided': {
      view: approving.expiredView({ ...waiting, state: 'expired' }, subject),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'Nobody decided on your request for ',
          s.bold('PostgreSQL “orders”'),
          ' in time, so I closed it. Nothing was made.',
        ),
        s.context('I had reminded them, and asked others. Talk to them, then ask again.'),
        s.actions(s.button('Ask again', 'request.again#1', '{"number":7}')),
      ],
      teams: [
        t.box(
          'warning',
          t.words(
            '⚠️ ',
            'Nobody decided on your request for ',
            t.run('PostgreSQL “orders”', bolder),
            ' in time, so I closed it. Nothing was made.',
          ),
        ),
        t.note('I had reminded them, and asked others. Talk to them, then ask again.'),
        t.buttons(t.opens('Ask again', 'request.again', '{"number":7}')),
      ],
    },
  },
};

/** A line in a thread has no title, so nothing of it is left to pin. */
const runningViews: ViewsOf<Omit<typeof running, 'lineView'>> = {
  progressView: {
    'that takes long': {
      view: running.progressView(accepted, subject, under),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'This takes longer than it usually does. Nothing has failed: I keep watching, and tell you when it’s done. If it’s urgent, ask ',
          s.bold('data'),
          '.',
        ),
        s.rich(
          s.emoji('white_check_mark'),
          ' Apply',
          s.italic('  2\u00a0s'),
          '\n',
          s.emoji('hourglass_flowing_sand'),
          s.bold(' Wait'),
          s.italic('  1\u00a0min 5\u00a0s'),
        ),
        s.context('1 of 3 instances'),
        s.context(s.token('<https://console.acme.test/orders|Console>')),
        s.actions(
          s.button('Stop', 'request.stop#1', '{"number":7}', {
            ...s.confirm('Stop it? I’ll tell you what is left behind.', 'Stop'),
          }),
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.words(
            '⚠️ ',
            'This takes longer than it usually does. Nothing has failed: I keep watching, and tell you when it’s done. If it’s urgent, ask ',
            t.run('data', bolder),
            '.',
          ),
        ),
        t.row(
          'Default',
          t.col('20px', t.words(t.run('✓', { color: 'Good', weight: 'Bolder' }))),
          t.col('stretch', t.words('Apply')),
          t.col('auto', t.words(t.run('2\u00a0s', muted))),
        ),
        t.row(
          'Small',
          t.col('20px', t.words(t.run('◐', { color: 'Accent', weight: 'Bolder' }))),
          t.col('stretch', t.words(t.run('Wait', bolder))),
          t.col('auto', t.words(t.run('1\u00a0min 5\u00a0s', muted))),
        ),
        t.note('1 of 3 instances'),
        { ...t.words(t.link('Console', 'https://console.acme.test/orders', muted)), spacing: 'Small' },
        t.buttons(
          t.asks('Stop it? I’ll tell you what is left behind.', 'Stop', t.does('Stop', 'request.stop', '{"number":7}')),
        ),
      ],
    },
  },
  endedView: {
    'that went well': {
      view: running.endedView(ready, subject, done),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', 'PostgreSQL “orders” is ready. It took 2\u00a0min.'),
        s.rich(s.emoji('white_check_mark'), ' Apply', s.italic('  2\u00a0s')),
        s.context(s.token('<@U0GRACE> approved it.')),
        s.context('Request #7. What to do now stands in the message below.'),
      ],
      teams: [
        t.box('good', t.words('✅ ', 'PostgreSQL “orders” is ready. It took 2\u00a0min.')),
        t.row(
          'Default',
          t.col('20px', t.words(t.run('✓', { color: 'Good', weight: 'Bolder' }))),
          t.col('stretch', t.words('Apply')),
          t.col('auto', t.words(t.run('2\u00a0s', muted))),
        ),
        t.markdown('<at>Grace</at> approved it.', apart),
        t.note('Request #7. What to do now stands in the message below.'),
      ],
    },
  },
  readyView: {
    'with new credentials': {
      view: running.readyView({ ...ready, verb: 'rotate' }, subject, { outputs: [], links: [], next: [] }),
      slack: [
        s.rich(
          s.emoji('white_check_mark'),
          '  ',
          s.bold('PostgreSQL “orders”'),
          ' has new credentials, after 2\u00a0min.',
        ),
        s.rich(
          s.emoji('warning'),
          '  ',
          'What still holds the old ones is locked out when it connects anew: restart it, so that it reads these.',
        ),
        s.context(
          s.token('<https://docs.acme.test/postgres|How it works> · Request #7 · PostgreSQL 1.3.0, owned by data'),
        ),
      ],
      teams: [
        t.box('good', t.words('✅ ', t.run('PostgreSQL “orders”', bolder), ' has new credentials, after 2\u00a0min.')),
        t.box(
          'warning',
          t.words(
            '⚠️ ',
            'What still holds the old ones is locked out when it connects anew: restart it, so that it reads these.',
          ),
        ),
        t.note(
          t.link('How it works', 'https://docs.acme.test/postgres', muted),
          ' · Request #7 · PostgreSQL 1.3.0, owned by ',
          t.run('data', { size: 'Small', isSubtle: true, weight: 'Bolder' }),
        ),
      ],
    },
    'with where its secrets are': {
      view: running.readyView(ready, subject, {
        outputs: [
          { label: 'Host', value: 'orders-rw.checkout.svc' },
          { label: 'Password', value: 'Secret orders-app', secret: true },
        ],
        links: under.links,
        expires: day(16),
        next: [],
      }),
      slack: [
        s.rich(s.emoji('white_check_mark'), '  ', s.bold('PostgreSQL “orders”'), ' is ready, after 2\u00a0min.'),
        s.facts(['Host', s.mono('orders-rw.checkout.svc')], ['Password', s.mono('Secret orders-app')]),
        s.context(
          'Credentials are never shown in chat: the names above say where they are kept. Read or mount them there.',
        ),
        s.rich(
          'It ends on ',
          s.date(1773651900, '\u200b{date_short_pretty}', '2026-03-16'),
          '. I’ll remind you before; one tap extends it.',
        ),
        s.context(s.token('<https://console.acme.test/orders|Console>')),
        s.context(
          s.token('<https://docs.acme.test/postgres|How it works> · Request #7 · PostgreSQL 1.3.0, owned by data'),
        ),
      ],
      teams: [
        t.box('good', t.words('✅ ', t.run('PostgreSQL “orders”', bolder), ' is ready, after 2\u00a0min.')),
        t.fact('Default', 'Host', t.words(t.mono('orders-rw.checkout.svc'))),
        t.fact('Small', 'Password', t.words(t.mono('Secret orders-app'))),
        t.note(
          'Credentials are never shown in chat: the names above say where they are kept. Read or mount them there.',
        ),
        t.markdown('It ends on {{DATE(2026-03-16T09:05:00Z, SHORT)}}. I’ll remind you before; one tap extends it.'),
        { ...t.words(t.link('Console', 'https://console.acme.test/orders', muted)), spacing: 'Small' },
        t.note(
          t.link('How it works', 'https://docs.acme.test/postgres', muted),
          ' · Request #7 · PostgreSQL 1.3.0, owned by ',
          t.run('data', { size: 'Small', isSubtle: true, weight: 'Bolder' }),
        ),
      ],
    },
  },
  failedView: {
    'with what is left': {
      view: running.failedView(failed, subject, broken, [retry]),
      slack: [
        s.rich(
          s.emoji('no_entry'),
          '  ',
          s.bold('PostgreSQL “orders”'),
          ' could not be created at the step ',
          s.bold('Apply'),
          '.',
        ),
        s.pre('denied: no such storage class'),
        s.rich(s.bold('What is left behind (1)')),
        s.pre('Secret checkout/orders-app'),
        s.rich(
          s.bold('Try again'),
          ' goes on from where it stopped; nothing is made twice. ',
          s.bold('Clean up'),
          ' removes what was made and frees the name. If it fails again, show this to ',
          s.bold('data'),
          ', who own the path.',
        ),
        s.actions(s.button('Try again', 'request.retry#1', '{"number":7}', { style: 'primary' })),
        s.context(
          s.token('<https://docs.acme.test/postgres|How it works> · Request #7 · PostgreSQL 1.3.0, owned by data'),
        ),
      ],
      teams: [
        t.box(
          'attention',
          t.words(
            '⛔ ',
            t.run('PostgreSQL “orders”', bolder),
            ' could not be created at the step ',
            t.run('Apply', bolder),
            '.',
          ),
        ),
        t.code('PlainText', 'denied: no such storage class'),
        ...t.fold('fold-1', 'What is left behind (1)', t.code('PlainText', 'Secret checkout/orders-app')),
        t.words(
          t.run('Try again', bolder),
          ' goes on from where it stopped; nothing is made twice. ',
          t.run('Clean up', bolder),
          ' removes what was made and frees the name. If it fails again, show this to ',
          t.run('data', bolder),
          ', who own the path.',
        ),
        t.buttons(t.does('Try again', 'request.retry', '{"number":7}', { style: 'positive' })),
        t.note(
          t.link('How it works', 'https://docs.acme.test/postgres', muted),
          ' · Request #7 · PostgreSQL 1.3.0, owned by ',
          t.run('data', { size: 'Small', isSubtle: true, weight: 'Bolder' }),
        ),
      ],
    },
  },
  takenUpView: {
    'when it was tried again': {
      view: running.takenUpView(failed, subject, 'Trying again: the message above shows how it goes.'),
      slack: [s.rich(s.emoji('information_source'), '  ', 'Trying again: the message above shows how it goes.')],
      teams: [t.box('accent', t.words('ℹ️ ', 'Trying again: the message above shows how it goes.'))],
    },
  },
  closedView: {
    'that was taken back': {
      view: running.closedView({ ...asked, state: 'cancelled' }, subject, [askAgain]),
      slack: [
        s.rich(s.emoji('information_source'), '  ', 'Taken back. Nothing was made.'),
        s.facts(['Name', 'orders'], ['Size', 'Large'], ['Backups', 'yes'], ['For', 'checkout']),
        s.actions(s.button('Ask again', 'request.again#1', '{"number":7}')),
      ],
      teams: [
        t.box('accent', t.words('ℹ️ ', 'Taken back. Nothing was made.')),
        t.fact('Default', 'Name', t.words('orders')),
        t.fact('Small', 'Size', t.words('Large')),
        t.fact('Small', 'Backups', t.words('yes')),
        t.fact('Small', 'For', t.words('checkout')),
        t.buttons(t.opens('Ask again', 'request.again', '{"number":7}')),
      ],
    },
  },
};

const catalogViews: ViewsOf<typeof catalog> = {
  catalogView: {
    'with one that is closed and one that is broken': {
      view: catalog.catalogView({
        all: false,
        paths: [
          { path, verified: 'Last verified today, by a real run.' },
          { path: blocked, closed: 'The disks are full.' },
        ],
        broken: [
          {
            name: 'redis',
            problems: [{ file: 'redis/path.yaml', line: 7, what: 'docs is missing.', todo: 'Name a page.' }],
          },
        ],
        teamless: false,
        owner: 'the Acme platform team',
      }),
      slack: [
        s.rich(
          s.bold('PostgreSQL'),
          '\n',
          'A database of your own.\n',
          s.mono('postgres'),
          ' 1.3.0 · ',
          s.link('docs', 'https://docs.acme.test/postgres'),
          ' · Last verified today, by a real run.',
        ),
        s.actions(s.button('Create', 'request.create#1', '{"path":"postgres"}')),
        s.rich(s.bold('Kafka topic'), '\n', 'A topic.\n', s.mono('kafka'), ' 1.3.0\n✖ The disks are full.'),
        s.rich(
          s.emoji('no_entry'),
          '  ',
          s.bold('redis'),
          ' doesn’t load. ',
          s.mono('redis/path.yaml:7'),
          ' docs is missing. Name a page.',
        ),
        s.context(
          'If you know what you want, type it: /platform create postgres name=… size=s. Nothing is made before you confirm.',
        ),
      ],
      teams: [
        t.entry(
          false,
          t.opens('Create', 'request.create', '{"path":"postgres"}'),
          t.words(t.run('PostgreSQL', bolder)),
          t.under('A database of your own.'),
          t.under(
            t.mono('postgres', muted),
            ' 1.3.0 · ',
            t.link('docs', 'https://docs.acme.test/postgres', muted),
            ' · Last verified today, by a real run.',
          ),
        ),
        t.item(
          true,
          t.words(t.run('Kafka topic', bolder)),
          t.under('A topic.'),
          t.under(t.mono('kafka', muted), ' 1.3.0'),
          t.under('✖ The disks are full.'),
        ),
        t.box(
          'attention',
          t.words(
            '⛔ ',
            t.run('redis', bolder),
            ' doesn’t load. ',
            t.mono('redis/path.yaml:7'),
            ' docs is missing. Name a page.',
          ),
        ),
        t.note(
          'If you know what you want, type it: ',
          t.mono('create postgres name=… size=s', muted),
          '. Nothing is made before you confirm.',
        ),
      ],
    },
  },
  noTeamView: {
    'for who is in no team': {
      view: catalog.noTeamView('the Acme platform team'),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'You’re in no team yet, and what you create belongs to a team. Ask ',
          s.bold('the Acme platform team'),
          ' to put you into one: that’s a line in ',
          s.mono('groundcrew.yaml'),
          ', under ',
          s.mono('teams'),
          '.',
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.words(
            '⚠️ ',
            'You’re in no team yet, and what you create belongs to a team. Ask ',
            t.run('the Acme platform team', bolder),
            ' to put you into one: that’s a line in ',
            t.mono('groundcrew.yaml'),
            ', under ',
            t.mono('teams'),
            '.',
          ),
        ),
      ],
    },
  },
  unknownView: {
    'with what was meant': {
      view: catalog.unknownView('postgrs', { is: 'unknown' }, [path], [], 'the Acme platform team'),
      slack: [
        s.rich(
          s.emoji('warning'),
          '  ',
          'There is no ',
          s.mono('postgrs'),
          '. Did you mean ',
          s.bold('PostgreSQL'),
          '?',
        ),
        s.actions(
          s.button('Yes, PostgreSQL', 'request.create#1', '{"path":"postgres"}'),
          s.button('See the catalog', 'request.catalog#2', '{}'),
        ),
      ],
      teams: [
        t.box(
          'warning',
          t.words('⚠️ ', 'There is no ', t.mono('postgrs'), '. Did you mean ', t.run('PostgreSQL', bolder), '?'),
        ),
        t.buttons(
          t.opens('Yes, PostgreSQL', 'request.create', '{"path":"postgres"}'),
          t.does('See the catalog', 'request.catalog', '{}'),
        ),
      ],
    },
  },
  wishView: {
    'for what somebody said in their own words': {
      view: catalog.wishView([{ path }]),
      slack: [
        s.rich('You can get this yourself:'),
        s.rich(
          s.bold('PostgreSQL'),
          '\n',
          'A database of your own.\n',
          s.mono('postgres'),
          ' 1.3.0 · ',
          s.link('docs', 'https://docs.acme.test/postgres'),
        ),
        s.actions(s.button('Create', 'request.create#1', '{"path":"postgres"}')),
        s.actions(s.button('See the catalog', 'request.catalog#2', '{}')),
        s.context('Nothing is made before you confirm.'),
      ],
      teams: [
        t.words('You can get this yourself:'),
        t.entry(
          false,
          t.opens('Create', 'request.create', '{"path":"postgres"}'),
          t.words(t.run('PostgreSQL', bolder)),
          t.under('A database of your own.'),
          t.under(t.mono('postgres', muted), ' 1.3.0 · ', t.link('docs', 'https://docs.acme.test/postgres', muted)),
        ),
        t.buttons(t.does('See the catalog', 'request.catalog', '{}')),
        t.note('Nothing is made before you confirm.'),
      ],
    },
  },
};

describe('confirming', () => goldens(confirmingViews));
describe('approving', () => goldens(approvingViews));
describe('running', () => goldens(runningViews));
describe('the catalog', () => goldens(catalogViews));
