import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkNamed } from '../src/clusters.ts';
import { readConfig, shippedCatalog, shippedSurveys } from '../src/config.ts';
import { Problem } from '../src/core/kernel/index.ts';
import { type Settings, settingsSchema } from '../src/core/settings.ts';
import { environment } from '../src/environment.ts';
import { followSettings, parseSettings, readSettings } from '../src/settings-file.ts';
import { virtualClock } from './support/clock.ts';

const root = join(import.meta.dirname, '..');
const guid = '00000000-0000-4000-8000-000000000000';
const slackSocket = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };
const slackHttp = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'secret' };
const teams = { MICROSOFT_APP_ID: guid, MICROSOFT_APP_TENANT_ID: guid, MICROSOFT_APP_PASSWORD: 'secret' };
const teamsManaged = { MICROSOFT_APP_ID: guid, MICROSOFT_APP_TENANT_ID: guid, MICROSOFT_APP_MANAGED_IDENTITY: '1' };

/** What is complained of, line by line. */
function complaints(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain('.env.example describes every variable.');
    return error.message.split('\n').flatMap((l) => (l.startsWith('  - ') ? [l.slice(4)] : []));
  }
  return [];
}

describe('the environment', () => {
  test('with nothing set starts the playground, on this machine only', () => {
    const nothing = {
      port: 3000,
      host: '127.0.0.1',
      logLevel: 'warn',
      settingsFile: 'groundcrew.yaml',
      catalogDir: shippedCatalog,
      surveysDir: shippedSurveys,
      dataDir: 'data',
      playground: true,
      unauthenticatedTeams: false,
      backends: { terraform: 'terraform', environment: {} },
    };
    expect(readConfig({})).toEqual(nothing);
    expect(readConfig({ HOST: '0.0.0.0' })).toEqual(nothing);
    const empty = Object.fromEntries(Object.keys(environment.shape).map((name) => [name, '  ']));
    expect(readConfig(empty)).toEqual(nothing);
  });

  test('with both platforms set serves both, to everybody', () => {
    expect(
      readConfig({
        ...slackHttp,
        ...teams,
        PORT: '0',
        DATABASE_URL: 'postgres://u:p@db/x',
        REDIS_URL: 'rediss://r',
        PUBLIC_URL: 'https://bot.acme.test',
        SLACK_API_URL: 'http://127.0.0.1:9/api/',
        GROUNDCREW_CONFIG: import.meta.filename,
        DATA_DIR: '/var/g',
        LOG_LEVEL: 'debug',
        CATALOG_DIR: import.meta.dirname,
        UNKNOWN: 'x',
      }),
    ).toEqual({
      port: 0,
      host: '0.0.0.0',
      publicUrl: 'https://bot.acme.test',
      logLevel: 'debug',
      settingsFile: import.meta.filename,
      catalogDir: import.meta.dirname,
      surveysDir: shippedSurveys,
      dataDir: '/var/g',
      databaseUrl: 'postgres://u:p@db/x',
      redisUrl: 'rediss://r',
      slack: { token: 'xoxb-1', signingSecret: 'secret', apiUrl: 'http://127.0.0.1:9/api/' },
      teams: { appId: guid, tenantId: guid, credentials: { kind: 'secret', secret: 'secret' } },
      playground: false,
      unauthenticatedTeams: false,
      backends: { terraform: 'terraform', environment: {} },
    });
    expect(readConfig(slackSocket).slack).toEqual({ token: 'xoxb-1', appToken: 'xapp-1' });
    expect(readConfig(slackSocket).logLevel).toBe('info');
    expect(readConfig({ ...teamsManaged, HOST: '::1' })).toMatchObject({
      host: '::1',
      teams: { credentials: { kind: 'managedIdentity' } },
    });
    expect(readConfig({ TEAMS_UNAUTHENTICATED: '1' })).toMatchObject({ playground: true, unauthenticatedTeams: true });
  });

  test('names what golden paths are carried out with, and gives tools only what they may see', () => {
    const { backends } = readConfig({
      ...slackSocket,
      KUBECONFIG: import.meta.filename,
      KUBE_CONTEXT: 'prod',
      BACKSTAGE_URL: 'https://backstage.acme.test',
      BACKSTAGE_TOKEN: 't',
      TERRAFORM_COMMAND: 'tofu',
      TOOL_ENVIRONMENT: 'AWS_*, SSH_AUTH_SOCK',
      PATH: '/bin',
      AWS_REGION: 'eu-west-1',
      AWS: 'x',
      SSH_AUTH_SOCK: '/s',
      HOME: '/h',
    });
    expect(backends).toEqual({
      kubernetes: { kubeconfig: import.meta.filename, context: 'prod' },
      backstage: { url: 'https://backstage.acme.test', token: 't' },
      terraform: 'tofu',
      environment: { PATH: '/bin', AWS_REGION: 'eu-west-1', SSH_AUTH_SOCK: '/s' },
    });
    expect(readConfig({ ...slackSocket, KUBERNETES_SERVICE_HOST: '10.0.0.1' }).backends.kubernetes).toEqual({});
  });

  test('names the clusters of the playground, and what can’t be a name', () => {
    expect(readConfig({ PLAYGROUND_CLUSTERS: 'production, staging' }).playgroundClusters).toEqual([
      'production',
      'staging',
    ]);
    expect(complaints({ PLAYGROUND_CLUSTERS: 'a,A,b c,d,e' })).toEqual([
      expect.stringContaining('“b c” can’t be a name'),
      expect.stringContaining('names a twice'),
      expect.stringContaining('names 5: name 4 at most'),
    ]);
  });

  test('names several clusters, the first of which is where things are made', () => {
    const kubeconfig = import.meta.filename;
    const { backends } = readConfig({
      ...slackSocket,
      KUBECONFIG: kubeconfig,
      KUBE_CONTEXTS: 'prod-eu=in-cluster, prod-us ,staging=arn:aws:eks:eu:1:cluster/s',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
    });
    expect(backends).toMatchObject({
      kubernetes: {},
      clusters: [
        { name: 'prod-eu', context: 'inClusterContext' },
        { name: 'prod-us', context: 'prod-us', kubeconfig },
        { name: 'staging', context: 'arn:aws:eks:eu:1:cluster/s', kubeconfig },
      ],
    });
    const first = readConfig({ ...slackSocket, KUBECONFIG: kubeconfig, KUBE_CONTEXTS: 'prod-us' }).backends;
    expect(first.kubernetes).toEqual({ kubeconfig, context: 'prod-us' });
  });

  test('the playground does not look at the cluster of whoever tries it out', () => {
    expect(readConfig({ KUBECONFIG: '/nowhere:/else', KUBE_CONTEXT: 'prod' }).backends.kubernetes).toBeUndefined();
  });

  test.each<[string, Record<string, string>, readonly string[]]>([
    ['a catalog that is no folder', { CATALOG_DIR: import.meta.filename }, ['which is not a folder']],
    [
      'a kubeconfig that is not there',
      { ...slackSocket, KUBECONFIG: '/nowhere' },
      ['KUBECONFIG names /nowhere, which does not exist'],
    ],
    ['several kubeconfigs', { ...slackSocket, KUBECONFIG: `/a${delimiter}/b` }, ['KUBECONFIG names several files']],
    ['a context of nothing', { ...slackSocket, KUBE_CONTEXT: 'prod' }, ['KUBECONFIG is missing']],
    ['contexts of nothing', { ...slackSocket, KUBE_CONTEXTS: 'a,b' }, ['KUBECONFIG is missing: KUBE_CONTEXTS names']],
    [
      'contexts that can’t be',
      { ...slackSocket, KUBECONFIG: import.meta.filename, KUBE_CONTEXT: 'a', KUBE_CONTEXTS: 'a,A=b,=c,x/y,in-cluster' },
      [
        'KUBE_CONTEXT and KUBE_CONTEXTS are both set',
        'KUBE_CONTEXTS has an entry that is half written',
        'KUBE_CONTEXTS: “x/y” can’t be a name',
        'KUBE_CONTEXTS names a twice',
        'KUBE_CONTEXTS names in-cluster, and Groundcrew does not run in a cluster',
      ],
    ],
    ['Backstage without a token', { BACKSTAGE_URL: 'https://b.test' }, ['BACKSTAGE_TOKEN is missing']],
    ['a token without Backstage', { BACKSTAGE_TOKEN: 't' }, ['BACKSTAGE_URL is missing']],
    ['another tool', { TERRAFORM_COMMAND: 'rm -rf' }, ['TERRAFORM_COMMAND: ']],
    ['an environment that is everything', { TOOL_ENVIRONMENT: '*' }, ['TOOL_ENVIRONMENT: write names of variables']],
    ['a Slack token alone', { SLACK_BOT_TOKEN: 'xoxb-1' }, ['SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing']],
    ['an app token alone', { SLACK_APP_TOKEN: 'xapp-1' }, ['SLACK_BOT_TOKEN is missing: SLACK_APP_TOKEN is set']],
    ['a signing secret alone', { SLACK_SIGNING_SECRET: 's' }, ['SLACK_BOT_TOKEN is missing: SLACK_SIGNING_SECRET']],
    [
      'an API address alone',
      { SLACK_API_URL: 'https://s.test/' },
      ['SLACK_BOT_TOKEN is missing: SLACK_API_URL is set', 'SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing'],
    ],
    [
      'all of Slack but the token',
      { SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: 's' },
      ['SLACK_BOT_TOKEN is missing: SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are set'],
    ],
    [
      'a token that is none, and what is missing beside it',
      { SLACK_BOT_TOKEN: 'xapp-1' },
      ['SLACK_BOT_TOKEN: it begins with xoxb-', 'SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing'],
    ],
    [
      'an app id that is none, and what is missing beside it',
      { MICROSOFT_APP_ID: 'my-bot', PORT: 'http' },
      [
        'PORT: write a port number',
        'MICROSOFT_APP_ID: write the id as',
        'MICROSOFT_APP_TENANT_ID is missing',
        'MICROSOFT_APP_PASSWORD or MICROSOFT_APP_MANAGED_IDENTITY is missing',
      ],
    ],
    ['a Slack token swapped', { ...slackSocket, SLACK_BOT_TOKEN: 'xapp-1' }, ['SLACK_BOT_TOKEN: it begins with xoxb-']],
    ['an app token swapped', { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xoxb-1' }, ['SLACK_APP_TOKEN: it begins']],
    ['no tenant', { ...teams, MICROSOFT_APP_TENANT_ID: '' }, ['MICROSOFT_APP_TENANT_ID is missing']],
    ['no app id', { ...teams, MICROSOFT_APP_ID: ' ' }, ['MICROSOFT_APP_ID is missing']],
    [
      'no Teams credentials',
      { ...teams, MICROSOFT_APP_PASSWORD: '' },
      ['MICROSOFT_APP_PASSWORD or MICROSOFT_APP_MANAGED_IDENTITY is missing'],
    ],
    [
      'a Teams secret alone',
      { MICROSOFT_APP_PASSWORD: 's' },
      ['MICROSOFT_APP_ID is missing', 'MICROSOFT_APP_TENANT_ID is missing'],
    ],
    [
      'a managed identity alone',
      { MICROSOFT_APP_MANAGED_IDENTITY: 'yes' },
      ['MICROSOFT_APP_ID is missing', 'MICROSOFT_APP_TENANT_ID is missing'],
    ],
    ['both Teams credentials', { ...teams, MICROSOFT_APP_MANAGED_IDENTITY: '1' }, ['are both set: keep one']],
    ['an app id that is none', { ...teams, MICROSOFT_APP_ID: 'my-bot' }, ['MICROSOFT_APP_ID: write the id as']],
    ['unsigned Teams beside Slack', { ...slackSocket, TEAMS_UNAUTHENTICATED: '1' }, ['TEAMS_UNAUTHENTICATED']],
    ['unsigned Teams beside Teams', { ...teams, TEAMS_UNAUTHENTICATED: 'true' }, ['TEAMS_UNAUTHENTICATED']],
    ['a port that is none', { PORT: 'http' }, ['PORT: write a port number']],
    ['a port out of range', { PORT: '70000' }, ['PORT: ']],
    ['half a port', { PORT: '80.5' }, ['PORT: ']],
    [
      'another database',
      { DATABASE_URL: 'mysql://x' },
      ['DATABASE_URL: write an address that begins with postgres://'],
    ],
    ['another queue', { REDIS_URL: 'redis.acme.test:6379' }, ['REDIS_URL: write an address']],
    ['mail without a sender', { SMTP_URL: 'smtp://mail.acme.test:587' }, ['MAIL_FROM is missing: calendars show it']],
    ['a sender without a mail server', { MAIL_FROM: 'bot@acme.test' }, ['SMTP_URL is missing: MAIL_FROM is set']],
    [
      'a sender that is no address',
      { SMTP_URL: 'smtp://mail.acme.test', MAIL_FROM: 'us' },
      ['MAIL_FROM: write an address'],
    ],
    [
      'a mail server that is a web page',
      { SMTP_URL: 'https://mail.acme.test', MAIL_FROM: 'a@b.test' },
      ['SMTP_URL: write'],
    ],
    ['an address without a scheme', { PUBLIC_URL: 'bot.acme.test' }, ['PUBLIC_URL: write an address']],
    ['an unknown level', { LOG_LEVEL: 'chatty' }, ['LOG_LEVEL: write debug, info, warn, error or silent.']],
    ['a flag that is none', { TEAMS_UNAUTHENTICATED: 'maybe' }, ['TEAMS_UNAUTHENTICATED: write 1 or 0']],
    [
      'both platforms half set, told at once',
      { SLACK_BOT_TOKEN: 'xoxb-1', MICROSOFT_APP_ID: guid },
      [
        'SLACK_APP_TOKEN or SLACK_SIGNING_SECRET',
        'MICROSOFT_APP_TENANT_ID',
        'MICROSOFT_APP_PASSWORD or MICROSOFT_APP_MANAGED_IDENTITY',
      ],
    ],
  ])('with %s does not start, and names what is wrong', (_, env, expected) => {
    const told = complaints(env);
    expect(told).toHaveLength(expected.length);
    for (const [i, words] of expected.entries()) expect(told[i]).toContain(words);
  });

  test('never tells a secret back', () => {
    const secret = 'xapp-very-secret';
    for (const env of [
      { SLACK_BOT_TOKEN: secret },
      { ...teams, MICROSOFT_APP_ID: secret },
      { SLACK_SIGNING_SECRET: secret, MICROSOFT_APP_PASSWORD: secret },
      { DATABASE_URL: `mysql://u:${secret}@db/x` },
    ] as Record<string, string>[])
      expect(complaints(env).join('\n')).not.toContain(secret);
  });

  test.each([
    ['platform@acme.test', { name: 'platform@acme.test', email: 'platform@acme.test' }],
    ['Platform team <platform@acme.test>', { name: 'Platform team', email: 'platform@acme.test' }],
    ['<platform@acme.test>', { name: 'platform@acme.test', email: 'platform@acme.test' }],
  ])('mail is from %s', (written, from) => {
    const url = 'smtps://bot:pw@mail.acme.test';
    expect(readConfig({ SMTP_URL: url, MAIL_FROM: written }).mail).toEqual({ url, from });
  });

  test('is documented whole in .env.example, which itself starts the playground', () => {
    const lines = readFileSync(join(root, '.env.example'), 'utf8')
      .split('\n')
      .flatMap((l) => /^([A-Z_]+)=(.*)$/.exec(l) ?? [])
      .filter((_, i) => i % 3 !== 0);
    const example = Object.fromEntries(lines.flatMap((name, i) => (i % 2 === 0 ? [[name, lines[i + 1] ?? '']] : [])));
    expect(Object.keys(example).toSorted()).toEqual(Object.keys(environment.shape).toSorted());
    expect(readConfig(example)).toEqual(readConfig({}));
  });
});

/** The lines of a complaint about a settings file. */
function wrong(source: string): readonly string[] {
  try {
    parseSettings(source, 'g.yaml');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).toBe('settings_invalid');
    expect(error.message).toContain('g.yaml can’t be used yet. Please correct:');
    return error.message.split('\n').flatMap((l) => (l.startsWith('  - ') ? [l.slice(4)] : []));
  }
  return [];
}

describe('groundcrew.yaml', () => {
  test('says nothing: the defaults', () => {
    const defaults = settingsSchema.parse({});
    for (const source of ['', '\n# nothing\n', '---\n', '{}', 'roles: {}\n'])
      expect(parseSettings(source, 'x')).toEqual(defaults);
    expect(defaults).toMatchObject({ name: 'the platform team', teams: {}, channels: { triage: [], updates: [] } });
  });

  test('the example is good, and has every key', () => {
    const example = readSettings(join(root, 'groundcrew.example.yaml'));
    expect(example).toMatchObject({
      roles: { platform: { emails: ['grace@acme.example'], slackUserGroups: ['platform-team'] } },
      channels: {
        triage: [
          'slack:T0123456789/C0123456789',
          'teams:00000000-0000-0000-0000-000000000000/19:00000000000000000000000000000000@thread.tacv2',
        ],
        updates: ['slack:T0123456789/C9876543210'],
        doctor: ['slack:T0123456789/C2222222222'],
        teams: { inventory: ['slack:T0123456789/C1111111111'] },
      },
      quotas: {
        default: { databases: 3, previews: 5, 'notebook-gpus': 2 },
        teams: { inventory: { databases: 5 } },
        hard: false,
      },
      budgets: { currency: 'EUR', default: 500, teams: { inventory: 1500 }, hard: false },
      reminders: [604_800, 86_400, 3600],
    });
    expect(settingsSchema.parse({}).reminders).toEqual(example?.reminders);
    expect(Object.keys(example ?? {}).toSorted()).toEqual(Object.keys(settingsSchema.shape).toSorted());
  });

  test.each([
    ['Slack in the browser', 'https://app.slack.com/client/T0A/C0B', 'slack:T0A/C0B'],
    ['with a thread open', 'https://app.slack.com/client/T0A/C0B/thread/C0B-1.2', 'slack:T0A/C0B'],
    ['a private channel', 'https://app.slack.com/client/T0A/G0B?x=1', 'slack:T0A/G0B'],
    ['written out', 'slack:T0A/C0B', 'slack:T0A/C0B'],
    ['with blanks around', '"  slack:T0A/C0B "', 'slack:T0A/C0B'],
    [
      'Teams, “Get link to channel”',
      `https://teams.microsoft.com/l/channel/19%3Aabc%40thread.tacv2/General%20x?groupId=g&tenantId=${guid}`,
      `teams:${guid}/19:abc@thread.tacv2`,
    ],
    [
      'the new address of Teams',
      `https://teams.cloud.microsoft/l/channel/19%3Aabc%40thread.tacv2/x?groupId=g&tenantId=${guid}&ngc=true`,
      `teams:${guid}/19:abc@thread.tacv2`,
    ],
    ['Teams written out', `teams:${guid}/19:abc@thread.tacv2`, `teams:${guid}/19:abc@thread.tacv2`],
  ])('a channel as people have it: %s', (_, written, place) => {
    expect(parseSettings(`channels:\n  triage:\n    - ${written}\n`, 'x').channels.triage).toEqual([place]);
  });

  test.each([
    ['a name', '"#general"'],
    ['a message', 'https://acme.slack.com/archives/C0B/p1'],
    ['another site', 'https://app.slack.com.evil.test/client/T0A/C0B'],
    ['a Teams link without its tenant', 'https://teams.microsoft.com/l/channel/19%3Aabc/x?groupId=g'],
    ['a Teams link that is cut off', `https://teams.microsoft.com/l/channel/?tenantId=${guid}`],
    ['a Teams link that is broken', `https://teams.microsoft.com/l/channel/19%ZZ/x?tenantId=${guid}`],
    ['a person', 'slack:T0A/U0B'],
    ['nothing', '""'],
  ])('%s is no channel, and it is said on which line', (_, written) => {
    const [told, ...rest] = wrong(`channels:\n  triage:\n    - slack:T0A/C0B\n    - ${written}\n`);
    expect(rest).toEqual([]);
    expect(told).toMatch(/^g\.yaml:4 channels\.triage, entry 2: “.*” is not a channel\. Paste the channel’s link/);
  });

  test.each<[string, string, readonly string[]]>([
    [
      'keys that there are not, each with its line',
      'name: x\nrolls:\n  platform: {}\nwhat: 1\n',
      [
        'g.yaml:2 there is no key “rolls” here. Did you mean “roles”?',
        'g.yaml:4 there is no key “what” here. There are name, ',
      ],
    ],
    [
      'a key deeper down',
      'roles:\n  platform:\n    email: [a@b.test]\n',
      ['g.yaml:3 roles.platform: there is no key “email” here. Did you mean “emails”?'],
    ],
    [
      'a role that there is not',
      'roles:\n  boss: {}\n',
      ['g.yaml:2 roles: there is no key “boss” here. There are platform, product, admin.'],
    ],
    [
      'no address',
      'roles:\n  admin:\n    emails:\n      - a@b.test\n      - nobody\n',
      ['g.yaml:5 roles.admin.emails, entry 2: “nobody” is not an e-mail address.'],
    ],
    [
      'words for a list',
      'roles:\n  admin:\n    emails: a@b.test\n',
      ['g.yaml:3 roles.admin.emails: write a list, even of one: ["a@b.test"].'],
    ],
    ['a number for a name', 'name: 5\n', ['g.yaml:1 name: put it in quotes, so that it is text: "5".']],
    ['no name', 'name: ""\n', ['g.yaml:1 name: this is empty. Write something, or remove the line.']],
    [
      'a time without a unit',
      'reminders:\n  - 7\n',
      ['g.yaml:2 reminders, entry 1: Write a time such as 30m, 1h or 7d.'],
    ],
    ['a time of nothing', 'reminders: [0d]\n', ['g.yaml:1 reminders, entry 1: Write a time such as 30m, 1h or 7d.']],
    [
      'a rule that cannot be right',
      'policy:\n  - {when: "cost.cent > 1", verdict: deny, because: no}\n',
      ['g.yaml:2 policy, entry 1.when: This expression is wrong: there is no cost.cent; did you mean cost.cents?.'],
    ],
    [
      'a rule with a pattern that somebody’s text could make run for minutes',
      `policy:\n  - {when: 'person.name.matches("^(a+)+$")', verdict: deny, because: no}\n`,
      [
        'g.yaml:2 policy, entry 1.when: This expression is wrong: the pattern can take minutes on a text that does not fit it.',
      ],
    ],
    [
      'a rule that nobody could decide on',
      'policy:\n  - {when: "true", verdict: approval, because: look, by: [ghosts]}\n',
      [
        'g.yaml:2 policy, entry 1.by, entry 1: “ghosts” is neither a team of this file, nor platform, product, admin or owner. Nobody could decide.',
      ],
    ],
    ['less than nothing', 'quotas:\n  default: {gpu: -1}\n', ['g.yaml:2 quotas.default.gpu: write at least 0.']],
    [
      'no currency',
      'budgets:\n  currency: euros\n',
      ['g.yaml:2 budgets.currency: Write a currency such as EUR or USD.'],
    ],
    ['a list', '- a\n', ['g.yaml:1 write keys with values here; this is a list.']],
    ['words', 'hello\n', ['g.yaml:1 write keys with values here; this is text.']],
    ['the same key twice', 'name: a\nname: b\n', ['g.yaml:2 this key stands here a second time. Keep one of them.']],
    ['no YAML', 'name: [a\nroles: }\n', ['g.yaml:']],
    ['a tab', 'roles:\n\tplatform: {}\n', ['g.yaml:2 indent with blanks: YAML takes no tabs.']],
    [
      'several things, told at once',
      'name: 5\nteams:\n  inventory:\n    emails: [x]\n',
      ['g.yaml:1 name', 'g.yaml:4 teams.inventory.emails, entry 1'],
    ],
    ['two documents', 'name: a\n---\nname: b\n', ['g.yaml:']],
    [
      'aliases that multiply',
      `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c]\n`,
      ['g.yaml has too many aliases'],
    ],
    ['an alias of nothing', 'name: *nobody\n', ['g.yaml has an alias (*name) without its anchor']],
    [
      'nothing behind a key',
      'roles:\n',
      ['g.yaml:1 roles: nothing is written here. Write keys with values, or remove the line.'],
    ],
    ['too much', `name: ${'x'.repeat(61)}\n`, ['g.yaml:1 name: write at most 60 characters.']],
    [
      'a word for a number',
      'budgets:\n  default: lots\n',
      ['g.yaml:2 budgets.default: write a number here; this is text.'],
    ],
  ])('with %s is refused, with the line', (_, source, expected) => {
    const told = wrong(source);
    expect(told.length).toBeGreaterThanOrEqual(expected.length);
    for (const [i, words] of expected.entries()) expect(told[i]).toContain(words);
  });

  test('that is not there is no fault; one that cannot be read is', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gc-settings-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(readSettings(join(folder, 'nothing.yaml'))).toBeUndefined();
    expect(() => readSettings(folder)).toThrow(expect.objectContaining({ code: 'settings_unreadable' }));
  });
});

describe('the settings while we run', () => {
  /** A folder with settings that are followed; `next` resolves with the log's next line about them. */
  function follow(first: string | undefined, check?: (settings: Settings) => void) {
    const folder = mkdtempSync(join(tmpdir(), 'gc-settings-'));
    const file = join(folder, 'groundcrew.yaml');
    if (first !== undefined) writeFileSync(file, first);
    const heard: string[] = [];
    let news = Promise.withResolvers<void>();
    let why: unknown;
    const note = (fields: object, message: string) => {
      heard.push(message);
      if ('why' in fields) why = fields.why;
      news.resolve();
      news = Promise.withResolvers();
    };
    const log = { info: note, warn: note, error: note };
    const settings = followSettings(file, settingsSchema.parse({ name: 'the fallback' }), log, undefined, check);
    onTestFinished(() => {
      settings.stop();
      rmSync(folder, { recursive: true });
    });
    return {
      folder,
      file,
      heard,
      name: () => settings.current().name,
      why: () => why,
      stop: settings.stop,
      /** Resolves once the settings are what is expected; each change is an event. */
      async until(name: string) {
        while (settings.current().name !== name) await news.promise;
      },
      async untilHeard(words: string) {
        while (!heard.some((h) => h.includes(words))) await news.promise;
      },
    };
  }

  test('are read again when the file is written', async () => {
    const s = follow('name: one\n');
    expect(s.name()).toBe('one');
    writeFileSync(s.file, 'name: two\n');
    await s.until('two');
    expect(s.heard).toContain('settings read again');
  });

  test('a calendar of holidays somewhere else is read again within a day, and a broken one leaves the days as they were', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gc-settings-'));
    const elsewhere = mkdtempSync(join(tmpdir(), 'gc-holidays-'));
    const calendar = join(elsewhere, 'days.ics');
    const write = (...days: readonly string[]) => {
      const events = days.map((d) => `BEGIN:VEVENT\r\nUID:${d}\r\nDTSTART;VALUE=DATE:${d}\r\nEND:VEVENT\r\n`);
      writeFileSync(calendar, `BEGIN:VCALENDAR\r\n${events.join('')}END:VCALENDAR\r\n`);
    };
    write('20260504');
    const file = join(folder, 'groundcrew.yaml');
    writeFileSync(file, `holidays:\n  - file: ${calendar}\n`);
    const heard: string[] = [];
    const note = (_: object, message: string) => void heard.push(message);
    const clock = virtualClock('2026-03-02T09:00:00Z');
    const settings = followSettings(file, undefined, { info: note, warn: note, error: note }, clock);
    onTestFinished(() => {
      settings.stop();
      for (const each of [folder, elsewhere]) rmSync(each, { recursive: true });
    });
    const days = () => settings.current().holidays.flatMap((h) => h.days);
    const hours = (n: number) => clock.pass(n * 3_600_000);
    expect(days()).toEqual(['2026-05-04']);
    await hours(24);
    expect(heard).toEqual([]);
    write('20260504', '20260601');
    await hours(23);
    expect(days()).toEqual(['2026-05-04']);
    await hours(1);
    expect(days()).toEqual(['2026-05-04', '2026-06-01']);
    writeFileSync(calendar, 'no calendar');
    await hours(24);
    expect(days()).toEqual(['2026-05-04', '2026-06-01']);
    expect(heard).toEqual(['settings read again', 'the changed settings can’t be used; the earlier ones stay']);
    settings.stop();
    expect(clock.waiting()).toBe(0);
  });

  test('that name a cluster that there is not are told, and the earlier ones stay', async () => {
    const names = new Map([
      ['eu', 'prod-eu'],
      ['us', 'prod-us'],
    ]);
    const of = (cluster: string) => `name: ${cluster}\ndoctor: { clusters: { ${cluster}: {} } }\n`;
    const s = follow(of('prod-eu'), (settings) => checkNamed(settings, names));
    writeFileSync(s.file, of('prod-asia'));
    await s.untilHeard('can’t be used; the earlier ones stay');
    expect(s.name()).toBe('prod-eu');
    expect(s.why()).toContain(
      '“prod-asia”, and no cluster of KUBE_CONTEXTS is called that: there are prod-eu, prod-us',
    );
    writeFileSync(s.file, of('prod-us'));
    await s.until('prod-us');
  });

  test('are read again when an editor puts another file in its place', async () => {
    const s = follow('name: one\n');
    writeFileSync(join(s.folder, 'new.tmp'), 'name: two\n');
    renameSync(join(s.folder, 'new.tmp'), s.file);
    await s.until('two');
    writeFileSync(join(s.folder, 'new.tmp'), 'name: three\n');
    renameSync(join(s.folder, 'new.tmp'), s.file);
    await s.until('three');
  });

  test('are read again when Kubernetes swaps its link', async () => {
    const s = follow(undefined);
    for (const [dir, name] of [
      ['..v1', 'one'],
      ['..v2', 'two'],
    ] as const) {
      mkdirSync(join(s.folder, dir));
      writeFileSync(join(s.folder, dir, 'groundcrew.yaml'), `name: ${name}\n`);
    }
    symlinkSync('..v1', join(s.folder, '..data'));
    symlinkSync('..data/groundcrew.yaml', s.file);
    await s.until('one');
    symlinkSync('..v2', join(s.folder, '..tmp'));
    renameSync(join(s.folder, '..tmp'), join(s.folder, '..data'));
    await s.until('two');
  });

  test('that cannot be used are told, and the last good ones stay', async () => {
    const s = follow('name: one\n');
    writeFileSync(s.file, 'name: [\n');
    await s.untilHeard('can’t be used; the earlier ones stay');
    expect(s.name()).toBe('one');
    writeFileSync(s.file, 'name: mended\n');
    await s.until('mended');
  });

  test('come with the file, and stay when it goes', async () => {
    const s = follow(undefined);
    expect(s.name()).toBe('the fallback');
    writeFileSync(s.file, 'name: one\n');
    await s.until('one');
    rmSync(s.file);
    await s.untilHeard('is gone');
    expect(s.name()).toBe('one');
  });

  test('that cannot be used at the start stop it', () => {
    expect(() => follow('name: [\n')).toThrow(expect.objectContaining({ code: 'settings_invalid' }));
  });
});
