import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountId, type FieldKind, type Option, placeId } from '../../src/core/kernel/index.ts';
import {
  type Answer,
  createSlackWorkspace,
  type InputAnswer,
  type JsonObject,
  type Mention,
  type OpenView,
  type SlackBlock,
  type Submitted,
} from '../../src/playground/slack/index.ts';
import { createSlack } from '../../src/slack/app.ts';
import { patient, virtualClock } from '../support/clock.ts';
import { handDoor, type Screen, type Seen, type Where, type Who, type World } from './world.ts';

const team = 'T0ACME';
const users: Readonly<Record<Who, string>> = { ann: 'U0ANN', ben: 'U0BEN' };
const channel = 'C0HELP';
const isNode = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** Every object in a tree of blocks, in reading order. */
function nodesIn(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodesIn)] : [];
}

const leaf: Readonly<Record<string, (node: JsonObject) => string>> = {
  text: (n) => String(n.text),
  plain_text: (n) => String(n.text),
  mrkdwn: (n) => String(n.text),
  link: (n) => String(n.text ?? n.url),
  user: (n) => `@${n.user_id}`,
  channel: (n) => `#${n.channel_id}`,
  date: (n) => String(n.fallback),
};
const lineOf = (block: SlackBlock): string =>
  nodesIn(block)
    .flatMap((n) => (typeof n.type === 'string' && Object.hasOwn(leaf, n.type) ? [leaf[n.type]?.(n) ?? ''] : []))
    .join(block.type === 'rich_text' ? '' : ' ');
const wordsOf = (blocks: readonly SlackBlock[]): string => blocks.map(lineOf).join('\n');
const titleOf = (view: JsonObject, part: 'title' | 'submit'): string =>
  isNode(view[part]) ? String(view[part].text) : '';

const buttonsIn = (blocks: readonly SlackBlock[]) =>
  blocks.flatMap((block) =>
    nodesIn(block.elements)
      .filter((n) => n.type === 'button')
      .map((n) => ({
        label: isNode(n.text) ? String(n.text.text) : '',
        actionId: String(n.action_id),
        blockId: String(block.block_id),
      })),
  );

const liveness = (m: Mention): string =>
  m.kind === 'broadcast'
    ? 'everybody'
    : m.kind === 'link'
      ? `link ${m.url}`
      : `${m.kind === 'user' ? 'person' : m.kind} ${m.id}`;
/** A bare address that Slack makes a link of by itself shows where it leads: nobody is misled. */
const live = (all: readonly Mention[]) => all.filter((m) => !(m.kind === 'link' && m.auto)).map(liveness);

type Held = JsonObject | undefined;
const valueIn = (option: unknown): unknown => (isNode(option) ? option.value : undefined);
/** What an input holds, as the kernel writes answers. */
const holds: { readonly [K in FieldKind]: (state: Held) => unknown } = {
  text: (s) => s?.value,
  number: (s) => s?.value,
  toggle: (s) => valueIn(s?.selected_option) === 'true',
  date: (s) => s?.selected_date,
  time: (s) => s?.selected_time,
  person: (s) => s?.selected_user && accountId('slack', team, String(s.selected_user)),
  scale: (s) => valueIn(s?.selected_option),
  choice: (s) => valueIn(s?.selected_option),
  choices: (s) => Array.isArray(s?.selected_options) && s.selected_options.map(valueIn),
  search: (s) => valueIn(s?.selected_option),
};
/** What the client puts into an input when the person answers so. */
function typed(kind: string, answer: unknown): InputAnswer {
  if (kind === 'person' && typeof answer === 'string') return answer.split('/')[1] ?? answer;
  if (typeof answer === 'boolean') return String(answer);
  return answer as InputAnswer;
}
const kindOf = (actionId: unknown): string => String(actionId).split(':')[0] ?? '';

/** The Slack adapter over the local workspace, which may lack scopes and methods. */
export async function slackWorld(
  how: { readonly scopes?: readonly string[]; readonly lacks?: readonly string[] } = {},
): Promise<World> {
  const clock = virtualClock();
  const log: string[] = [];
  const workspace = createSlackWorkspace({
    clock,
    signingSecret: 'a-signing-secret',
    botToken: 'xoxb-workspace-token',
    team: { id: team, domain: 'acme', name: 'Acme' },
    users: [
      { id: users.ann, name: 'ann', realName: 'Ann', email: 'ann@acme.test', tz: 'Europe/Kyiv' },
      { id: users.ben, name: 'ben', realName: 'Ben', email: 'ben@acme.test', tz: 'Asia/Tokyo' },
    ],
    usergroups: [{ id: 'S0CREWS', handle: 'crew', name: 'Crew', users: [users.ben] }],
    channels: [{ id: channel, name: 'help', isPrivate: true, members: Object.values(users), botIsMember: true }],
  });
  const { apiUrl } = await workspace.listen();
  workspace.unknownMethods(how.lacks ?? []);
  const hand = handDoor(() => slack.platform.reply);
  const write = (about: object, message: string) => void log.push(`${message} ${JSON.stringify(about)}`);
  const slack = createSlack({
    timeouts: patient,
    token: 'xoxb-workspace-token',
    signingSecret: 'a-signing-secret',
    apiUrl,
    clock,
    log: { info: write, warn: write, error: write },
    door: () => hand.door,
  });
  const underWay = new Set<Promise<unknown>>();
  const server = createServer((req, res) => {
    const work = slack.handle(req, res).finally(() => underWay.delete(work));
    underWay.add(work);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  workspace.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  // A conversation of several people comes into being when somebody opens it.
  const opened = await fetch(`${apiUrl}conversations.open`, {
    method: 'POST',
    headers: { authorization: 'Bearer xoxb-workspace-token', 'content-type': 'application/json' },
    body: JSON.stringify({ users: Object.values(users).join() }),
  });
  const { channel: group } = (await opened.json()) as { channel: { id: string } };
  if (how.scopes) workspace.setScopes(how.scopes);

  const idOf = (where: Where, who: Who): string =>
    where === 'channel' ? channel : where === 'group' ? group.id : workspace.dmOf(users[who]);
  const whereIs = (id: string): Where => (id === channel ? 'channel' : id === group.id ? 'group' : 'direct');
  const settled = async () => {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  };
  let problem: string | undefined;
  async function did(act: Promise<Answer | Submitted | undefined>): Promise<void> {
    const answer = await act;
    problem = answer?.problem;
    await settled();
  }

  const past = new Set<string>();
  /** The state of each home page that is out of sight. */
  const pages = new Map<Who, string>();
  const viewSeen = (view: OpenView, where: 'window' | 'page'): Seen => {
    const blocks = (view.view.blocks ?? []) as readonly SlackBlock[];
    return {
      where,
      words: [titleOf(view.view, 'title'), wordsOf(blocks), ...Object.values(view.errors)].join('\n'),
      buttons: buttonsIn(blocks).map((b) => b.label),
      live: live(workspace.mentions({ text: '', blocks, attachments: [] })),
    };
  };
  const messages = (who: Who) =>
    Object.values(workspace.snapshot(users[who]).messages)
      .flat()
      .filter((m) => m.fromBot && !past.has(m.ts))
      .sort((a, b) => Number(a.ts) - Number(b.ts));
  const formOf = (who: Who): OpenView | undefined => {
    const view = workspace.snapshot(users[who]).modals.at(-1);
    return view?.view.private_metadata ? view : undefined;
  };
  const inputsIn = (view: OpenView) =>
    ((view.view.blocks ?? []) as readonly SlackBlock[]).flatMap((block) =>
      block.type === 'input' && isNode(block.element)
        ? [{ name: String(block.block_id), actionId: String(block.element.action_id) }]
        : [],
    );
  const input = (who: Who, name: string) => {
    const view = formOf(who);
    const found = view && inputsIn(view).find((i) => i.name === name);
    if (!found) throw new Error(`${who} has no form open with a field ${name}`);
    return found;
  };
  /** Errors that stand as words under a field, for want of Slack's own red ones. */
  const errorsIn = (view: OpenView) =>
    ((view.view.blocks ?? []) as readonly SlackBlock[]).flatMap((block, i, all) => {
      const words = lineOf(block);
      const field = all[i - 1]?.block_id;
      return block.type === 'context' && words.startsWith('⚠') ? [[String(field), words] as const] : [];
    });

  const command = (where: Where) => (who: Who, text: string) =>
    did(workspace.command({ user: users[who], channel: idOf(where, who), text }));
  const words =
    (where: Where, mention: string, thread = false) =>
    async (who: Who, text: string): Promise<void> => {
      const at = { user: users[who], channel: idOf(where, who) };
      const root = thread ? await workspace.postMessage({ ...at, text: 'A question' }) : undefined;
      const { answer } = await workspace.postMessage({
        ...at,
        text: `${mention}${text}`,
        ...(root ? { threadTs: root.message.ts } : {}),
      });
      await did(Promise.resolve(answer));
    };
  const bot = `<@${workspace.bot.userId}> `;

  return {
    name: 'slack',
    platform: slack.platform,
    door: hand,
    log,
    pass: (seconds) => clock.jump(seconds * 1000),
    now: clock.now,
    account: (who) => accountId('slack', team, users[who]),
    place: (where, who = 'ann') => placeId('slack', team, idOf(where, who)),
    nobody: accountId('slack', team, 'U0NOBODY'),
    nowhere: placeId('slack', team, 'C0NOWHERE'),
    ways: {
      'in a channel': { where: 'channel', type: words('channel', bot) },
      'in a thread': { where: 'channel', type: words('channel', bot, true) },
      'in a direct chat': { where: 'direct', type: words('direct', '') },
      'in a group chat': { where: 'group', type: command('group') },
      'by a slash': { where: 'channel', type: command('channel') },
    },
    async say(who, text) {
      const { message } = await workspace.postMessage({ user: users[who], channel, text });
      return message.ts;
    },
    async press(who, label, nth = 0) {
      const user = users[who];
      const { modals, home } = workspace.snapshot(user);
      const found = [...modals].reverse().flatMap((view) => {
        const button = buttonsIn((view.view.blocks ?? []) as readonly SlackBlock[]).find((b) => b.label === label);
        return button ? [() => workspace.pressInView({ user, viewId: view.id, ...button })] : [];
      });
      for (const message of messages(who).reverse()) {
        const button = buttonsIn(message.blocks).filter((b) => b.label === label)[nth];
        if (button)
          found.push(() => workspace.press({ user, channel: message.channel, messageTs: message.ts, ...button }));
      }
      const atHome = home && buttonsIn(home.view.blocks as readonly SlackBlock[]).find((b) => b.label === label);
      if (atHome) found.push(() => workspace.pressInHome({ user, ...atHome }));
      if (!found[0]) throw new Error(`${who} sees no button ${label}`);
      await did(found[0]());
    },
    async thumb(who, messageTs) {
      await did(workspace.react({ user: users[who], channel, messageTs, name: '+1' }));
      return '+1';
    },
    shortcut: (who, name) => did(workspace.globalShortcut({ user: users[who], callbackId: name })),
    shortcutOn: (who, message, name) =>
      did(workspace.messageShortcut({ user: users[who], channel, messageTs: message, callbackId: name })),
    goHome: (who) => did(workspace.openHome({ user: users[who] })),
    tells: { 'a changed profile': () => did(workspace.userChange({ user: users.ben, realName: 'Benjamin' })) },
    again: () => did(workspace.redeliver()),
    sees(who) {
      const { modals, home } = workspace.snapshot(users[who]);
      return [
        ...messages(who).map(
          (m): Seen => ({
            where: whereIs(m.channel),
            id: m.ts,
            ...(m.threadTs === undefined || m.threadTs === m.ts ? {} : { under: m.threadTs }),
            words: wordsOf(m.blocks),
            buttons: buttonsIn(m.blocks).map((b) => b.label),
            live: live(workspace.mentions(m)),
          }),
        ),
        ...(home && home.hash !== pages.get(who) ? [viewSeen(home, 'page')] : []),
        ...modals.map((view) => viewSeen(view, 'window')),
      ];
    },
    screen(who): Screen | undefined {
      const view = formOf(who);
      if (!view) return undefined;
      const fields = inputsIn(view).map(({ name, actionId }) => {
        const kind = kindOf(actionId) as FieldKind;
        const held = holds[kind](view.values[name]?.[actionId]);
        return [name, { kind, ...(held === undefined || held === null ? {} : { holds: held }) }] as const;
      });
      return {
        as: 'window',
        title: titleOf(view.view, 'title'),
        words: viewSeen(view, 'window').words,
        fields: Object.fromEntries(fields),
        errors: { ...Object.fromEntries(errorsIn(view)), ...view.errors },
        button: titleOf(view.view, 'submit'),
      };
    },
    async fill(who, name, answer) {
      const { actionId } = input(who, name);
      await did(
        workspace.change({ user: users[who], blockId: name, actionId, value: typed(kindOf(actionId), answer) }),
      );
    },
    async send(who) {
      const sent = await workspace.submit({ user: users[who] });
      await did(Promise.resolve(sent));
      return sent.blocked === undefined;
    },
    async lookFor(who, name, query) {
      const { actionId } = input(who, name);
      const { options, ...answer } = await workspace.suggest({ user: users[who], actionId, value: query });
      await did(Promise.resolve(answer));
      return options.map((o): Option => ({ value: String(o.value), label: isNode(o.text) ? String(o.text.text) : '' }));
    },
    complaint: () => problem,
    deleteMessage: (where, who, id) => workspace.admin.deleteMessage(idOf(where, who), id),
    trouble(what, trouble) {
      const method = what === 'post' ? 'chat.postMessage' : 'chat.update';
      const kinds = { status: 'status', cut: 'dropReply', page: 'html' } as const;
      const { is, ...more } = trouble;
      workspace.fail(method, { kind: kinds[is], ...more });
    },
    revoke: () => workspace.setTokenError('token_revoked'),
    async leave(who) {
      workspace.admin.deactivate(users[who]);
    },
    async leaveChannel() {
      workspace.admin.removeBot(channel);
    },
    unplug: () => workspace.close(),
    settled,
    async clear() {
      for (const who of ['ann', 'ben'] as const) {
        for (const message of messages(who)) past.add(message.ts);
        pages.set(who, workspace.snapshot(users[who]).home?.hash ?? '');
        while (workspace.snapshot(users[who]).modals.length > 0) await workspace.cancelView({ user: users[who] });
      }
      workspace.clearFaults();
    },
    async close() {
      await settled();
      await slack.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await workspace.close();
    },
  };
}
