import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ensureTemplate, readTemplate, templatePath, unpackTemplate } from '../../src/store/template.ts';
import { scratch } from './scratch.ts';

test('the template is named for the PGlite that made it', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const name = `node_modules/.cache/groundcrew/pglite-${dependencies['@electric-sql/pglite']}.tar.gz`;
  expect(templatePath().endsWith(name)).toBe(true);
});

test('one that is there is kept, and one that cannot be made is said, not thrown', async () => {
  const folder = scratch();
  const path = join(folder, 'template.tar.gz');
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  writeFileSync(path, gzipSync('a template'));
  const { mtimeMs } = statSync(path);
  await ensureTemplate(path, say);
  expect(statSync(path).mtimeMs).toBe(mtimeMs);
  expect(said).toEqual([]);

  await ensureTemplate(join(path, 'below', 'a-file.tar.gz'), say);
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
