import * as freshness from '../../src/core/freshness/views.ts';
import { type Person, text } from '../../src/core/kernel/index.ts';
import * as card from '../../src/core/resources/card-view.ts';
import * as hands from '../../src/core/resources/hands-view.ts';
import * as list from '../../src/core/resources/list-view.ts';
import * as parts from '../../src/core/resources/parts.ts';
import type { Resource } from '../../src/core/resources/store.ts';
import * as told from '../../src/core/resources/told-view.ts';
import { postgres } from '../support/things.ts';
import { ann, grace, leo } from './golden.ts';

/* The views of what people have, each in a moment that it is made for. */

export const modules = { card, hands, list, parts, told, freshness };

const at = (iso: string) => new Date(`2026-03-${iso}Z`);
const now = at('10T09:00:00');
const id = '00000000-0000-4000-8000-000000000001';
const orders: Resource = {
  id,
  slug: 'r7',
  name: 'orders',
  identity: 'postgres/orders',
  path: 'postgres',
  version: '1.3.0',
  values: { name: 'orders', size: 's' },
  team: 'inventory',
  owner: ann,
  state: 'active',
  outputs: [
    { label: 'Console', value: 'https://db.acme.test/orders' },
    { label: 'Password', value: 'Secret orders-app', secret: true },
  ],
  cost: { currency: 'EUR', cents: 1850 },
  created: at('02T09:00:00'),
  changed: at('02T09:05:00'),
  expires: at('11T09:00:00'),
  extended: 1,
};
const { expires: _, cost: __, ...bare } = orders;
const carts: Resource = { ...bare, id: id.replace(/1$/, '2'), slug: 'r8', name: 'carts', path: 'redis', owner: grace };
const by = (person: typeof ann, teams: readonly string[]): Person => ({
  id: person,
  name: 'Ann',
  zone: 'Europe/London',
  teams,
  roles: new Set(['developer']),
  accounts: [],
});
const shown: card.Card = {
  resource: orders,
  path: postgres,
  by: by(ann, ['inventory']),
  now,
  operations: postgres.operations.filter((o) => o.verb !== 'wake'),
  owned: true,
  history: [
    { at: at('09T10:00:00'), by: grace, what: 'resource.extended' },
    { at: at('08T10:00:00'), what: 'resource.orphaned' },
    { at: at('02T09:05:00'), by: ann, what: 'create.ready', number: 7 },
  ],
  team: 'the Acme platform team',
};
const verified = { ...postgres, verify: { everyDays: 7, hideAfter: 2, parameters: {} } };
const offered: Resource = { ...orders, owner: leo, offer: { to: { team: 'inventory' }, at: at('09T10:00:00') } };

export const scenes = {
  card: {
    cardView: {
      'of one’s own': card.cardView(shown),
      'of what sleeps, without a way out of the catalog': card.cardView({
        ...shown,
        resource: { ...orders, state: 'hibernated', outputs: [] },
        path: undefined,
        operations: [],
        history: [],
      }),
      'of what somebody removed': card.cardView({
        ...shown,
        resource: { ...orders, state: 'missing', outputs: [] },
        operations: [],
        history: [],
      }),
      'of somebody who left, seen from another team': card.cardView({
        ...shown,
        resource: { ...carts, owner: leo },
        by: by(grace, ['orders']),
        owned: false,
        operations: [],
        history: [],
      }),
    },
    whichView: {
      'of two with one name': card.whichView('orders', [
        { resource: orders, title: 'PostgreSQL' },
        { resource: { ...carts, name: 'orders' }, title: 'redis' },
      ]),
    },
  },
  list: {
    listView: {
      'of one’s things': list.listView(
        'Your things',
        { resources: [orders, { ...carts, state: 'making' }], paths: [postgres], by: ann, now },
        {
          sum: { count: 20, costs: [{ currency: 'EUR', cents: 1850 }], quotas: [] },
          limits: [['Team inventory', text`€18.50 of €500 a month`]],
          empty: text`Nothing.`,
          more: { label: 'Show more', press: { name: 'resources.more', value: '{}' } },
          buttons: [],
        },
      ),
      'with nothing in it': list.listView(
        'Your things',
        { resources: [], paths: [], by: ann, now },
        { limits: [], empty: text`You have nothing yet.`, buttons: [list.mineButton] },
      ),
    },
  },
  parts: { noticeView: { 'of why not': parts.noticeView('orders', 'It’s asleep. Wake it first.') } },
  told: {
    reminderView: {
      'a day before': told.reminderView(orders, postgres, 1, now),
      'past the cap, of what can’t sleep': told.reminderView(
        { ...orders, extended: 2 },
        { ...postgres, ttl: { lives: 1, extend: 86_400, extensions: 2 } },
        2,
        now,
      ),
    },
    extendedView: { 'with more to come': told.extendedView(orders, grace, 1) },
    waitingView: { 'for the path’s owner': told.waitingView(orders, 'data', at('18T09:00:00')) },
    askedView: { 'of the path’s owner': told.askedView(orders, postgres, ann, at('18T09:00:00')) },
    decidedView: {
      allowed: told.decidedView(orders, grace, true, at('18T09:00:00')),
      'not allowed': told.decidedView(orders, grace, false, at('18T09:00:00')),
    },
    asleepView: { 'until it is deleted': told.asleepView(orders, postgres, at('14T09:00:00')) },
    deletingView: {
      'since it has ended': told.deletingView(orders, postgres),
      'since somebody wants it': told.deletingView(orders, postgres, grace),
    },
    deletedView: { 'at its end': told.deletedView(orders, postgres, true) },
    missingView: { 'that somebody removed': told.missingView(orders, postgres) },
    stuckView: { 'with the backend’s words': told.stuckView(orders, postgres, 'finalizer is stuck') },
  },
  hands: {
    offerView: { 'of something that costs': hands.offerView(orders, postgres, ann, at('09T10:00:00'), '€18.50') },
    settledView: {
      'when it was taken': hands.settledView(orders, text`It’s Grace’s now.`, 'good', 'It changed hands.'),
    },
    orphansView: {
      'when somebody left': hands.orphansView(leo, 'inventory', [offered], [postgres]),
      'when all have an owner again': hands.orphansView(leo, 'inventory', [], [postgres], { by: ann, name: 'orders' }),
    },
  },
  freshness: {
    tidingsView: {
      'that it hid itself': freshness.tidingsView('hidden', verified, 'no storage class'),
      'that it is back': freshness.tidingsView('shown', verified),
    },
    startedView: { 'of a test run': freshness.startedView(verified, true) },
    healthView: {
      'of one that fails and one that was never tried': freshness.healthView(
        [
          {
            path: verified,
            health: {
              path: 'postgres',
              version: '1.4.0',
              failures: 2,
              hidden: true,
              started: at('09T10:00:00'),
              run: 'x',
            },
          },
          { path: { ...verified, name: 'redis', title: 'Redis' }, health: undefined },
        ],
        now,
      ),
    },
  },
} as const;
