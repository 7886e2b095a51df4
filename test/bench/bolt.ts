import bolt from '@slack/bolt';

/*
 * The bare Bolt app that commands are compared with: it checks the signature and answers the same text. It remembers
 * nothing, knows nobody and notices no delivery that comes twice.
 */

const { BENCH_SECRET = '', BENCH_ANSWER = '{}' } = process.env;
const answer = JSON.parse(BENCH_ANSWER);
const app = new bolt.App({
  token: 'xoxb-bench',
  botId: 'B0BENCH',
  botUserId: 'U0BENCH',
  signingSecret: BENCH_SECRET,
  logLevel: bolt.LogLevel.ERROR,
});
app.command('/platform', async ({ ack }) => ack(answer));
const server = await app.start({ port: 0, host: '127.0.0.1' });
const address = server.address();
process.stdout.write(`ready on ${typeof address === 'object' ? address?.port : address}\n`);
process.on('SIGTERM', () => process.exit(0));
