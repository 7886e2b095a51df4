import type { Activities, Json } from './activities.ts';
import { turnOutcome } from './answers.ts';
import type { Courier } from './courier.ts';
import { undelivered } from './people.ts';
import type { GroupChat, Place, Team } from './roster.ts';
import type { State } from './state.ts';
import type { Answer, TeamsUser } from './types.ts';

/** `place` is `personal`, or the id of a team or group chat. */
export type Installing = { readonly user: string; readonly place: string };
export type Joining = { readonly user: string; readonly place: string };

/** Who is where, and where the bot is: installs, and people coming and going. */
export function createMembership(state: State, activities: Activities, courier: Courier) {
  /** Where Teams reports what happens to a home: the 1:1 chat, the group chat, or the team's first channel. */
  function placeOf(home: TeamsUser | Team | GroupChat): Place {
    const conversation = state.conversations().find((c) => c.home === home);
    if (!conversation) throw new Error(`The team ${home.name} has no channel in which Teams could report anything.`);
    return { conversation };
  }

  async function announce(
    user: TeamsUser,
    home: TeamsUser | Team | GroupChat,
    added: boolean,
  ): Promise<readonly Answer[]> {
    const place = placeOf(home);
    const { conversation } = place;
    const change = { [added ? 'membersAdded' : 'membersRemoved']: [{ id: state.bot.id }] };
    const inTeam = conversation.kind === 'channel' ? (added ? 'teamMemberAdded' : 'teamMemberRemoved') : undefined;
    const update = activities.event('conversationUpdate', user, place, change, inTeam);
    const install = activities.event('installationUpdate', user, place, { action: added ? 'add' : 'remove' });
    state.emit({ kind: 'roster', conversation: conversation.id });
    // Leaving a 1:1 chat is not a change of its members: only the install event tells of it.
    const events = conversation.kind === 'personal' && !added ? [install] : [update, install];
    const answers: Answer[] = [];
    for (const event of events) answers.push(await courier.deliver(event, turnOutcome));
    return answers;
  }

  const homeOf = ({ user, place }: Installing) => ({
    user: state.user(user),
    home: place === 'personal' ? state.user(user) : state.home(place),
  });

  async function change(joining: Joining, added: boolean): Promise<Answer> {
    const user = state.user(joining.user);
    const home = state.home(joining.place);
    if (added) home.members.add(user);
    else home.members.delete(user);
    const place = placeOf(home);
    state.emit({ kind: 'roster', conversation: place.conversation.id });
    if (!home.installed) return undelivered('');
    const who: Json = { id: user.id, aadObjectId: user.aadObjectId };
    const fields = { [added ? 'membersAdded' : 'membersRemoved']: [who] };
    const inTeam =
      place.conversation.kind === 'channel' ? (added ? 'teamMemberAdded' : 'teamMemberRemoved') : undefined;
    return courier.deliver(activities.event('conversationUpdate', user, place, fields, inTeam), turnOutcome);
  }

  return {
    /** The person adds the bot: conversationUpdate, then installationUpdate. */
    async install(installing: Installing): Promise<readonly Answer[]> {
      const { user, home } = homeOf(installing);
      state.setInstalled(home, true);
      return announce(user, home, true);
    },
    /** The person removes the bot: from now on it gets 403 there. */
    async uninstall(installing: Installing): Promise<readonly Answer[]> {
      const { user, home } = homeOf(installing);
      state.setInstalled(home, false);
      return announce(user, home, false);
    },
    /** Tells the bot once more of every place it is installed in: what it would have heard before it was connected. */
    async announceInstalls(): Promise<readonly Answer[]> {
      const homes = new Set(
        state
          .conversations()
          .filter(state.botIsIn)
          .map((c) => c.home),
      );
      const answers: Answer[] = [];
      for (const home of homes) {
        const [first] = 'members' in home ? home.members : [home];
        if (first && ('members' in home || state.isAdded(home))) answers.push(...(await announce(first, home, true)));
      }
      return answers;
    },
    addMember: (joining: Joining): Promise<Answer> => change(joining, true),
    removeMember: (joining: Joining): Promise<Answer> => change(joining, false),
  };
}
