import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { createAddresses } from '../src/addresses.ts';
import { parseSettings } from '../src/settings-file.ts';
import { slackPath } from '../src/slack/manifest.ts';
import { teamsManifest } from '../src/teams/manifest.ts';
import { runTool, toolTest } from './support/tools.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
/** The values that docs/installing.md tells people to start from. */
const source = /```yaml\n([\s\S]+?)```/.exec(read('docs/installing.md'))?.[1] ?? '';

test('the values in docs/installing.md are such as the chart and the bot take', () => {
  const values = { ...parse(read('deploy/chart/values.yaml')), ...parse(source) };
  const fits = new Ajv({ strict: false, validateSchema: false }).compile(
    JSON.parse(read('deploy/chart/values.schema.json')),
  );
  expect([fits(values), fits.errors]).toEqual([true, null]);
  expect(fits({ ...values, imagee: {} })).toBe(false);
  const settings = parseSettings(JSON.stringify(values.settings), 'groundcrew.yaml');
  expect(settings.roles.platform.emails).toEqual(['grace@acme.example']);
  expect(settings.channels.teams.checkout).toEqual(['slack:T0123456789/C1111111111']);
});

type Path = { readonly path: string; readonly pathType: 'Exact' | 'Prefix' };
/** As an ingress matches: whole elements of the path. */
const serves = ({ path, pathType }: Path, asked: string): boolean =>
  asked === path || (pathType === 'Prefix' && asked.startsWith(`${path}/`));

type Container = {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
};

toolTest(['helm'], 'the chart opens the addresses that the bot gives away, and no others', async () => {
  const ran = await runTool('helm', ['template', 'groundcrew', join(root, 'deploy/chart'), '-f', '-'], {
    input: source,
  });
  expect([ran.code, ran.err]).toEqual([0, '']);
  const objects = parseAllDocuments(ran.out).map((doc) => doc.toJS());
  const made = (kind: string) => objects.find((object) => object?.kind === kind);
  // Its own file system can’t be written: what was compiled lies in a volume, where nobody else writes code for it.
  const [bot, ...others]: readonly Container[] = made('Deployment').spec.template.spec.containers;
  const cache = bot?.env.find(({ name }) => name === 'NODE_COMPILE_CACHE')?.value ?? '';
  const volume = bot?.volumeMounts.find((m) => !m.readOnly && cache.startsWith(`${m.mountPath}/`))?.name;
  expect(volume).toBeDefined();
  expect(others.flatMap((c) => c.volumeMounts).filter((m) => m.name === volume)).toEqual([]);
  const ingress = made('Ingress');
  const paths: readonly Path[] = ingress.spec.rules[0].http.paths;
  const open = (address: string): boolean => paths.some((one) => serves(one, new URL(address).pathname));

  const origin = 'https://groundcrew.example.com';
  const id = crypto.randomUUID();
  const { developer, staticTabs } = teamsManifest({
    appId: id,
    botId: id,
    version: '1.0.0',
    baseUrl: origin,
    commands: [{ title: 'help', description: 'What I can do for you' }],
  });
  const page = createAddresses(() => origin, Buffer.alloc(32)).of('/announcements/7');
  const given = [
    `${origin}${slackPath}`,
    `${origin}/api/messages`,
    `${origin}/github/events`,
    developer.websiteUrl,
    developer.privacyUrl,
    developer.termsOfUseUrl,
    ...staticTabs.flatMap((tab) => ('contentUrl' in tab ? [tab.contentUrl] : [])),
    `${origin}/tabs/act`,
    page ?? '',
  ];
  expect(given.filter((address) => !open(address))).toEqual([]);
  expect(given.length).toBeGreaterThan(8);
  const inside = ['/healthz', '/readyz', '/metrics', '/statistics', '/tabsy'];
  expect(inside.filter((path) => open(`${origin}${path}`))).toEqual([]);
});
