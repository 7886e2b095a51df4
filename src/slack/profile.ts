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

/**
 * Whether the workspace vouches for the address, since people are one across platforms by it. Not a bot's; not that of
 * somebody from another workspace (Slack Connect), whose admins may write what they like; a guest's only when Slack says
 * that it was confirmed.
 */
function vouchedFor(user: SlackUser, team: string): boolean {
  const isOurs = user.team_id === undefined || user.team_id === team || user.enterprise_user?.teams?.includes(team);
  if (user.is_bot || user.is_stranger || !isOurs) return false;
  return user.is_restricted || user.is_ultra_restricted
    ? user.is_email_confirmed === true
    : user.is_email_confirmed !== false;
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
  };
}
