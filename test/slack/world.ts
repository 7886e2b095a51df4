import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Asked,
  type Delivered,
  type Door,
  form,
  type Inbound,
  type Names,
  noNames,
  type Option,
  type PersonalInbound,
  type PersonId,
  type Reply,
  text,
  type View,
} from '../../src/core/kernel/index.ts';
import { createSlackWorkspace, type WorkspaceOptions } from '../../src/playground/slack/index.ts';
import { createSlack, type SlackOptions } from '../../src/slack/app.ts';
import { patient, virtualClock } from '../support/clock.ts';

export const secret = 'a-signing-secret';
export const token = 'xoxb-workspace-token';
export const appToken = 'xapp-1-app-token';
export const ann = 'slack:T0ACME/U0ANN';
export const triage = 'slack:T0ACME/C0TRIAGE';

const workspaceOptions: Omit<WorkspaceOptions, 'clock'> = {
  signingSecret: secret,
  botToken: token,
  appToken,
  team: { id: 'T0ACME', domain: 'acme', name: 'Acme' },
  users: [
    { id: 'U0ANN', name: 'ann', realName: 'Ann Koval', email: 'Ann@acme.test', tz: 'Europe/Kyiv' },
    { id: 'U0BEN', name: 'ben', realName: 'Ben Ito', email: 'ben@acme.test', tz: 'Asia/Tokyo' },
    { id: 'U0CYD', name: 'cyd', realName: 'Cyd Doe', email: 'cyd@acme.test', tz: 'America/St_Johns' },
  ],
  channels: [
    { id: 'C0TRIAGE', name: 'platform-triage', isPrivate: false, members: ['U0ANN', 'U0BEN'], botIsMember: true },
    { id: 'C0RANDOM', name: 'random', isPrivate: false, members: ['U0ANN', 'U0CYD'], botIsMember: false },
    { id: 'C0SECRET', name: 'secret', isPrivate: true, members: ['U0BEN'], botIsMember: false },
  ],
  usergroups: [{ id: 'S0CREWS', handle: 'crew', name: 'Platform crew', users: ['U0BEN'] }],
};

/** Slack's signature v0, made here by the letter of its documentation. */
export const sign = (key: string, timestamp: string, body: string): string =>
  `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`;

type Line = { readonly level: 'info' | 'warn' | 'error'; readonly about: object; readonly message: string };

export type WorldOptions = {
  readonly workspace?: Partial<WorkspaceOptions>;
  readonly slack?: Partial<SlackOptions>;
};

/** A workspace, the adapter under test over HTTP, and a door that records what comes and answers as told. */
export async function slackWorld(given: WorldOptions = {}) {
  const clock = virtualClock();
  const workspace = createSlackWorkspace({ ...workspaceOptions, clock, ...given.workspace });
  const { apiUrl, origin } = await workspace.listen();
  const inbounds: Inbound[] = [];
  const replied: Delivered[] = [];
  const taken: Reply[] = [];
  const log: Line[] = [];
  const waits: (readonly [number, string])[] = [];
  const underWay = new Set<Promise<unknown>>();
  const waiting = new Set<() => void>();
  const happened = () => {
    for (const look of waiting) look();
  };
  let script: (inbound: Inbound) => readonly Reply[] | Promise<readonly Reply[]> = () => [];
  let names: Names = noNames;
  let options: readonly Option[] = [];

  const door: Door = {
    async dispatch(inbound) {
      inbounds.push(inbound);
      return { inbound, replies: await script(inbound), names, repeated: false };
    },
    async settle(answer, already) {
      taken.push(...already);
      for (const reply of answer.replies.filter((r) => !already.includes(r)))
        replied.push(await slack.platform.reply(reply, (answer.inbound as PersonalInbound).origin, names));
      happened();
    },
    search: async (inbound) => {
      inbounds.push(inbound);
      return options;
    },
    offers: { commands: [], shortcuts: [] },
  };
  const write = (level: Line['level']) => (about: object, message: string) => {
    log.push({ level, about, message });
    happened();
  };
  const slack = createSlack({
    timeouts: patient,
    token,
    signingSecret: secret,
    apiUrl,
    clock,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    onWait: (seconds, what) => void waits.push([seconds, what]),
    door: () => door,
    ...given.slack,
  });

  const server = createServer((req, res) => {
    const handled = slack.handle(req, res).finally(() => underWay.delete(handled));
    underWay.add(handled);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  workspace.connect(url);

  return {
    workspace,
    slack,
    clock,
    url,
    origin,
    apiUrl,
    inbounds,
    replied,
    taken,
    log,
    waits,
    /** What the door answers from now on. */
    answer: (replies: readonly Reply[] | typeof script) => {
      script = typeof replies === 'function' ? replies : () => replies;
    },
    know: (known: Names) => {
      names = known;
    },
    offer: (offered: readonly Option[]) => {
      options = offered;
    },
    /** The last inbound, which must be of that kind. */
    last<K extends Inbound['kind']>(kind: K): Extract<Inbound, { kind: K }> {
      const found = inbounds.at(-1);
      if (found?.kind !== kind) throw new Error(`expected a ${kind}, got ${JSON.stringify(found)}`);
      return found as Extract<Inbound, { kind: K }>;
    },
    /** Everything that followed the answers is done. */
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
    /** Resolves as soon as it is so; looked at whenever something was logged or replied. */
    until(isSo: () => boolean): Promise<void> {
      return new Promise((resolve) => {
        const look = () => {
          if (!isSo()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
    /** The messages that a person sees in a channel, as the workspace holds them. */
    messages: (user: string, channel: string) => workspace.snapshot(user).messages[channel] ?? [],
    async [Symbol.asyncDispose]() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
      await slack.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await workspace.close();
    },
  };
}

export const view = (words: string, more: Partial<View> = {}): View => ({
  id: 'test',
  title: 'A title',
  summary: words,
  blocks: [{ kind: 'text', text: text`${words}` }],
  ...more,
});
export const whisper = (words: string): Reply => ({ kind: 'whisper', view: view(words) });

/** A form with a field that depends on another. */
export const request = form({
  id: 'request',
  title: 'Request a database',
  submit: 'Send',
  fields: {
    size: {
      kind: 'choice',
      label: 'Size',
      options: [
        { value: 'small', label: 'Small' },
        { value: 'large', label: 'Large' },
      ],
    },
    why: { kind: 'text', label: 'Why so large?', shownIf: { field: 'size', is: ['large'] } },
    name: { kind: 'text', label: 'Name', max: 30 },
  },
});
export const asked = (more: Partial<Asked> = {}): Asked => ({
  id: 'asked-1',
  form: request,
  prior: {},
  errors: {},
  ...more,
});
export const ask = (more: Partial<Asked> = {}, reopened?: true): Reply => ({
  kind: 'ask',
  asked: asked(more),
  ...(reopened ? { reopened } : {}),
});

export const person = (id: string): PersonId => id as PersonId;
