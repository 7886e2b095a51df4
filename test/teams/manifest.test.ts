import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { crc32, inflateSync } from 'node:zlib';
import ajvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/core/kernel/problem.ts';
import { colourIcon, logoPng, outlineIcon } from '../../src/teams/icons.ts';
import { type ManifestOptions, teamsManifest, teamsPackage } from '../../src/teams/manifest.ts';

const BOT = '55555555-5555-4555-8555-555555555555';
const options = (over: Partial<ManifestOptions> = {}): ManifestOptions => ({
  appId: '66666666-6666-4666-8666-666666666666',
  botId: BOT,
  baseUrl: 'https://bot.example.com',
  version: '1.2.3',
  commands: [
    { title: 'feedback', description: 'Tell the platform team what you need' },
    { title: 'help', description: 'What I can do' },
  ],
  ...over,
});
const many = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({ title: `command ${nth}`, description: `Does thing ${nth}` }));

const require = createRequire(import.meta.url);
const schemas = dirname(require.resolve('@microsoft/app-manifest/package.json'));
/** Microsoft's own schema file, from its app-manifest package. The manifest's version is set to the schema's. */
function faults(manifest: object, version: string): readonly string[] {
  const file = join(schemas, `build/json-schemas/teams/v${version}/MicrosoftTeams.schema.json`);
  const ajv = new ajvDraft04.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
  // As JSON, because that is what Teams reads.
  validate(JSON.parse(JSON.stringify({ ...manifest, manifestVersion: version })));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

describe('Microsoft’s schema', () => {
  test.each(['1.29', '1.30'])('%s accepts the current form', (version) => {
    expect(faults(teamsManifest(options({ commands: many(36) })), version)).toEqual([]);
  });

  test.each(['1.19', '1.20', '1.23', '1.24', '1.25', '1.28', '1.29', '1.30'])(
    '%s accepts the legacy form',
    (version) => {
      expect(faults(teamsManifest(options({ legacy: true, commands: many(30) })), version)).toEqual([]);
    },
  );

  test('1.28 refuses the current form, which is why there are two', () => {
    expect(faults(teamsManifest(options()), '1.28')).toContain('/bots/0 must NOT have additional properties');
  });

  test('every text at its limit is accepted', () => {
    const command = (length: number) => [{ title: 't'.repeat(length), description: 'd'.repeat(128) }];
    const name = 'n'.repeat(30);
    expect(faults(teamsManifest(options({ name, commands: command(128) })), '1.29')).toEqual([]);
    expect(faults(teamsManifest(options({ name, commands: command(32), legacy: true })), '1.19')).toEqual([]);
  });
});

test('the current form: commands after @ and /, a form behind a slash, private messages, no consent asked', () => {
  const manifest = teamsManifest(options());
  expect(manifest.manifestVersion).toBe('1.29');
  expect(manifest.$schema).toBe('https://developer.microsoft.com/json-schemas/teams/v1.29/MicrosoftTeams.schema.json');
  expect(manifest).toMatchObject({ id: options().appId, version: '1.2.3', supportsChannelFeatures: 'tier1' });
  expect(manifest.validDomains).toEqual(['bot.example.com']);
  expect(manifest.bots).toEqual([
    {
      botId: BOT,
      scopes: ['personal', 'team', 'groupChat'],
      isNotificationOnly: false,
      supportsTargetedMessages: true,
      commandLists: [
        { scopes: ['personal', 'team', 'groupChat'], triggers: ['mention', 'slash'], commands: options().commands },
      ],
    },
  ]);
  const [extension] = manifest.composeExtensions;
  expect(extension?.botId).toBe(BOT);
  expect(extension?.commands).toMatchObject([
    { id: 'feedback', type: 'action', context: ['compose', 'commandBox'], triggers: ['slash'], fetchTask: true },
    { id: 'backlog', type: 'action', title: 'Send to the platform backlog', context: ['message'], fetchTask: true },
  ]);
  expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['authorization']));
  // The tab, and who looks at it: no consent of an administrator is asked beyond that.
  expect(manifest.staticTabs).toEqual([
    { entityId: 'home', name: 'Home', contentUrl: 'https://bot.example.com/tabs/home', scopes: ['personal'] },
    { entityId: 'conversations', scopes: ['personal'] },
  ]);
  expect(manifest.webApplicationInfo).toEqual({ id: BOT, resource: `api://bot.example.com/${BOT}` });
});

test('the legacy form leaves out what 1.19 does not know, and keeps the commands', () => {
  const manifest = teamsManifest(options({ legacy: true }));
  expect(manifest.manifestVersion).toBe('1.19');
  expect(manifest.bots[0]?.commandLists).toEqual([
    { scopes: ['personal', 'team', 'groupChat'], commands: options().commands },
  ]);
  expect(JSON.stringify(manifest)).not.toMatch(/triggers|supportsTargetedMessages|supportsChannelFeatures/);
  expect(manifest.composeExtensions[0]?.commands.map((command) => command.id)).toEqual(['feedback', 'backlog']);
});

test.each([
  [1, false, [1]],
  [12, false, [12]],
  [13, false, [12, 1]],
  [36, false, [12, 12, 12]],
  [10, true, [10]],
  [11, true, [10, 1]],
  [30, true, [10, 10, 10]],
])('%i commands (legacy: %s) make lists of %j, and none is lost', (count, legacy, lengths) => {
  const lists = teamsManifest(options({ commands: many(count), legacy })).bots[0]?.commandLists ?? [];
  expect(lists.map((list) => list.commands.length)).toEqual(lengths);
  expect(lists.flatMap((list) => list.commands)).toEqual(many(count));
});

const one = (title: string, description = 'Does it') => ({ commands: [{ title, description }] });
test.each<[string, Partial<ManifestOptions>, RegExp]>([
  ['no commands', { commands: [] }, /commands/],
  ['37 commands', { commands: many(37) }, /37 commands, and manifest 1\.29 has room for 36/],
  ['31 commands, legacy', { commands: many(31), legacy: true }, /31 commands, and manifest 1\.19 has room for 30/],
  ['a title of 129 characters', one('t'.repeat(129)), /longer than 128/],
  ['a title of 33 characters, legacy', { ...one('t'.repeat(33)), legacy: true }, /longer than 32/],
  ['an empty title', one(' '), /commands\.0\.title/],
  ['no description', one('help', ''), /commands\.0\.description/],
  ['a description of 129 characters', one('help', 'd'.repeat(129)), /over 128/],
  ['a bot id that is none', { botId: 'groundcrew' }, /botId must be an id/],
  ['an app id that is none', { appId: '' }, /appId must be an id/],
  ['plain http', { baseUrl: 'http://bot.example.com' }, /baseUrl must be an https address/],
  ['an address with a path', { baseUrl: 'https://bot.example.com/teams' }, /baseUrl must be https:\/\/host/],
  ['an address with a login', { baseUrl: 'https://me@bot.example.com' }, /baseUrl must be https:\/\/host/],
  ['no address', { baseUrl: 'bot.example.com' }, /baseUrl/],
  ['a version of two numbers', { version: '1.2' }, /version must have three numbers/],
  ['a version with a leading zero', { version: '1.02.3' }, /version must have three numbers/],
  ['a name of 31 characters', { name: 'n'.repeat(31) }, /name/],
])('%s is refused, and it says which', (_name, over, message) => {
  expect(() => teamsManifest(options(over))).toThrow(Problem);
  expect(() => teamsManifest(options(over))).toThrow(message);
});

test('a developer’s own pages replace those of the bot', () => {
  const developer = {
    name: 'Acme Platform',
    websiteUrl: 'https://acme.example/platform',
    privacyUrl: 'https://acme.example/privacy',
    termsOfUseUrl: 'https://acme.example/terms',
  };
  expect(teamsManifest(options({ developer })).developer).toEqual(developer);
  expect(teamsManifest(options()).developer).toMatchObject({ privacyUrl: 'https://bot.example.com/privacy' });
});

describe('the package', () => {
  test('is a zip with three files at its root, the manifest among them as it was made', () => {
    const files = unzipSync(teamsPackage(options()));
    expect(Object.keys(files).sort()).toEqual(['color.png', 'manifest.json', 'outline.png']);
    const manifest = JSON.parse(strFromU8(files['manifest.json'] as Uint8Array));
    expect(manifest).toEqual(teamsManifest(options()));
    expect(Object.keys(files)).toEqual(expect.arrayContaining([manifest.icons.color, manifest.icons.outline]));
    expect(Buffer.from(files['color.png'] as Uint8Array).equals(colourIcon())).toBe(true);
    expect(Buffer.from(files['outline.png'] as Uint8Array).equals(outlineIcon())).toBe(true);
  });

  test('is the same bytes every time and in every zone', () => {
    const once = Buffer.from(teamsPackage(options()));
    expect(once.equals(teamsPackage(options()))).toBe(true);
    // The first file's DOS time and date, which hold local fields: 12:00:00 on 1 January 2026 wherever this runs.
    expect(once.readUInt16LE(10)).toBe(12 << 11);
    expect(once.readUInt16LE(12)).toBe(((2026 - 1980) << 9) | (1 << 5) | 1);
  });

  test('changes with its options', () => {
    expect(Buffer.from(teamsPackage(options())).equals(teamsPackage(options({ version: '1.2.4' })))).toBe(false);
  });
});

/** Our own reading of a PNG, which shares nothing with the writing of it. Throws on a damaged chunk. */
function readPng(png: Uint8Array) {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const named = bytes.subarray(at + 4, at + 8 + length);
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    chunks.set(named.toString('latin1', 0, 4), named.subarray(4));
    at += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR') as Buffer;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  // 8 bits a channel, RGBA, deflate, no interlacing.
  expect([...header.subarray(8)]).toEqual([8, 6, 0, 0, 0]);
  const rows = inflateSync(chunks.get('IDAT') as Buffer);
  expect(rows).toHaveLength(height * (1 + width * 4));
  const stride = 1 + width * 4;
  const lines = Array.from({ length: height }, (_, y) => rows.subarray(y * stride, (y + 1) * stride));
  // No line is filtered, so its bytes are the pixels.
  expect(new Set(lines.map((line) => line[0]))).toEqual(new Set([0]));
  const pixels = lines.map((line) => Array.from({ length: width }, (_, x) => [...line.subarray(1 + x * 4, 5 + x * 4)]));
  return { width, height, pixels };
}

describe('the icons', () => {
  test('colour: 192x192, opaque, white only within the middle 96x96', () => {
    const { width, height, pixels } = readPng(colourIcon());
    expect([width, height]).toEqual([192, 192]);
    expect(pixels.flat().every((pixel) => pixel[3] === 255)).toBe(true);
    const white = pixels.flatMap((row, y) => row.flatMap((pixel, x) => (Math.min(...pixel) === 255 ? [[x, y]] : [])));
    expect(white.length).toBeGreaterThan(500);
    expect(white.every(([x = 0, y = 0]) => x >= 48 && x < 144 && y >= 48 && y < 144)).toBe(true);
    expect(new Set(pixels.flat().map(String)).size).toBeGreaterThan(500);
  });

  test('outline: 32x32, white on transparent, with smooth edges', () => {
    const { width, height, pixels } = readPng(outlineIcon());
    expect([width, height]).toEqual([32, 32]);
    expect(pixels.flat().every(([red, green, blue]) => red === 255 && green === 255 && blue === 255)).toBe(true);
    const alphas = pixels.flat().map((pixel) => pixel[3] ?? 0);
    expect(alphas.filter((alpha) => alpha === 0).length).toBeGreaterThan(400);
    expect(alphas.filter((alpha) => alpha === 255).length).toBeGreaterThan(150);
    expect(alphas.filter((alpha) => alpha > 0 && alpha < 255).length).toBeGreaterThan(50);
    const border = pixels.flatMap((row, y) => row.filter((_, x) => x === 0 || y === 0 || x === 31 || y === 31));
    expect(border.every((pixel) => pixel[3] === 0)).toBe(true);
  });

  test.each([24, 48, 96])('the logo at %i pixels is a square, the same left and right', (size) => {
    const { width, height, pixels } = readPng(logoPng(size));
    expect([width, height]).toEqual([size, size]);
    expect(pixels.map((row) => [...row].reverse())).toEqual(pixels);
  });
});
