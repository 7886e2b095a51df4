#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { loadEnvFile } from 'node:process';
import { parseArgs } from 'node:util';
import { Problem } from '../core/kernel/problem.ts';

const usage = `groundcrew: the platform team's chat bot for Slack and Microsoft Teams

  groundcrew start                     start the bot; with nothing configured, the playground
  groundcrew migrate                   bring the database up to date, and end
  groundcrew manifest slack            print the Slack app manifest
      --url https://bot.example.com    receive requests over HTTP at this address, not in Socket Mode
  groundcrew manifest teams            write the Teams app package
      --out app.zip                    where to
      --url https://bot.example.com    how the world reaches the bot (or PUBLIC_URL)
      --legacy                         for tenants and tools that know no newer manifest than 1.19
  groundcrew audit export              print the audit, one line of JSON an entry
  groundcrew audit verify              check that no entry was changed, removed or moved
      --anchor <number>:<hash>         and that it still holds an entry that was noted before
  groundcrew metrics export            print the platform's numbers as CSV (docs/metrics.md explains them)
      --since 2026-03                  from the first of a month on, or 6m, 12w, 90d back
      --team checkout                  of one team
  groundcrew roadmap export            print the roadmap as a page of Markdown, for a docs site
      --by quarter                     or persona, in place of now, next and later
  groundcrew diagnose                  say why deployments fail, and what mends them
      -f dump.yaml                     from files rather than a cluster (groundcrew diagnose --help says more)
  groundcrew catalog check [folder]    check golden paths, and try each with sample values (for CI)
      --json                           the findings as JSON; exit status 1 when something has to be corrected
  groundcrew survey check [folder]     check survey files: every mistake with its line (for CI)
  groundcrew survey export <name>      what its closed runs found, as CSV: counts that may be shown, nothing else
      --by team, or --by persona       by one of these, where it may be shown
      --words                          what people wrote instead, in no order
      --json                           as JSON
  groundcrew help                      this text

Configuration comes from the environment and a .env file (.env.example describes it) and from groundcrew.yaml.
`;

const fail = (message: string, status: number): never => {
  process.stderr.write(`${message}\n`);
  process.exit(status);
};

async function start(): Promise<void> {
  const { readConfig } = await import('../config.ts');
  const config = readConfig(process.env);
  const { startGroundcrew } = await import('../main.ts');
  const onDeath = (error: Error) => fail(`Groundcrew has to stop: ${error.message}`, 1);
  const starting = startGroundcrew(config, { onDeath });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    process.stdout.write('Stopping: finishing what is under way.\n');
    // If something hangs beyond the grace, the outbox has it, and the next start goes on with it.
    setTimeout(() => process.exit(0), 10_000).unref();
    starting
      .then((bot) => bot.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => fail(`Stopped, but not cleanly: ${String(error)}`, 1),
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const bot = await starting;
  if (stopping) return;
  const { giveBackLater, optimise } = await import('./memory.ts');
  optimise();
  giveBackLater();
  process.stdout.write(
    bot.playground
      ? `Groundcrew is ready. Open ${bot.origin} and talk to it, in Slack and in Teams.\n${kubectlOf(bot)}This is the playground: nothing leaves this machine. README.md says how to connect your own Slack and Teams.\n`
      : `Groundcrew is ready on ${bot.origin} (health: /readyz).\n`,
  );
}

const kubectlOf = ({ kubeconfig, contexts = [] }: { kubeconfig?: string; contexts?: readonly string[] }): string =>
  kubeconfig === undefined
    ? ''
    : contexts.length === 0
      ? `Its cluster: KUBECONFIG=${kubeconfig} kubectl get pods -A\n`
      : `Its clusters: ${contexts.map((name) => `KUBECONFIG=${kubeconfig} kubectl --context ${name} get pods -A`).join('\n              ')}\n`;

async function migrateOnly(): Promise<void> {
  const { readConfig } = await import('../config.ts');
  const config = readConfig(process.env);
  if (!config.databaseUrl)
    fail('DATABASE_URL is not set. The embedded database is brought up to date by every start.', 2);
  const { migrateDatabase } = await import('./migrate.ts');
  process.stdout.write(`${await migrateDatabase({ connectionString: config.databaseUrl as string })}\n`);
}

async function manifest(
  which: string | undefined,
  options: { url?: string; out?: string; legacy?: boolean },
): Promise<void> {
  const { slackManifestText, teamsPackageBytes } = await import('./manifest.ts');
  if (which === 'slack') {
    process.stdout.write(slackManifestText(options.url));
    return;
  }
  if (which !== 'teams')
    fail(`Which manifest? groundcrew manifest slack, or groundcrew manifest teams.\n\n${usage}`, 2);
  const out = options.out ?? 'app.zip';
  await writeFile(
    out,
    teamsPackageBytes({
      appId: process.env.MICROSOFT_APP_ID,
      url: options.url ?? process.env.PUBLIC_URL,
      legacy: options.legacy ?? false,
    }),
  );
  process.stdout.write(`Wrote ${out}. Upload it in Teams: Apps, Manage your apps, Upload an app.\n`);
}

async function audit(which: string | undefined, anchor: string | undefined): Promise<void> {
  const { exportAudit, verifyAudit } = await import('./audit.ts');
  if (which === 'export') await exportAudit(process.env, process.stdout);
  else if (which === 'verify') process.stdout.write(`${await verifyAudit(process.env, anchor)}\n`);
  else fail(`What of the audit? groundcrew audit export, or groundcrew audit verify.\n\n${usage}`, 2);
}

async function metrics(which: string | undefined, asked: { team?: string; since?: string }): Promise<void> {
  if (which !== 'export') fail(`What of the metrics? groundcrew metrics export.\n\n${usage}`, 2);
  const { exportMetrics } = await import('./metrics.ts');
  await exportMetrics(process.env, asked, process.stdout, new Date());
}

async function roadmap(which: string | undefined, by: string | undefined): Promise<void> {
  if (which !== 'export') fail(`What of the roadmap? groundcrew roadmap export.\n\n${usage}`, 2);
  const { exportRoadmap } = await import('./roadmap.ts');
  await exportRoadmap(process.env, by, process.stdout, new Date());
}

async function catalog(which: string | undefined, folder: string | undefined, json: boolean): Promise<void> {
  if (which !== 'check') fail(`What of the catalog? groundcrew catalog check.\n\n${usage}`, 2);
  const { catalogCheck } = await import('./catalog.ts');
  const { text, status } = await catalogCheck(folder, json);
  process.stdout.write(text);
  process.exitCode = status;
}

async function survey(
  which: string | undefined,
  operand: string | undefined,
  { json = false, words = false, by }: { json?: boolean; words?: boolean; by?: string },
): Promise<void> {
  const { surveyCheck, surveyExport } = await import('./survey.ts');
  if (which === 'export') {
    if (operand === undefined)
      return fail(
        'Which survey? groundcrew survey export <name>, such as platform. “survey list” in chat names them.',
        2,
      );
    process.stdout.write(await surveyExport(process.env, operand, { json, words, by }));
    return;
  }
  if (which !== 'check')
    fail(`What of the surveys? groundcrew survey check, or groundcrew survey export.\n\n${usage}`, 2);
  const { text, status } = await surveyCheck(operand);
  process.stdout.write(text);
  process.exitCode = status;
}

async function run(): Promise<void> {
  if (existsSync('.env')) loadEnvFile('.env');
  // It has options of its own, and should not wait for what the bot needs.
  if (process.argv[2] === 'diagnose') {
    const { diagnoseCommand } = await import('./diagnose.ts');
    process.exitCode = await diagnoseCommand(process.argv.slice(3));
    return;
  }
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      out: { type: 'string' },
      legacy: { type: 'boolean' },
      anchor: { type: 'string' },
      json: { type: 'boolean' },
      since: { type: 'string' },
      team: { type: 'string' },
      words: { type: 'boolean' },
      by: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [command = 'help', which, operand] = positionals;
  const commands: Readonly<Record<string, () => Promise<void>>> = {
    start,
    migrate: migrateOnly,
    manifest: () => manifest(which, values),
    audit: () => audit(which, values.anchor),
    metrics: () => metrics(which, values),
    roadmap: () => roadmap(which, values.by),
    catalog: () => catalog(which, operand, values.json ?? false),
    survey: () => survey(which, operand, values),
    help: async () => void process.stdout.write(usage),
  };
  const chosen = values.help ? commands.help : commands[command];
  if (!chosen) fail(`groundcrew: there is no command “${command}”. “groundcrew help” lists those that there are.`, 2);
  await chosen?.();
}

try {
  await run();
} catch (error) {
  if (error instanceof Problem) fail(error.message, error.code === 'catalog_not_found' ? 2 : 1);
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    fail(`${error.message}\n\n${usage}`, 2);
  throw error;
}
