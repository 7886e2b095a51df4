import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ensureTemplates } from '../../src/cli/template.ts';
import { packTemplate, readTemplate, templatePaths, unpackTemplate } from '../../src/store/template.ts';
import { scratch } from './scratch.ts';

test('a template is named for the PGlite that made it, and a migrated one for the migrations', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const start = `node_modules/.cache/groundcrew/pglite-${dependencies['@electric-sql/pglite']}`;
  const { bare, migrated } = templatePaths();
  expect(bare.endsWith(`${start}.tar.gz`)).toBe(true);
  const print = /-([0-9a-f]{16})\.tar\.gz$/.exec(migrated)?.[1];
  expect(migrated.endsWith(`${start}-${print}.tar.gz`)).toBe(true);

  const folder = join(scratch(), 'migrations');
  cpSync(fileURLToPath(new URL('../../src/store/migrations', import.meta.url)), folder, { recursive: true });
  expect(templatePaths(folder)).toEqual({ bare, migrated });
  writeFileSync(join(folder, '0001_house.sql'), 'select 1;');
  const changed = templatePaths(folder);
  writeFileSync(join(folder, '9999_more.sql'), 'select 1;');
  const more = templatePaths(folder);
  expect([changed.bare, more.bare]).toEqual([bare, bare]);
  expect(new Set([migrated, changed.migrated, more.migrated]).size).toBe(3);
});

test('one that is there is kept, and one that cannot be made is said, not thrown', async () => {
  const folder = scratch();
  const migrated = join(folder, 'template.tar.gz');
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  writeFileSync(migrated, gzipSync('a template'));
  const { mtimeMs } = statSync(migrated);
  await ensureTemplates(say, () => ({ bare: join(folder, 'bare'), migrated }));
  expect(statSync(migrated).mtimeMs).toBe(mtimeMs);
  expect(said).toEqual([]);

  const below = (name: string) => join(migrated, name);
  await ensureTemplates(say, () => ({ bare: below('bare'), migrated: below('migrated') }));
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^groundcrew: no database template was made \(.*\); the first start .*\n$/);
  expect(readdirSync(folder)).toEqual(['template.tar.gz']);
});

test('what is missing, cut short or no archive is no template', () => {
  const folder = scratch();
  const path = join(folder, 'template.tar.gz');
  expect(readTemplate(path)).toBeUndefined();
  writeFileSync(path, 'text');
  expect(readTemplate(path)).toBeUndefined();
  writeFileSync(path, gzipSync('x'.repeat(100_000)).subarray(0, 50));
  expect(readTemplate(path)).toBeUndefined();
  expect(() => unpackTemplate(Buffer.alloc(2048), join(folder, 'empty'))).toThrow('PG_VERSION');
});

test('folders, empty folders and files of every length are unpacked as they were', () => {
  const entry = (name: string, content: string, type: string) => {
    const block = Buffer.alloc(512 + Math.ceil(content.length / 512) * 512);
    block.write(name, 0);
    block.write(content.length.toString(8).padStart(11, '0'), 124);
    block.write(type, 156);
    block.write(content, 512);
    return block;
  };
  const folder = join(scratch(), 'pg');
  const tar = Buffer.concat([
    entry('/PG_VERSION', '18\n', '0'),
    entry('/base', '', '5'),
    entry('/base/1/112', 'a'.repeat(512), '0'),
    entry('/base/1/113', 'b'.repeat(513), '0'),
    entry('/base/1/114', '', '0'),
    Buffer.alloc(1024),
  ]);
  mkdirSync(folder);
  unpackTemplate(tar, folder);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(
    ['PG_VERSION', 'base', 'base/1', 'base/1/112', 'base/1/113', 'base/1/114'].sort(),
  );
  expect(readFileSync(join(folder, 'base/1/113'), 'utf8')).toBe('b'.repeat(513));
  expect(statSync(join(folder, 'base/1/114')).size).toBe(0);
  expect(statSync(join(folder, 'base')).mode & 0o777).toBe(0o700);
});

test('a folder is packed as it is unpacked', () => {
  const folder = scratch();
  const from = join(folder, 'from');
  mkdirSync(join(from, 'base', '1'), { recursive: true });
  mkdirSync(join(from, 'pg_tblspc'));
  const contents = {
    PG_VERSION: '18\n',
    'base/1/112': 'a'.repeat(512),
    'base/1/113': 'b'.repeat(513),
    'base/empty': '',
  };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(from, name), content);
  const to = join(folder, 'to');
  unpackTemplate(packTemplate(from), to);
  expect(readdirSync(to, { recursive: true }).toSorted()).toEqual(
    [...Object.keys(contents), 'base', 'base/1', 'pg_tblspc'].toSorted(),
  );
  for (const [name, content] of Object.entries(contents)) expect(readFileSync(join(to, name), 'utf8')).toBe(content);
});
