import { accountId, clean, type Profile } from '../core/kernel/index.ts';
import type { SlackUser } from './payloads.ts';

const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/** Of another workspace, by Slack Connect. */
const isStranger = (user: SlackUser, team: string): boolean =>
  user.is_stranger === true ||
  !(user.team_id === undefined || user.team_id === team || user.enterprise_user?.teams?.includes(team));

const isGuest = (user: SlackUser, team: string): boolean =>
  user.is_restricted === true || user.is_ultra_restricted === true || isStranger(user, team);

/**
 * Whether the workspace vouches for the address, since people are one across platforms by it. Not a bot's; not that of
 * somebody from another workspace (Slack Connect), whose admins may write what they like; a guest's only when Slack says
 * that it was confirmed.
 */
function vouchedFor(user: SlackUser, team: string): boolean {
  if (user.is_bot || isStranger(user, team)) return false;
  return isGuest(user, team) ? user.is_email_confirmed === true : user.is_email_confirmed !== false;
}

/** A user of Slack as a profile. `team` is the workspace where the bot is installed: it is the home of the account. */
export function profileOf(user: SlackUser, team: string): Profile {
  const email = vouchedFor(user, team) ? user.profile?.email?.trim().toLowerCase() : undefined;
  const names = [user.profile?.real_name, user.real_name, user.profile?.display_name, user.name];
  const zone = user.tz && isZone(user.tz) ? user.tz : undefined;
  return {
    account: accountId('slack', team, user.id),
    name: names.map((name) => clean(name ?? '').trim()).find((name) => name !== '') ?? user.id,
    ...(email ? { email } : {}),
    ...(zone ? { zone } : {}),
    active: user.deleted !== true && user.is_bot !== true,
    ...(isGuest(user, team) ? { guest: true } : {}),
  };
}
