import { createHmac, randomBytes } from 'node:crypto';
import { accounts, team, tenant } from './people.ts';

/* Requests as Slack and Teams send them. Each is new: another trigger, another signature, another activity. */

export type SlackTarget = { readonly kind: 'slack'; readonly secret: string; readonly text: string };
export type TeamsTarget = {
  readonly kind: 'teams';
  readonly token: string;
  readonly appId: string;
  readonly serviceUrl: string;
  /** The button that is pressed. */
  readonly press: { readonly name: string; readonly value: string };
};
export type Target = SlackTarget | TeamsTarget;

const post = (path: string, headers: Readonly<Record<string, string>>, body: string): Buffer => {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.map(([k, v]) => `${k}: ${v}`).join('\r\n')}\r\n\r\n${body}`,
  );
};

// A run must not repeat the deliveries of another one on the same database.
const run = randomBytes(6).toString('hex');
let count = 0;

function command({ secret, text }: SlackTarget): Buffer {
  count += 1;
  const user = accounts.slack(count);
  const fields = {
    token: 'gIkuvaNzQIHg97ATvDxqgjtO',
    team_id: team,
    team_domain: 'bench',
    channel_id: 'C0BENCH',
    channel_name: 'platform',
    user_id: user,
    user_name: user.toLowerCase(),
    command: '/platform',
    text,
    api_app_id: 'A0BENCH',
    is_enterprise_install: 'false',
    response_url: `https://hooks.slack.com/commands/${team}/${count}/${run}`,
    trigger_id: `${count}.${Date.now()}.${run}`,
  };
  const body = new URLSearchParams(fields).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return post(
    '/slack/events',
    {
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      accept: '*/*',
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  );
}

function invoke({ token, appId, serviceUrl, press }: TeamsTarget): Buffer {
  count += 1;
  const { aadObjectId, id, name } = accounts.teams(count);
  const body = JSON.stringify({
    type: 'invoke',
    name: 'adaptiveCard/action',
    id: `f:${run}-${count}`,
    timestamp: new Date().toISOString(),
    localTimestamp: new Date().toISOString(),
    localTimezone: 'UTC',
    locale: 'en-GB',
    serviceUrl,
    channelId: 'msteams',
    from: { id, name, aadObjectId },
    conversation: { id: `a:${aadObjectId}`, conversationType: 'personal', tenantId: tenant },
    recipient: { id: `28:${appId}`, name: 'Groundcrew' },
    entities: [{ type: 'clientInfo', locale: 'en-GB', country: 'GB', platform: 'Web', timezone: 'UTC' }],
    channelData: { tenant: { id: tenant }, source: { name: 'message' } },
    replyToId: `170000000${count}`,
    value: {
      action: { type: 'Action.Execute', title: 'Open', verb: press.name, data: { value: press.value } },
      trigger: 'manual',
    },
  });
  const headers = {
    accept: '*/*',
    'content-type': 'application/json; charset=utf-8',
    authorization: `Bearer ${token}`,
  };
  return post('/api/messages', headers, body);
}

/** The next request to a target. */
export const nextRequest = (target: Target): Buffer => (target.kind === 'slack' ? command(target) : invoke(target));
