import { z } from 'zod';
import { type PlaceId, placeId } from './kernel/ids.ts';

const slackLink = /^https:\/\/app\.slack\.com\/client\/([TE][A-Z0-9]+)\/([CG][A-Z0-9]+)/;
const teamsLink = /^https:\/\/teams\.(?:microsoft|cloud\.microsoft)(?:\.com)?\/l\/channel\//;

/** A part of an address as it reads; empty when it was cut in the middle of an escape. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** A channel as a person can write it: the link that the client copies, or `slack:T…/C…`, or `teams:<tenant>/19:…`. */
function channel(written: string): PlaceId | undefined {
  const slack = slackLink.exec(written);
  if (slack) return placeId('slack', slack[1] as string, slack[2] as string);
  if (teamsLink.test(written)) {
    const url = new URL(written);
    const tenant = url.searchParams.get('tenantId');
    const id = decoded(url.pathname.split('/')[3] ?? '');
    return tenant && id ? placeId('teams', tenant.toLowerCase(), id) : undefined;
  }
  return /^(slack:T[A-Z0-9]+\/[CGD][A-Z0-9]+|teams:[0-9a-f-]{36}\/19:\S+)$/i.test(written)
    ? (written as PlaceId)
    : undefined;
}

/** A channel, as files name it. */
export const place = z.string().transform((written, ctx) => {
  const found = channel(written.trim());
  if (found) return found;
  ctx.addIssue({
    code: 'custom',
    message: `“${written}” is not a channel. Paste the channel’s link (from Slack in the browser: https://app.slack.com/client/T…/C…; from Teams: “Get link to channel”), or write slack:T…/C… or teams:<tenant id>/19:…`,
  });
  return z.NEVER;
});
