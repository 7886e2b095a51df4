import { placeId } from '../core/kernel/ids.ts';
import type { Offers } from '../core/kernel/platform.ts';
import { type Settings, settingsSchema } from '../core/settings.ts';
import type { Template } from './backstage/index.ts';
import type { Person } from './page/wire.ts';
import type { WorkspaceOptions } from './slack/index.ts';
import type { TeamsTenantOptions } from './teams/index.ts';

/*
 * The company of the playground. Every id is fixed: the bot remembers people and conversations over restarts, and finds
 * them again here.
 */

type Role = { readonly email: string; readonly handle: string };

const person = (
  id: string,
  name: string,
  title: string,
  zone: string,
  hue: number,
  directory: string,
): Person & Role => ({
  id,
  name,
  title,
  zone,
  hue,
  directory,
  initials: name
    .split(' ')
    .map((part) => part.slice(0, 1))
    .join(''),
  slack: `U0${id.toUpperCase()}`,
  teams: `29:1-${id}`,
  email: `${id}@acme.example`,
  handle: id,
});

/** The same humans on both platforms: their e-mail address is what joins their two logins. */
export const people = [
  person('dana', 'Dana Petrova', 'Back-end developer', 'Europe/Berlin', 212, '6f1c6a52-0b1e-4d62-9c55-0a4be90b7d01'),
  person('ravi', 'Ravi Menon', 'Data developer', 'Asia/Kolkata', 28, '6f1c6a52-0b1e-4d62-9c55-0a4be90b7d02'),
  person('lena', 'Lena Holm', 'Front-end developer', 'Europe/Stockholm', 330, '6f1c6a52-0b1e-4d62-9c55-0a4be90b7d03'),
  person('sam', 'Sam Okafor', 'Platform engineer', 'Europe/London', 158, '6f1c6a52-0b1e-4d62-9c55-0a4be90b7d04'),
  person('noor', 'Noor Haddad', 'Product manager', 'America/New_York', 266, '6f1c6a52-0b1e-4d62-9c55-0a4be90b7d05'),
] as const;

export const findPerson = (id: string): Person | undefined => people.find((each) => each.id === id);
const emailOf = (id: string): string => `${id}@acme.example`;

export const botName = 'Groundcrew';

const everyone = people.map((each) => each.slack);
const slackChannel = (id: string, name: string) => ({
  id,
  name,
  isPrivate: false,
  members: everyone,
  botIsMember: true,
});

/** The Slack workspace, without what is secret and made anew at every start. */
export const slackWorld = {
  team: { id: 'T0ACME', domain: 'acme', name: 'Acme' },
  bot: { name: botName },
  users: people.map((each) => ({
    id: each.slack,
    name: each.handle,
    realName: each.name,
    email: each.email,
    tz: each.zone,
    locale: 'en-US',
    title: each.title,
    isAdmin: each.id === 'sam',
  })),
  channels: [
    slackChannel('C0UPDATES', 'platform-updates'),
    slackChannel('C0TRIAGE', 'platform-triage'),
    slackChannel('C0HELP', 'platform-help'),
    slackChannel('C0INVENTORY', 'inventory'),
    slackChannel('C0CHECKOUT', 'checkout'),
    slackChannel('C0INCIDENTS', 'incidents'),
  ],
  usergroups: [{ id: 'S0PLATFORM', handle: 'platform-team', name: 'Platform team', users: ['U0SAM'] }],
} as const satisfies Omit<WorkspaceOptions, 'clock' | 'signingSecret' | 'botToken'>;

const teamsMembers = people.map((each) => each.teams);

/** The Teams tenant. The bot hears of its being installed when it is connected. */
export const teamsWorld = {
  appId: '3d0f9c5e-7a44-4f0c-9f0a-5b1f2f6c0a11',
  tenantId: '9b2f4b7a-2f0e-4a3c-8a57-acacacac0001',
  botName,
  users: people.map((each) => ({
    id: each.teams,
    aadObjectId: each.directory,
    name: each.name,
    email: each.email,
    userPrincipalName: each.email,
    timezone: each.zone,
    locale: 'en-US',
  })),
  teams: [
    {
      id: '19:acme-engineering@thread.tacv2',
      name: 'Acme Engineering',
      members: teamsMembers,
      installed: true,
      channels: [
        { id: '19:acme-engineering@thread.tacv2', name: 'General' },
        { id: '19:platform-updates@thread.tacv2', name: 'platform-updates' },
        { id: '19:platform-triage@thread.tacv2', name: 'platform-triage' },
        { id: '19:inventory@thread.tacv2', name: 'inventory' },
        { id: '19:checkout@thread.tacv2', name: 'checkout' },
        { id: '19:incidents@thread.tacv2', name: 'incidents' },
      ],
    },
  ],
  groupChats: [{ id: '19:checkout-crew@thread.v2', name: 'Checkout crew', members: teamsMembers, installed: true }],
} as const satisfies Omit<TeamsTenantOptions, 'clock'>;

/** Both platforms' channel of one name. */
const places = (slack: string, teams: string) => [
  placeId('slack', slackWorld.team.id, slack),
  placeId('teams', teamsWorld.tenantId, teams),
];

/** The product's settings in the playground: what a groundcrew.yaml of this company would say. */
export const settings: Settings = settingsSchema.parse({
  name: 'the Acme platform team',
  roles: {
    platform: { emails: [emailOf('sam')] },
    product: { emails: [emailOf('noor')] },
    admin: { emails: [emailOf('sam')] },
  },
  teams: {
    checkout: { emails: [emailOf('dana'), emailOf('lena')] },
    insights: { emails: [emailOf('ravi')] },
    // Those who own the golden paths decide on what is outside of them.
    'data-platform': { emails: [emailOf('sam')] },
    'developer-experience': { emails: [emailOf('sam')] },
    'cloud-platform': { emails: [emailOf('sam')] },
    'ml-platform': { emails: [emailOf('sam')] },
    security: { emails: [emailOf('noor')] },
  },
  channels: {
    triage: places('C0TRIAGE', '19:platform-triage@thread.tacv2'),
    updates: places('C0UPDATES', '19:platform-updates@thread.tacv2'),
    doctor: places('C0INCIDENTS', '19:incidents@thread.tacv2'),
    teams: { checkout: places('C0CHECKOUT', '19:checkout@thread.tacv2') },
  },
  // What ships is told at once there: nobody who tries it out waits for two minutes.
  roadmap: { gather: '3s' },
  announcements: {
    areas: ['databases', 'delivery', 'observability', 'machine learning'],
    changelog: { owner: emailOf('noor'), zone: 'Europe/Berlin' },
  },
  onboarding: {
    docs: [
      {
        title: 'How we deploy',
        url: 'https://docs.acme.example/deploy',
        about: 'From a merge to production, and back.',
        words: 'rollback release pipeline canary',
      },
      { title: 'On call', url: 'https://docs.acme.example/on-call', about: 'What to do when it is your turn.' },
      {
        title: 'Data on the platform',
        url: 'https://docs.acme.example/data',
        about: 'Warehouse, exports, and who may read what.',
        personas: ['data'],
      },
    ],
    ask: 'Or anybody in #platform-help, at any time.',
  },
  // Five people are all there are.
  metrics: { smallest: 3 },
  quotas: { default: { databases: 3, previews: 2, brokers: 1, caches: 3, stagings: 1, buckets: 5, sites: 3 } },
  budgets: { currency: 'EUR', default: 400 },
  doctor: { ownerKeys: ['platform.example.io/owner-team'] },
});

/** The templates of the company's Backstage. */
export const backstageTemplates: readonly Template[] = [
  {
    ref: 'template:default/new-service',
    title: 'New service',
    description: 'A repository with a running service in it, its pipeline and its page in the catalog.',
    parameters: {
      required: ['name', 'language'],
      properties: {
        name: { type: 'string', pattern: '^[a-z][a-z0-9-]*$' },
        language: { type: 'string' },
        description: { type: 'string' },
      },
    },
    steps: [
      { id: 'fetch', name: 'Fetch the skeleton', ms: 1_500 },
      { id: 'publish', name: 'Publish the repository', ms: 2_500 },
      { id: 'pipeline', name: 'Set up the pipeline', ms: 2_000 },
      { id: 'register', name: 'Register it in the catalog', ms: 1_000 },
    ],
    files: ['.github/workflows/ci.yaml', 'README.md', 'catalog-info.yaml', 'deploy/service.yaml', 'src/main'],
    links: ({ name }) => [
      { title: 'Repository', url: `https://git.acme.example/${name}` },
      { title: 'In the catalog', url: `https://backstage.acme.example/catalog/default/component/${name}` },
    ],
  },
  {
    ref: 'template:default/archive-service',
    title: 'Archive a service',
    description: 'Takes the service down and makes its repository read-only.',
    parameters: { required: ['name'], properties: { name: { type: 'string' } } },
    steps: [
      { id: 'down', name: 'Take the service down', ms: 1_500 },
      { id: 'archive', name: 'Make the repository read-only', ms: 1_000 },
    ],
  },
];

/** What people said before anybody opened the page: something that is worth sending to the backlog. */
export const chatter = {
  slack: [
    {
      user: 'U0DANA',
      channel: 'C0HELP',
      text: 'The preview environment for checkout took eleven minutes again. I review without running it now.',
    },
    {
      user: 'U0LENA',
      channel: 'C0HELP',
      text: 'Same here. By the time it is up I have forgotten what I wanted to look at.',
    },
  ],
  teams: [
    {
      user: '29:1-ravi',
      conversation: '19:acme-engineering@thread.tacv2',
      text: 'Does anybody else lose the nightly export when the warehouse restarts? I start it again by hand every Monday.',
    },
  ],
} as const;

/** What the app puts into menus, as long as `connect` is not told. */
export const usualOffers: Offers = {
  commands: [],
  shortcuts: [
    {
      name: 'feedback',
      title: 'Send feedback',
      summary: 'Ask the platform team for something',
      where: 'global',
    },
    {
      name: 'backlog',
      title: 'Send to the platform backlog',
      summary: 'Turn this message into feedback for the platform team',
      where: 'message',
    },
  ],
};
