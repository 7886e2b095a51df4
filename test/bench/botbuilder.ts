import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AdaptiveCardInvokeResponse,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  TeamsActivityHandler,
} from 'botbuilder';

/*
 * The bare botbuilder bot that invokes are compared with: its own adapter checks the token against the same keys, and
 * it answers the same words. It remembers nothing and knows nobody. What express would add to each request is left out.
 */

const { BENCH_APP_ID = '', BENCH_TENANT = '', BENCH_KEYS = '', BENCH_ANSWER = '{}' } = process.env;
const answer: AdaptiveCardInvokeResponse = JSON.parse(BENCH_ANSWER);

class Bot extends TeamsActivityHandler {
  override async onAdaptiveCardInvoke(): Promise<AdaptiveCardInvokeResponse> {
    return answer;
  }
}
const bot = new Bot();
const adapter = new CloudAdapter(
  new ConfigurationBotFrameworkAuthentication({
    MicrosoftAppType: 'SingleTenant',
    MicrosoftAppId: BENCH_APP_ID,
    MicrosoftAppTenantId: BENCH_TENANT,
    MicrosoftAppPassword: 'not used: nothing is sent',
    BotOpenIdMetadata: BENCH_KEYS,
    // One address of our own makes botbuilder forget all others that it knows.
    ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
    ToChannelFromBotLoginUrl: 'https://login.microsoftonline.com/botframework.com',
    ToChannelFromBotOAuthScope: 'https://api.botframework.com',
  }),
);

async function bodyOf(req: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** What botbuilder asks of a web framework's response. */
const response = (res: ServerResponse) => ({
  socket: res.socket,
  header: (name: string, value: unknown) => res.setHeader(name, String(value)),
  status: (code: number) => {
    res.statusCode = code;
  },
  send: (body: unknown) => {
    res.setHeader('content-type', 'application/json; charset=utf-8');
    res.write(typeof body === 'string' ? body : JSON.stringify(body));
  },
  end: () => res.end(),
});

const server = createServer(async (req, res) => {
  const body = await bodyOf(req);
  const { method = '', headers } = req;
  await adapter.process({ method, headers, body }, response(res), (context) => bot.run(context));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`ready on ${(server.address() as AddressInfo).port}\n`));
process.on('SIGTERM', () => process.exit(0));
