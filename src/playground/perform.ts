import { type Cluster, type FailureKind, failures, type Target } from './cluster/index.ts';
import type { Act, Acted, Choice, Person } from './page/wire.ts';
import type { Answer as SlackAnswer, SlackWorkspace, Suggested } from './slack/index.ts';
import type { Outcome, Answer as TeamsAnswer, TeamsTenant } from './teams/index.ts';

/** How far each person has read each Teams conversation: Teams keeps that for its clients, and so do we. */
export type Reads = Map<string, number>;
export const readKey = (person: string, conversation: string): string => `${person}/${conversation}`;

type Parts = {
  readonly slack: SlackWorkspace;
  readonly teams: TeamsTenant;
  readonly reads: Reads;
  /** By the name that they have where there are several; without one, the first. */
  readonly cluster: (name: string | undefined) => Cluster | undefined;
  /** Sets everybody’s clock ahead. */
  readonly jump: (ms: number) => void;
};
type Perform = {
  readonly [K in Act['act']]: (act: Extract<Act, { act: K }>, who: Person) => Promise<Acted>;
};

const nothing: Acted = {};

const slackProblems: Readonly<Record<string, string>> = {
  operation_timeout: 'Groundcrew didn’t answer within Slack’s three seconds.',
  dispatch_failed: 'Groundcrew couldn’t be reached, or answered with an error.',
};
const saidProblem = ({ problem, status }: SlackAnswer): Acted =>
  problem === undefined
    ? nothing
    : { error: `${slackProblems[problem] ?? problem}${status >= 400 ? ` (HTTP ${status})` : ''}` };
const heard = async (answer: Promise<SlackAnswer | undefined>): Promise<Acted> => {
  const given = await answer;
  return given ? saidProblem(given) : nothing;
};

const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string' ? value.text : '';
const suggested = async (answer: Promise<Suggested>): Promise<Acted> => {
  const { options, problem } = await answer;
  if (problem) return { error: slackProblems[problem] ?? 'Groundcrew offered options that Slack would not show.' };
  return {
    choices: options.map((o): Choice => ({ title: textOf(o.text), value: String(o.value) })),
  };
};

/** What the client shows of an outcome, beside what the snapshot shows anyway. */
const outcomes: { readonly [K in Outcome['kind']]: (outcome: Extract<Outcome, { kind: K }>) => Acted } = {
  accepted: () => nothing,
  undelivered: () => nothing,
  failed: ({ message }) => ({ error: message }),
  card: () => nothing,
  message: ({ text }) => ({ note: text }),
  dialog: () => nothing,
  closed: () => nothing,
  results: ({ results }) => ({ choices: results }),
  composed: () => ({
    note: 'Groundcrew answered with a card for your own message; this page shows only its own ones.',
  }),
};
const outcome = async (answer: Promise<TeamsAnswer>): Promise<Acted> => {
  const { outcome: made } = await answer;
  return outcomes[made.kind](made as never);
};
/** A failure of an open dialog stands in the dialog, a notice on a card under the card. */
const quietly = async (answer: Promise<TeamsAnswer>, ...shownElsewhere: readonly Outcome['kind'][]): Promise<Acted> => {
  const given = await answer;
  return shownElsewhere.includes(given.outcome.kind) ? nothing : outcomes[given.outcome.kind](given.outcome as never);
};

const value = <T>(given: T | undefined): { value?: T } => (given === undefined ? {} : { value: given });

type ClusterAct = Extract<Act, { act: 'cluster.break' | 'cluster.heal' }>;
const aimed = ({ kind, namespace, name }: ClusterAct): Target => ({ name, kind, ...(namespace ? { namespace } : {}) });
const isFailure = (name: string): name is FailureKind => Object.hasOwn(failures, name);

/** Does on the platform what the person did on the page. Rejects with an Error that says why it can't be done. */
export function createPerform({
  slack,
  teams,
  reads,
  cluster,
  jump,
}: Parts): (act: Act, who: Person) => Promise<Acted> {
  const table: Perform = {
    'slack.command': async (a, { slack: user }) => {
      // Slackbot says in the conversation when the command fails.
      await slack.command({ user, channel: a.channel, command: a.command, text: a.text });
      return nothing;
    },
    'slack.say': async (a, { slack: user }) => {
      const thread = a.thread === undefined ? {} : { threadTs: a.thread };
      await slack.postMessage({ user, channel: a.channel, text: a.text, ...thread });
      return nothing;
    },
    'slack.press': (a, { slack: user }) =>
      heard(
        slack.press({
          user,
          channel: a.channel,
          messageTs: a.message,
          blockId: a.block,
          actionId: a.action,
          ...value(a.value),
        }),
      ),
    'slack.pressHome': (a, { slack: user }) =>
      heard(slack.pressInHome({ user, blockId: a.block, actionId: a.action, ...value(a.value) })),
    'slack.pressModal': (a, { slack: user }) =>
      heard(slack.pressInView({ user, viewId: a.view, blockId: a.block, actionId: a.action, ...value(a.value) })),
    'slack.enter': (a, { slack: user }) =>
      heard(slack.change({ user, viewId: a.view, blockId: a.block, actionId: a.action, value: a.value })),
    'slack.submit': async (a, { slack: user }) => {
      // What is wrong stands in the modal.
      await slack.submit({ user, viewId: a.view, values: a.values });
      return nothing;
    },
    'slack.cancel': async (a, { slack: user }) => {
      // Closed twice, by its button and by Escape: it is closed.
      const isOpen = slack.snapshot(user).modals.some((each) => each.id === a.view);
      return isOpen ? heard(slack.cancelView({ user, viewId: a.view })) : nothing;
    },
    'slack.suggest': (a, { slack: user }) =>
      suggested(slack.suggest({ user, viewId: a.view, blockId: a.block, actionId: a.action, value: a.text })),
    'slack.suggestIn': (a, { slack: user }) =>
      suggested(
        slack.suggest({
          user,
          channel: a.channel,
          messageTs: a.message,
          blockId: a.block,
          actionId: a.action,
          value: a.text,
        }),
      ),
    'slack.shortcut': (a, { slack: user }) => heard(slack.globalShortcut({ user, callbackId: a.name })),
    'slack.messageShortcut': (a, { slack: user }) =>
      heard(slack.messageShortcut({ user, channel: a.channel, messageTs: a.message, callbackId: a.name })),
    'slack.home': (_, { slack: user }) => heard(slack.openHome({ user })),
    'slack.read': async (a, { slack: user }) => {
      slack.read({ user, channel: a.channel });
      return nothing;
    },
    'teams.say': (a, { teams: user }) =>
      outcome(
        teams.say({
          user,
          conversation: a.thread === undefined ? a.conversation : `${a.conversation};messageid=${a.thread}`,
          text: a.text,
          mentionBot: a.mentionsBot,
          targeted: a.onlyBot,
        }),
      ),
    'teams.execute': (a, { teams: user }) =>
      quietly(
        teams.execute({
          user,
          conversation: a.conversation,
          activityId: a.message,
          action: a.action,
          inputs: a.inputs,
        }),
        'message',
      ),
    'teams.submit': (a, { teams: user }) =>
      outcome(
        teams.submit({ user, conversation: a.conversation, activityId: a.message, data: a.data, inputs: a.inputs }),
      ),
    'teams.openDialog': (a, { teams: user }) =>
      outcome(
        teams.taskFetch({ user, conversation: a.conversation, activityId: a.message, data: a.data, inputs: a.inputs }),
      ),
    'teams.sendDialog': (a, { teams: user }) => {
      const sent = { user, dialogId: a.dialog, data: a.data };
      return quietly(a.via === 'card' ? teams.taskSubmit(sent) : teams.composeSubmit(sent), 'failed');
    },
    'teams.closeDialog': async (_, { teams: user }) => {
      teams.closeDialog(user);
      return nothing;
    },
    'teams.compose': (a, { teams: user }) =>
      outcome(teams.composeFetchTask({ user, conversation: a.conversation, commandId: a.name, context: 'compose' })),
    'teams.messageAction': (a, { teams: user }) =>
      outcome(
        teams.composeFetchTask({
          user,
          conversation: a.conversation,
          commandId: a.name,
          context: 'message',
          messageActivityId: a.message,
        }),
      ),
    'teams.search': (a, { teams: user }) =>
      outcome(
        teams.search({
          user,
          conversation: a.conversation,
          dataset: a.dataset,
          queryText: a.text,
          ...(a.message === undefined ? {} : { activityId: a.message }),
        }),
      ),
    'teams.token': async (_, { directory, name }) => ({ token: teams.tokens.mintSso({ oid: directory, name }) }),
    'teams.refresh': async (a, { teams: user }) => {
      // Done by the client unasked: a failure changes nothing that the person could see.
      await teams.refresh({ user, conversation: a.conversation, activityId: a.message });
      return nothing;
    },
    'teams.read': async (a, { id }) => {
      const key = readKey(id, a.conversation);
      reads.set(key, Math.max(reads.get(key) ?? 0, Number(a.upTo) || 0));
      return nothing;
    },
    'cluster.break': async (a) => {
      const there = cluster(a.cluster);
      if (!there || !isFailure(a.failure)) return { error: `There is no cluster, or nothing called “${a.failure}”.` };
      there.break(a.failure, aimed(a));
      return nothing;
    },
    'cluster.heal': async (a) => {
      const mended = cluster(a.cluster)?.heal(aimed(a));
      return mended ? nothing : { note: `Nothing was broken about ${a.name}.` };
    },
    'clock.jump': async (a) => {
      jump(a.minutes * 60_000);
      return nothing;
    },
  };
  return (act, who) => table[act.act](act as never, who);
}
