import type { GoldenPath, Operation } from '../catalog/path.ts';
import {
  type Block,
  type Button,
  code,
  counting,
  join,
  link,
  money,
  type Person,
  person,
  safeUrl,
  said,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import { presses } from './keys.ts';
import { missingButtons } from './list-view.ts';
import { extendLabel, lasting, upgradeOf } from './parts.ts';
import { fits, manages, stateNames, unknownPath } from './rules.ts';
import type { Happening, Resource } from './store.ts';

export type Card = {
  readonly resource: Resource;
  /** Absent when it was taken out of the catalog, or does not load. */
  readonly path: GoldenPath | undefined;
  readonly by: Person;
  readonly now: Date;
  /** Those that the person may do now. */
  readonly operations: readonly Operation[];
  /** Whether its owner has a login that works. */
  readonly owned: boolean;
  readonly history: readonly Happening[];
  /** How the platform team is called. */
  readonly team: string;
};

const press = (name: string, value: object) => ({ name, value: JSON.stringify(value) });

/** What has to be known first, in the order of how much it matters. */
function notices({ resource: r, path, owned, by, team }: Card): readonly Block[] {
  const notice = (tone: 'info' | 'warn' | 'bad', words: Text): Block => ({ kind: 'notice', tone, text: words });
  return [
    ...(r.state === 'missing'
      ? [
          notice(
            'bad',
            text`${strong(r.name)} isn’t there any more: somebody removed it by other ways than through me. It still counts against your quota until you forget it.`,
          ),
        ]
      : []),
    ...(r.state === 'hibernated'
      ? [
          notice(
            'info',
            r.expires
              ? text`It’s asleep: its data is kept, and it costs little. It will be deleted ${time(r.expires)} unless somebody extends it.`
              : text`It’s asleep: its data is kept, and it costs little.`,
          ),
        ]
      : []),
    ...(r.state === 'broken'
      ? [notice('warn', said('It was never finished. Its request says why, and can be tried again.'))]
      : []),
    ...(owned || r.state === 'gone'
      ? []
      : [notice('warn', text`Its owner left. Somebody of team ${r.team} should take it.`)]),
    ...(r.offer?.by && !('team' in r.offer.to) && r.offer.to.person === by.id
      ? [notice('info', text`${person(r.offer.by)} would like to hand it over to you.`)]
      : []),
    ...(path ? [] : [notice('warn', said(unknownPath(r, team)))]),
  ];
}

const offered = (r: Resource): readonly (readonly [string, Text])[] =>
  r.offer?.by
    ? [['Offered to', 'team' in r.offer.to ? text`team ${r.offer.to.team}` : [person(r.offer.to.person)]]]
    : [];

function facts({ resource: r, path, now }: Card): Block {
  const next = upgradeOf(r, path);
  const age = Math.max(60, (now.getTime() - r.created.getTime()) / 1000);
  const left = path?.ttl ? path.ttl.extensions - r.extended : undefined;
  const version = next === undefined ? text`${r.version}` : text`${r.version}, ${strong(`${next} is out`)}`;
  return {
    kind: 'facts',
    rows: [
      ['State', [strong(stateNames[r.state])]],
      ['Owner', text`${person(r.owner)}, team ${r.team}`],
      ...offered(r),
      ['Golden path', text`${path?.title ?? r.path} ${version}`],
      ...(r.cluster === undefined ? [] : [['Cluster', text`${r.cluster}`] as const]),
      ['Age', text`${lasting(age)}, made ${time(r.created, 'date')}`],
      [
        'Ends',
        r.expires
          ? text`${time(r.expires)}${left === undefined ? '' : `, can be extended ${left > 0 ? counting(left, 'more time') : 'with an approval'}`}`
          : said('never'),
      ],
      ['Cost', said(r.cost ? `${money(r.cost.cents, r.cost.currency)} a month` : 'not known')],
    ],
  };
}

/** Where things are. A secret is never shown, only where it is kept. */
function outputs({ resource, by }: Card): readonly Block[] {
  if (resource.outputs.length === 0) return [];
  if (!manages(by, resource))
    return [{ kind: 'note', text: text`Team ${resource.team} sees here where its address and its credentials are.` }];
  return [
    {
      kind: 'facts',
      rows: resource.outputs.map((o) => [
        o.label,
        /^https:\/\/\S+$/.test(o.value) ? [link(o.value, o.value)] : [code(o.value)],
      ]),
    },
  ];
}

/** What was done to it besides requests, as the audit names it. */
const labels: Readonly<Record<string, string>> = {
  'resource.extended': 'extended it',
  'resource.extension-asked': 'asked for more time',
  'resource.extension-refused': 'decided against more time',
  'resource.handed-over': 'took it over',
  'resource.offered': 'offered it to somebody',
  'resource.orphaned': 'told the team that its owner left',
  'resource.hibernate': 'put it to sleep',
  'resource.delete': 'began to delete it',
  'resource.missing': 'found that it isn’t there any more',
  'resource.forgotten': 'forgot it',
};
/** What a request did, and was meant to do. */
const doings: Readonly<Record<string, readonly [did: string, wanted: string]>> = {
  create: ['made it', 'make it'],
  change: ['changed it', 'change it'],
  restart: ['restarted it', 'restart it'],
  rotate: ['rotated its credentials', 'rotate its credentials'],
  hibernate: ['put it to sleep', 'put it to sleep'],
  wake: ['woke it', 'wake it'],
  delete: ['deleted it', 'delete it'],
};
function happened({ what, number }: Happening): string {
  const [verb = '', state] = what.split('.');
  const doing = number === undefined ? undefined : doings[verb];
  if (!doing) return labels[what] ?? what;
  if (state === 'ready') return `${doing[0]} (#${number})`;
  return state === 'failed'
    ? `tried to ${doing[1]}, and it failed (#${number})`
    : `is about to ${doing[1]} (#${number})`;
}

function history({ history: all }: Card): readonly Block[] {
  if (all.length === 0) return [];
  const line = (h: Happening): Text =>
    text`${time(h.at)} ${h.by === undefined ? 'Groundcrew' : person(h.by)} ${happened(h)}`;
  return [{ kind: 'fold', title: 'What happened to it', blocks: [{ kind: 'text', text: join(all.map(line), '\n') }] }];
}

function docs({ path }: Card): readonly Block[] {
  const url = path && safeUrl(path.docs);
  return path && url ? [{ kind: 'note', text: [link(`How to use ${path.title}`, url)] }] : [];
}

const operationButton = ({ id }: Resource, o: Operation): Button => ({
  label: o.title,
  press: press(presses.operate, { id, operation: o.name }),
  ...(o.verb === 'wake' ? { tone: 'primary' as const } : {}),
  ...(o.fields.length > 0 ? { opens: 'form' as const } : {}),
});

/** Only what the state and the person's rights allow; each is checked again when it is pressed. */
function buttons(card: Card): readonly Button[] {
  const { resource: r, path, by, operations, owned } = card;
  const { id } = r;
  const at = r.offer?.at.toISOString();
  const forMe = r.offer && ('team' in r.offer.to ? by.teams.includes(r.offer.to.team) : r.offer.to.person === by.id);
  const offers: readonly Button[] =
    forMe && at !== undefined && r.owner !== by.id
      ? [{ label: 'I’ll take it', press: press(presses.accept, { id, at }), tone: 'primary' }]
      : [];
  if (!manages(by, r)) return offers;
  // As the path calls it: a service is archived, an access is ended.
  const deleting = path?.operations.find((o) => o.verb === 'delete')?.title;
  if (r.state === 'missing') return missingButtons(r, path);
  const deletes = operations.find((o) => o.verb === 'delete');
  const settled = r.state !== 'gone' && r.state !== 'deleting';
  return [
    ...offers,
    ...(r.expires && path?.ttl && settled
      ? [
          {
            label: extendLabel(r, path.ttl),
            press: press(presses.extend, { id, expires: r.expires.toISOString() }),
          },
        ]
      : []),
    ...operations.filter((o) => o.verb !== 'delete').map((o) => operationButton(r, o)),
    ...(upgradeOf(r, path) !== undefined && fits('change', r).ok
      ? [{ label: `Upgrade to ${path?.version}`, press: press(presses.upgrade, { id }), opens: 'form' } as const]
      : []),
    ...(settled && r.offer?.by ? [{ label: 'Take the offer back', press: press(presses.takeBack, { id, at }) }] : []),
    ...(settled && owned && !r.offer
      ? [{ label: 'Hand over', press: press(presses.handOver, { id }), opens: 'form' } as const]
      : []),
    ...(deletes
      ? [{ label: deleting ?? 'Delete', press: press(presses.remove, { id }), tone: 'danger', opens: 'form' } as const]
      : []),
  ];
}

/** All that is known of one thing, and what can be done with it. */
export function cardView(card: Card): View {
  const { resource: r, path } = card;
  const offered_ = buttons(card);
  return {
    id: 'resources.card',
    title: `${path?.title ?? r.path} “${r.name}”`,
    summary: `${r.name}, ${path?.title ?? r.path}: ${stateNames[r.state].toLowerCase()}`,
    blocks: [
      ...notices(card),
      facts(card),
      ...outputs(card),
      ...history(card),
      ...docs(card),
      ...(offered_.length > 0 ? [{ kind: 'buttons', buttons: offered_ } as const] : []),
    ],
  };
}

/** Several things have the name that was typed. */
export const whichView = (
  typed: string,
  found: readonly { readonly resource: Resource; readonly title: string }[],
): View => ({
  id: 'resources.which',
  title: 'Which one?',
  summary: `${found.length} things are called ${typed}.`,
  blocks: [
    { kind: 'text', text: text`${found.length} things are called ${code(typed)}:` },
    {
      kind: 'items',
      items: found.map(({ resource, title }) => ({
        title: text`${strong(resource.name)} · ${title}`,
        note: text`${stateNames[resource.state]} · ${person(resource.owner)}, team ${resource.team}`,
        buttons: [{ label: 'Open', press: press(presses.show, { id: resource.id }) }],
      })),
    },
  ],
});
