import type { ClusterState, PageState, Person, SlackState, TeamsState } from './page/wire.ts';
import { type Reads, readKey } from './perform.ts';
import type { SlackWorkspace } from './slack/index.ts';
import type { TeamsTenant } from './teams/index.ts';

/** How much of a conversation the page is sent: clients load older messages on demand, this one shows the newest. */
export const NEWEST = 200;

type Parts = {
  readonly slack: SlackWorkspace;
  readonly teams: TeamsTenant;
  readonly reads: Reads;
  readonly people: readonly Person[];
  readonly now: () => Date;
  readonly ahead: () => number;
  readonly clusters: () => readonly ClusterState[];
};

/** What one person sees on both platforms, and who of the others has news. */
export function createSeen({ slack, teams, reads, people, now, ahead, clusters }: Parts) {
  function slackOf(person: Person): SlackState {
    const { team, viewer, users, channels, messages, modals, home } = slack.snapshot(person.slack);
    return {
      team: { id: team.id, name: team.name },
      viewer: { id: viewer.id, ...(viewer.tz === undefined ? {} : { tz: viewer.tz }) },
      users: users.map(({ id, name, realName }) => ({ id, name, realName })),
      channels,
      messages: Object.fromEntries(Object.entries(messages).map(([id, all]) => [id, all.slice(-NEWEST)])),
      modals,
      home,
    };
  }

  function teamsOf(person: Person): TeamsState {
    const { viewer, conversations, dialog } = teams.snapshot(person.teams);
    return {
      viewer: { id: viewer.id, timezone: viewer.timezone, locale: viewer.locale },
      conversations: conversations.map((c) => {
        const upTo = reads.get(readKey(person.id, c.id)) ?? 0;
        const unread = c.messages.filter((m) => m.from.id !== viewer.id && Number(m.id) > upTo).length;
        return { ...c, messages: c.messages.slice(-NEWEST), unread };
      }),
      ...(dialog ? { dialog } : {}),
    };
  }

  /** Direct messages of the bot that the person has not read. */
  function news(person: Person): number {
    const inSlack = slack.snapshot(person.slack).channels.find((c) => c.kind === 'im')?.unread ?? 0;
    const inTeams = teamsOf(person).conversations.find((c) => c.kind === 'personal')?.unread ?? 0;
    return inSlack + inTeams;
  }

  return {
    slackOf,
    teamsOf,
    by(person: Person): PageState {
      return {
        now: now().toISOString(),
        ahead: ahead(),
        news: Object.fromEntries(people.map((each) => [each.id, news(each)])),
        slack: slackOf(person),
        teams: teamsOf(person),
        clusters: clusters(),
      };
    },
  };
}
