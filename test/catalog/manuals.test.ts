import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createManuals } from '../../src/catalog/manuals.ts';
import type { Catalog } from '../../src/core/catalog/path.ts';
import { aPath } from './support.ts';

const manual =
  '# Hello\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![i](https://evil.example/i.png) **bold**\n';
const own = aPath({ name: 'own', docs: 'README.md', manual, title: 'A <b>title</b>' });
let closing = () => {};
afterEach(() => closing());

async function serving(catalog: Catalog, address?: string) {
  let base = address;
  const manuals = createManuals(() => catalog, { base: () => base, team: () => 'the <platform> team' });
  const server = createServer((req, res) => {
    void manuals.handle(req, res).then((answered) => answered || res.writeHead(404).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing = () => server.close();
  base ??= `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { manuals, base };
}

test('a file of the path becomes a page, with nothing in it that runs or loads', async () => {
  const catalog = { paths: [own, aPath()], broken: [] };
  const { manuals } = await serving(catalog);
  const [linked, other] = manuals.over(catalog).paths;
  expect(other?.docs).toBe('https://docs.example.com/postgres');
  expect(linked?.docs).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/golden-paths\/own\/[0-9a-f]{24}$/);
  expect(manuals.over(catalog)).toBe(manuals.over(catalog));

  const answer = await fetch(linked?.docs ?? '');
  const text = await answer.text();
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
  expect(text).toContain('<h1>Hello</h1>');
  expect(text).toContain('<strong>bold</strong>');
  expect(text).not.toMatch(/<script|<img|href="javascript|<b>title|<platform>/);
});

test('nobody finds it who was not given the address', async () => {
  const catalog = { paths: [own], broken: [] };
  const { manuals, base } = await serving(catalog);
  const address = manuals.over(catalog).paths[0]?.docs ?? '';
  const status = async (url: string, method = 'GET') => (await fetch(url, { method })).status;
  expect(await status(`${base}/golden-paths/own`)).toBe(404);
  expect(await status(`${base}/golden-paths/own/${'0'.repeat(24)}`)).toBe(404);
  expect(await status(address, 'POST')).toBe(404);
  expect(await status(`${address}?x=1`)).toBe(200);
});

test('without an address of ours, docs stay what they are', async () => {
  const catalog = { paths: [own], broken: [] };
  const manuals = createManuals(() => catalog, { base: () => undefined, team: () => 'x' });
  expect(manuals.over(catalog)).toBe(catalog);
});
