import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Markdown from 'markdown-it';
import { accountId, type FieldKind, placeId } from '../../src/core/kernel/index.ts';
import {
  type Answer,
  createTeamsTenant,
  type MessageView,
  type Outcome,
  type TeamsUser,
} from '../../src/playground/teams/index.ts';
import { createTeams } from '../../src/teams/app.ts';
import { createTokenChecker } from '../../src/teams/token.ts';
import { patienceMs, patient, virtualClock } from '../support/clock.ts';
import { inputsIn, linesIn, type Node, nodesIn } from '../support/teams-cards.ts';
import { memoryReferences } from '../support/teams-references.ts';
import { handDoor, type Screen, type Seen, type Where, type Who, type World } from './world.ts';

const appId = '11111111-1111-4111-8111-111111111111';
const tenantId = '22222222-2222-4222-8222-222222222222';
const person = (who: Who, name: string, timezone: string): TeamsUser => ({
  id: `29:${who}`,
  aadObjectId: `aaaaaaaa-0000-4000-8000-00000000000${who === 'ann' ? 1 : 2}`,
  name,
  email: `${who}@acme.test`,
  userPrincipalName: `${who}@acme.test`,
  timezone,
  locale: 'en-GB',
});
const users: Readonly<Record<Who, TeamsUser>> = {
  ann: person('ann', 'Ann', 'Europe/Kyiv'),
  ben: person('ben', 'Ben', 'Asia/Tokyo'),
};
const platformTeam = '19:team@thread.tacv2';
const channel = '19:help@thread.tacv2';
const group = '19:lunch@thread.v2';

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const cardIn = (message: MessageView): unknown =>
  message.attachments.find((a) => a.contentType === 'application/vnd.microsoft.card.adaptive')?.content;

/** Buttons as a person sees them: what a question unfolds is behind its button. */
function buttonsIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(buttonsIn);
  if (!isNode(value)) return [];
  const isButton = text(value.type).startsWith('Action.') && value.type !== 'Action.OpenUrl';
  return isButton
    ? [value]
    : Object.entries(value).flatMap(([key, v]) => (key === 'fallback' || key === 'selectAction' ? [] : buttonsIn(v)));
}
const isForm = (button: Node): boolean => isNode(button.data) && typeof button.data.asked === 'string';
const markdown = new Markdown({ html: false, linkify: false });
/** Markdown as it reads, without its marks. */
const readable = (source: unknown): string =>
  markdown
    .parse(text(source), {})
    .map(
      (block) =>
        block.children?.map((token) => token.content || (token.type.endsWith('break') ? ' ' : '')).join('') ??
        block.content,
    )
    .join('\n');
/** The texts of each kind of element, in the order in which they stand. */
const texts: Readonly<Record<string, (node: Node) => readonly string[]>> = {
  RichTextBlock: (n) => [
    list(n.inlines)
      .map((run) => text(run.text))
      .join(''),
  ],
  TextBlock: (n) => [readable(n.text)],
  CodeBlock: (n) => [text(n.codeSnippet)],
  'Chart.HorizontalBar': (n) => list(n.data).map((bar) => text(bar.x)),
  'Input.Toggle': (n) => [readable(n.title), text(n.label)],
  'Input.ChoiceSet': (n) => [
    text(n.label),
    text(n.placeholder),
    ...list(n.choices).map((c) => (n.style === 'expanded' ? readable(c.title) : text(c.title))),
  ],
};
const list = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const wordsOf = (card: unknown): string =>
  nodesIn(card, false)
    .flatMap((n) =>
      Object.hasOwn(texts, text(n.type))
        ? (texts[text(n.type)]?.(n) ?? [])
        : [n.title, n.label, n.placeholder].map(text),
    )
    .filter((w) => w !== '')
    .join('\n');

const [kindIn, nameIn] = [(id: string) => id.split(':')[0] as FieldKind, (id: string) => id.slice(id.indexOf(':') + 1)];
/** What an input holds, as the kernel writes answers. */
const holds: { readonly [K in FieldKind]: (value: string) => unknown } = {
  text: (v) => v,
  number: (v) => v,
  toggle: (v) => v === 'true',
  date: (v) => v,
  time: (v) => v,
  person: (v) => accountId('teams', tenantId, v),
  scale: (v) => v,
  choice: (v) => v,
  choices: (v) => v.split(','),
  search: (v) => v,
};
/** What the client puts into an input when the person answers so. */
function typed(kind: FieldKind, answer: unknown): string {
  if (answer === null) return kind === 'toggle' ? 'false' : '';
  if (kind === 'person') return String(answer).split('/')[1] ?? '';
  return Array.isArray(answer) ? answer.join(',') : String(answer);
}

/** The form in front of a person: in a dialog, or in a message. */
type Open = {
  readonly as: Screen['as'];
  readonly title: string;
  readonly card: unknown;
  readonly button: Node;
  readonly at: {
    readonly dialog?: string;
    readonly compose?: boolean;
    readonly message?: { id: string; conversation: string };
  };
};

/** The Teams adapter over the local tenant. */
export async function teamsWorld(how: { readonly targeted?: boolean } = {}): Promise<World> {
  const clock = virtualClock();
  const log: string[] = [];
  const tenant = createTeamsTenant({
    clock,
    patienceMs,
    appId,
    tenantId,
    botName: 'Groundcrew',
    users: Object.values(users),
    teams: [
      {
        id: platformTeam,
        name: 'Platform',
        members: Object.values(users).map((u) => u.id),
        channels: [
          { id: platformTeam, name: 'General' },
          { id: channel, name: 'help' },
        ],
        installed: true,
      },
    ],
    groupChats: [{ id: group, name: 'Lunch', members: Object.values(users).map((u) => u.id), installed: true }],
    ...how,
  });
  const { serviceUrl, metadataUrl } = await tenant.listen();
  const hosts = [new URL(serviceUrl).origin];
  const hand = handDoor(() => teams.platform.reply);
  const write = (about: unknown, message?: string) => void log.push(`${message} ${JSON.stringify(about)}`);
  let isRevoked = false;
  const teams = createTeams({
    timeouts: patient,
    appId,
    tenantId,
    references: memoryReferences().references,
    clock,
    log: { debug: write, info: write, warn: write, error: write } as never,
    door: () => hand.door,
    check: createTokenChecker({
      appId,
      tenants: [tenantId],
      metadataUrl,
      serviceUrlHosts: hosts,
      now: () => clock.now().getTime(),
    }),
    token: async () => {
      if (isRevoked) throw new Error("AADSTS700016: Application with identifier '…' was not found in the directory.");
      return tenant.tokens.issue();
    },
    serviceUrlHosts: hosts,
    serviceUrl,
  });
  const underWay = new Set<Promise<unknown>>();
  const server = createServer((req, res) => {
    const work = teams.handle(req, res).finally(() => underWay.delete(work));
    underWay.add(work);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  tenant.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`);

  const settled = async () => {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  };
  let outcome: Outcome | undefined;
  async function did(act: Promise<Answer>): Promise<void> {
    ({ outcome } = await act);
    await settled();
  }

  /** What a person has typed into a form that is not sent yet: only their client knows. */
  const drafts: Record<Who, Map<string, string>> = { ann: new Map(), ben: new Map() };
  const inputs = (card: unknown) =>
    inputsIn(card).map((n) => ({ id: text(n.id), node: n, name: nameIn(text(n.id)), kind: kindIn(text(n.id)) }));
  /** All values of a card: its own, and what was typed since. */
  const valuesOf = (who: Who, card: unknown): Record<string, string> =>
    Object.fromEntries(
      inputs(card).map(({ id, node }) => [
        id,
        drafts[who].get(id) ?? (node.value === undefined ? '' : String(node.value)),
      ]),
    );

  const past = new Set<string>();
  const mended: (() => void)[] = [];
  const conversations: readonly (readonly [Where, (id: string, kind: string) => boolean])[] = [
    ['channel', (id) => id === channel],
    ['group', (id) => id === group],
    ['direct', (_, kind) => kind === 'personal'],
  ];
  const messages = (who: Who) =>
    tenant
      .snapshot(users[who].id)
      .conversations.flatMap((c) => {
        const where = conversations.find(([, is]) => is(c.id, c.kind))?.[0];
        return where
          ? c.messages.map((m) => ({ ...m, where, conversation: c.kind === 'personal' ? 'personal' : c.id }))
          : [];
      })
      .filter((m) => m.from.kind === 'bot' && !past.has(m.id))
      .sort((a, b) => Number(a.id) - Number(b.id));

  function open(who: Who): Open | undefined {
    const { dialog } = tenant.snapshot(users[who].id);
    const send = dialog?.card === undefined ? undefined : buttonsIn(dialog.card).find(isForm);
    if (dialog && send)
      return {
        as: 'window',
        title: dialog.title,
        card: dialog.card,
        button: send,
        at: { dialog: dialog.id, compose: dialog.via === 'compose' },
      };
    const latest = messages(who).findLast((m) => buttonsIn(cardIn(m)).some(isForm));
    const card = latest && cardIn(latest);
    const button = buttonsIn(card).find(isForm);
    return latest && button
      ? { as: 'message', title: linesIn(card)[0] ?? '', card, button, at: { message: latest } }
      : undefined;
  }
  function opened(who: Who): Open {
    const found = open(who);
    if (!found) throw new Error(`${who} has no form open`);
    return found;
  }

  const pressed = (
    who: Who,
    at: { id: string; conversation: string },
    button: Node,
    values: Record<string, string>,
  ) => {
    const on = { user: users[who].id, conversation: at.conversation, activityId: at.id, inputs: values };
    const data = (isNode(button.data) ? button.data : {}) as Readonly<Record<string, unknown>>;
    if (button.type === 'Action.Execute') return tenant.execute({ ...on, action: button });
    return isNode(data.msteams) && data.msteams.type === 'task/fetch'
      ? tenant.taskFetch({ ...on, data })
      : tenant.submit({ ...on, data });
  };

  const say =
    (where: string, more: object = {}) =>
    (who: Who, words: string) =>
      did(tenant.say({ user: users[who].id, conversation: where, text: words, ...more }));
  const liveIn = (of: unknown): readonly string[] => {
    const { mentions, links } = tenant.mentions(of);
    return [...mentions.map((m) => `person ${m.id}`), ...links.map((l) => `link ${l.url}`)];
  };
  const cardSeen = (card: unknown) => ({
    buttons: buttonsIn(card).map((b) => text(b.title)),
    live: liveIn({ attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }] }),
  });

  return {
    name: 'teams',
    platform: teams.platform,
    door: hand,
    log,
    pass: (seconds) => clock.jump(seconds * 1000),
    now: clock.now,
    account: (who) => accountId('teams', tenantId, users[who].aadObjectId),
    place: (where, who = 'ann') =>
      placeId('teams', tenantId, { channel, group, direct: `a:1-${users[who].aadObjectId}` }[where]),
    nobody: accountId('teams', tenantId, 'aaaaaaaa-0000-4000-8000-0000000000ff'),
    nowhere: placeId('teams', tenantId, '19:nowhere@thread.tacv2'),
    ways: {
      'in a channel': { where: 'channel', type: say(channel) },
      'in a thread': {
        where: 'channel',
        async type(who, words) {
          const { activityId } = await tenant.say({
            user: users[who].id,
            conversation: channel,
            text: 'A question',
            mentionBot: false,
          });
          await say(`${channel};messageid=${activityId}`)(who, words);
        },
      },
      'in a direct chat': { where: 'direct', type: say('personal') },
      'in a group chat': { where: 'group', type: say(group) },
      'by a slash': { where: 'channel', type: say(channel, { targeted: true }) },
    },
    async say(who, words) {
      const { activityId } = await tenant.say({
        user: users[who].id,
        conversation: channel,
        text: words,
        mentionBot: false,
      });
      return activityId;
    },
    async thumb(who, activityId) {
      await did(tenant.react({ user: users[who].id, conversation: channel, activityId, type: 'like' }));
      return 'like';
    },
    async press(who, label, nth = 0) {
      const found = messages(who)
        .reverse()
        .flatMap((m) => {
          const b = buttonsIn(cardIn(m)).filter((button) => button.title === label)[nth];
          return b ? [{ m, b }] : [];
        })[0];
      if (!found) throw new Error(`${who} sees no button ${label}`);
      const inside = isNode(found.b.card) ? buttonsIn(found.b.card)[0] : undefined;
      drafts[who].clear();
      await did(pressed(who, found.m, inside ?? found.b, {}));
    },
    async shortcut(who, name) {
      drafts[who].clear();
      const at = { user: users[who].id, conversation: 'personal' };
      await did(tenant.composeFetchTask({ ...at, commandId: name, context: 'compose' }));
    },
    async shortcutOn(who, message, name) {
      drafts[who].clear();
      const at = { user: users[who].id, conversation: channel, messageActivityId: message };
      await did(tenant.composeFetchTask({ ...at, commandId: name, context: 'message' }));
    },
    async goHome(who) {
      for (const { outcome: made } of await tenant.install({ user: users[who].id, place: 'personal' })) outcome = made;
      await settled();
    },
    tells: {
      async 'a changed group'() {
        await tenant.removeMember({ user: users.ben.id, place: platformTeam });
        await settled();
        await tenant.addMember({ user: users.ben.id, place: platformTeam });
        await settled();
      },
    },
    async again() {
      for (const { outcome: made } of await tenant.redeliver()) outcome = made;
      await settled();
    },
    sees(who) {
      const { dialog } = tenant.snapshot(users[who].id);
      return [
        ...messages(who).map(
          (m): Seen => ({
            where: m.where,
            id: m.id,
            ...(m.root === undefined || m.root === m.id ? {} : { under: m.root }),
            words: [wordsOf(cardIn(m)), m.text ?? '', m.notice ?? ''].filter((w) => w !== '').join('\n'),
            buttons: cardSeen(cardIn(m)).buttons,
            live: liveIn(m),
          }),
        ),
        ...(dialog
          ? [
              {
                where: 'window' as const,
                words: [dialog.title, wordsOf(dialog.card), dialog.message ?? '', dialog.error ?? ''].join('\n'),
                ...cardSeen(dialog.card),
              },
            ]
          : []),
      ];
    },
    screen(who): Screen | undefined {
      const form = open(who);
      if (!form) return undefined;
      const values = valuesOf(who, form.card);
      const fields = inputs(form.card).map(({ id, name, kind }) => {
        const value = values[id] ?? '';
        return [name, { kind, ...(value === '' ? {} : { holds: holds[kind](value) }) }] as const;
      });
      const body = isNode(form.card) && Array.isArray(form.card.body) ? (form.card.body as readonly unknown[]) : [];
      const errors = body.flatMap((element, i) => {
        const [line = ''] = linesIn(element);
        const field = body[i - 1];
        return line.startsWith('⚠') && isNode(field) ? [[nameIn(text(field.id)), line] as const] : [];
      });
      return {
        as: form.as,
        title: form.title,
        words: wordsOf(form.card),
        fields: Object.fromEntries(fields),
        errors: Object.fromEntries(errors),
        button: text(form.button.title),
      };
    },
    async fill(who, name, answer) {
      const found = inputs(opened(who).card).find((i) => i.name === name);
      if (!found) throw new Error(`${who} has no form open with a field ${name}`);
      drafts[who].set(found.id, typed(found.kind, answer));
    },
    async send(who) {
      const form = opened(who);
      const values = valuesOf(who, form.card);
      const empty = inputs(form.card).some(({ id, node }) => node.isRequired === true && values[id] === '');
      if (empty) return false;
      drafts[who].clear();
      const { dialog, compose, message } = form.at;
      if (message) await did(pressed(who, message, form.button, values));
      else if (dialog !== undefined) {
        const data = { ...(form.button.data as object), ...values };
        const sending = { user: users[who].id, dialogId: dialog, data };
        await did(compose ? tenant.composeSubmit(sending) : tenant.taskSubmit(sending));
      }
      return true;
    },
    async lookFor(who, name, query) {
      const form = opened(who);
      const found = inputs(form.card).find((i) => i.name === name);
      const source = found?.node['choices.data'];
      const at = form.at.message
        ? { conversation: form.at.message.conversation, activityId: form.at.message.id }
        : { conversation: 'personal' };
      const dataset = isNode(source) ? text(source.dataset) : '';
      const asked = await tenant.search({ user: users[who].id, ...at, dataset, queryText: query });
      await did(Promise.resolve(asked));
      return asked.outcome.kind === 'results'
        ? asked.outcome.results.map(({ title, value }) => ({ value, label: title }))
        : [];
    },
    complaint: () => (outcome?.kind === 'failed' ? outcome.message : undefined),
    deleteMessage: (where, _who, id) =>
      tenant.deleteMessage({ conversation: { channel, group, direct: 'personal' }[where], activityId: id }),
    trouble(what, trouble) {
      const target = { method: what === 'post' ? 'POST' : 'PUT', path: /\/activities/ };
      const kinds = { status: 'status', cut: 'dropReply', page: 'html' } as const;
      const { is, ...more } = trouble;
      const mend = tenant.fail(target, { times: 1, kind: kinds[is], ...more });
      mended.push(mend);
    },
    revoke() {
      isRevoked = true;
    },
    async leave(who) {
      await tenant.uninstall({ user: users[who].id, place: 'personal' });
    },
    async leaveChannel() {
      await tenant.uninstall({ user: users.ann.id, place: platformTeam });
    },
    unplug: () => tenant.close(),
    settled,
    async clear() {
      for (const who of ['ann', 'ben'] as const) {
        for (const message of messages(who)) past.add(message.id);
        tenant.closeDialog(users[who].id);
        drafts[who].clear();
      }
      for (const mend of mended.splice(0)) mend();
    },
    async close() {
      await settled();
      await teams.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await tenant.close();
    },
  };
}
