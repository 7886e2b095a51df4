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

type Pod = {
  readonly containers: readonly { readonly env: readonly { readonly name: string }[] }[];
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
};

toolTest(['helm'], 'the chart opens the addresses that the bot gives away, and no others', async () => {
  const ran = await runTool('helm', ['template', 'groundcrew', join(root, 'deploy/chart'), '-f', '-'], {
    input: source,
  });
  expect([ran.code, ran.err]).toEqual([0, '']);
  const objects = parseAllDocuments(ran.out).map((doc) => doc.toJS());
  const made = (kind: string) => objects.find((object) => object?.kind === kind);
  // What the image has compiled is found by the same user, with the same options, in the folder that it was compiled into.
  const { containers, securityContext }: Pod = made('Deployment').spec.template.spec;
  const image = read('deploy/Dockerfile');
  expect(image).toContain(`\nUSER ${securityContext.runAsUser}:${securityContext.runAsGroup}\n`);
  const names = containers[0]?.env.map(({ name }) => name);
  expect(names).toContain('DATA_DIR');
  expect(names?.filter((name) => name.startsWith('NODE_'))).toEqual([]);
  const settled = ['ENV NODE_OPTIONS=', 'USER ', 'RUN ["/app/node_modules/node/bin/node", "/app/src/cli/warm.ts"]'];
  const order = settled.map((line) => image.indexOf(`\n${line}`));
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
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
