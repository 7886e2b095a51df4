import { hash } from 'node:crypto';
import { z } from 'zod';
import {
  accountId,
  clean,
  type Inbound,
  type PersonalInbound,
  type Press,
  placeId,
  type Quoted,
  safeUrl,
  shorten,
} from '../core/kernel/index.ts';
import { type Activity, activityShape, scopeOf, threadOf, withoutThread, zoneOf } from './activity.ts';
import { readForm, submitVerb } from './form-input.ts';
import { type Via, writeOrigin } from './origin.ts';
import type { Known } from './references.ts';
import { htmlText, spoken } from './words.ts';

/** What an activity means. `known` is where it came from, to be remembered. */
export type Decoded =
  | { readonly is: 'inbound'; readonly inbound: Inbound; readonly known?: Known }
  /** Nothing to do: answered with this status. 501 is how Teams is told that an invoke is not offered. */
  | { readonly is: 'nothing'; readonly status: 200 | 501; readonly known?: Known }
  | { readonly is: 'malformed'; readonly why: string };

export type DecodeOptions = {
  readonly now: Date;
  /** The request's body as it came: stands in where an activity has no id. */
  readonly raw: string;
  /** Of an activity that names none. */
  readonly tenantId: string;
};

/** An activity with what every kind of inbound needs of it. */
type Scene = {
  readonly activity: Activity;
  readonly tenant: string;
  readonly known: Known;
  readonly options: DecodeOptions;
};
type Read = (scene: Scene) => Decoded;

const nothing = (status: 200 | 501 = 200): Decoded => ({ is: 'nothing', status });
const malformed = (why: string): Decoded => ({ is: 'malformed', why });

const deliveryOf = ({ activity, options }: Scene): string =>
  activity.id
    ? `teams/${clean(activity.conversation.id)}/${clean(activity.id)}`
    : `teams/sha256/${hash('sha256', options.raw)}`;

const where: Readonly<Record<Known['reference']['conversationType'], (activity: Activity) => string>> = {
  personal: () => 'our chat',
  groupChat: (a) => a.conversation.name ?? 'a group chat',
  channel: (a) => a.channelData?.channel?.name ?? a.channelData?.team?.name ?? 'a channel',
};

const placeName = ({ activity, known }: Scene): string =>
  shorten(clean(where[known.reference.conversationType](activity)), 100);

type About = PersonalInbound extends infer I
  ? I extends PersonalInbound
    ? Omit<I, 'delivery' | 'at' | 'account' | 'place' | 'hints' | 'origin'>
    : never
  : never;

/** An inbound of a person, with all that the activity says about where and who. */
function personal(scene: Scene, via: Via, about: About): Decoded {
  const { activity, tenant, known, options } = scene;
  const { from } = activity;
  // Bots, connectors and guests of a meeting have no directory id: nobody that we could know.
  if (!from.aadObjectId) return activity.type === 'invoke' ? malformed('from.aadObjectId is missing') : nothing();
  const account = accountId('teams', tenant, from.aadObjectId);
  const zone = zoneOf(activity);
  // A message extension works in conversations that the bot is not in: there is nothing to be written later.
  const member = via !== 'extension' && via !== 'extensionForm';
  const origin = writeOrigin({
    platform: 'teams',
    via,
    serviceUrl: activity.serviceUrl,
    tenant,
    conversation: activity.conversation.id,
    scope: known.reference.conversationType,
    where: member || known.reference.conversationType !== 'personal' ? placeName(scene) : 'another chat',
    account,
    user: from.id,
    bot: activity.recipient.id,
    ...(activity.replyToId ? { card: activity.replyToId } : {}),
  });
  const inbound = {
    ...about,
    delivery: deliveryOf(scene),
    at: options.now,
    account,
    ...(member ? { place: known.place } : {}),
    ...(activity.replyToId && (about.kind === 'press' || about.kind === 'submit')
      ? { on: clean(activity.replyToId) }
      : {}),
    hints: { ...(from.name ? { name: clean(from.name) } : {}), ...(zone ? { zone } : {}) },
    origin,
  } as PersonalInbound;
  return { is: 'inbound', inbound, ...(member ? { known } : {}) };
}

const record = z.record(z.string(), z.unknown());
const pressName = z.string().min(1).max(200);

/** A value that is no text was not made by us; as an empty one it is refused by whoever the press is for. */
const pressOf = (name: string, value: unknown): Press => ({
  name: clean(name),
  value: typeof value === 'string' ? clean(value) : '',
});

/** What an Action.Submit carries: a form, or a press; undefined when it is not ours. */
function submitted(
  scene: Scene,
  data: unknown,
  vias: { readonly form: Via; readonly press: Via },
): Decoded | undefined {
  const fields = record.safeParse(data);
  if (!fields.success) return undefined;
  const form = readForm(fields.data, scene.tenant);
  if (form) return personal(scene, vias.form, form);
  const name = pressName.safeParse(fields.data.press);
  return name.success
    ? personal(scene, vias.press, { kind: 'press', press: pressOf(name.data, fields.data.value) })
    : undefined;
}
const notOurs = malformed('value does not carry a button or a form of this bot');

const message: Read = (scene) => {
  const { activity, known } = scene;
  const { text, toBot } = spoken(activity);
  if (activity.value !== undefined && activity.value !== null)
    return submitted(scene, activity.value, { form: 'form', press: 'button' }) ?? notOurs;
  const addressed = known.reference.conversationType === 'personal' || toBot || activity.recipient.isTargeted === true;
  const under = threadOf(activity.conversation.id);
  // Teams tells of what is not said to us only where the app may read a channel (RSC); see docs/roadmap.md.
  if (!addressed)
    return under && under !== activity.id
      ? personal(scene, 'reaction', { kind: 'replied', native: under, text })
      : { is: 'nothing', status: 200, known };
  return personal(scene, 'message', { kind: 'command', text, ...(under ? { under } : {}) });
};

const executed = z.looseObject({ action: z.looseObject({ verb: pressName, data: record.nullish().catch(undefined) }) });
const action: Read = (scene) => {
  const { data, error } = executed.safeParse(scene.activity.value);
  if (error) return malformed('value.action.verb is missing');
  const { verb, data: sent } = data.action;
  if (verb !== submitVerb) return personal(scene, 'press', { kind: 'press', press: pressOf(verb, sent?.value) });
  const form = readForm(sent ?? {}, scene.tenant);
  return form ? personal(scene, 'inline', form) : malformed('value.action.data does not name a form');
};

const task = z.looseObject({ data: record });
const dialog =
  (form: Via): Read =>
  (scene) => {
    const { data, error } = task.safeParse(scene.activity.value);
    if (error) return malformed('value.data is missing');
    return submitted(scene, data.data, { form, press: form === 'dialog' ? 'open' : form }) ?? notOurs;
  };

const payload = z.looseObject({
  linkToMessage: z.string().max(4000).nullish().catch(undefined),
  body: z.looseObject({ contentType: z.string().nullish(), content: z.string().nullish() }).nullish(),
  from: z
    .looseObject({ user: z.looseObject({ id: z.string().max(200).nullish() }).nullish() })
    .nullish()
    .catch(undefined),
});
const called = z.looseObject({ commandId: pressName, messagePayload: payload.nullish() });

function quoted(message: z.output<typeof payload>, tenant: string): Quoted {
  const content = message.body?.content ?? '';
  const text = message.body?.contentType === 'text' ? clean(content).trim() : htmlText(content);
  const permalink = message.linkToMessage ? safeUrl(message.linkToMessage) : undefined;
  const author = message.from?.user?.id;
  return {
    text,
    ...(permalink ? { permalink } : {}),
    ...(author ? { author: accountId('teams', tenant, author) } : {}),
  };
}

const shortcut: Read = (scene) => {
  const { data, error } = called.safeParse(scene.activity.value);
  if (error) return malformed('value.commandId is missing');
  const { commandId, messagePayload } = data;
  return personal(scene, 'extension', {
    kind: 'shortcut',
    name: clean(commandId),
    ...(messagePayload ? { message: quoted(messagePayload, scene.tenant) } : {}),
  });
};

const searched = z.looseObject({ queryText: z.string().max(4000).catch(''), dataset: z.string().min(1).max(200) });
const search: Read = (scene) => {
  const { data, error } = searched.safeParse(scene.activity.value);
  if (error) return malformed('value.dataset is missing');
  return personal(scene, 'search', { kind: 'search', source: clean(data.dataset), query: clean(data.queryText) });
};

const invokes: Readonly<Record<string, Read>> = {
  'adaptiveCard/action': action,
  'task/fetch': dialog('dialog'),
  'task/submit': dialog('dialog'),
  'composeExtension/fetchTask': shortcut,
  'composeExtension/submitAction': dialog('extensionForm'),
  'application/search': search,
};

/** People or the bot itself joined or left. */
const members: Read = (scene) => {
  const { activity, known, options } = scene;
  const bot = activity.recipient.id;
  const left = activity.membersRemoved?.some((m) => m.id === bot) ?? false;
  const after = left ? gone(known) : known;
  const team = activity.channelData?.team?.id;
  const changed = (activity.membersAdded?.length ?? 0) + (activity.membersRemoved?.length ?? 0) > 0;
  if (!team || !changed || left) return { is: 'nothing', status: 200, known: after };
  const inbound: Inbound = {
    kind: 'observed',
    what: 'group.changed',
    input: { platform: 'teams', group: clean(team) },
    delivery: deliveryOf(scene),
    at: options.now,
  };
  return { is: 'inbound', inbound, known };
};
const gone = (known: Known): Known => ({ ...known, reference: { ...known.reference, installed: false } });

const install: Read = (scene) => {
  const { known, activity } = scene;
  const doing = activity.action ?? '';
  if (doing.startsWith('remove')) return { is: 'nothing', status: 200, known: gone(known) };
  const first = doing === 'add' && known.reference.conversationType === 'personal';
  return first ? personal(scene, 'install', { kind: 'home', first: true }) : { is: 'nothing', status: 200, known };
};

/** Teams tells of reactions to our own messages only. */
const reacted: Read = (scene) => {
  const { replyToId, reactionsAdded, reactionsRemoved } = scene.activity;
  const [added, removed] = [reactionsAdded, reactionsRemoved].map((all) => (all ?? []).map((r) => clean(r.type)));
  if (!replyToId || !added || !removed) return nothing();
  return personal(scene, 'reaction', { kind: 'reacted', native: clean(replyToId), added, removed });
};

const types: Readonly<Record<string, Read>> = {
  message,
  messageReaction: reacted,
  invoke: (scene) => {
    const name = scene.activity.name ?? '';
    return Object.hasOwn(invokes, name) ? (invokes[name] as Read)(scene) : nothing(501);
  },
  conversationUpdate: members,
  installationUpdate: install,
};

function knownFrom(activity: Activity, tenant: string): Known {
  const scope = scopeOf(activity);
  const conversationId = withoutThread(activity.conversation.id);
  const { team, channel } = activity.channelData ?? {};
  const { aadObjectId } = activity.from;
  const mine = scope === 'personal' && aadObjectId ? { account: accountId('teams', tenant, aadObjectId) } : {};
  return {
    place: placeId('teams', tenant, conversationId),
    reference: {
      serviceUrl: activity.serviceUrl,
      tenantId: tenant,
      conversationId,
      conversationType: scope,
      ...(team?.id ? { teamId: team.id } : {}),
      ...(channel?.id ? { channelId: channel.id } : {}),
      botId: activity.recipient.id,
      ...mine,
      installed: true,
    },
  };
}

/** Reads an activity, whose token was checked. Pure; never throws. */
export function decode(body: unknown, options: DecodeOptions): Decoded {
  const parsed = activityShape.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return malformed(`${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'malformed'}`);
  }
  const activity = parsed.data;
  if (!Object.hasOwn(types, activity.type)) return nothing();
  const tenant = activity.conversation.tenantId ?? activity.channelData?.tenant?.id ?? options.tenantId;
  return (types[activity.type] as Read)({ activity, tenant, known: knownFrom(activity, tenant), options });
}
