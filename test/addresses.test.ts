import { expect, test } from 'vitest';
import { createAddresses } from '../src/addresses.ts';

const key = Buffer.alloc(32, 1);
const addresses = createAddresses(() => 'https://groundcrew.example.com/', key);
const made = addresses.of('/calendar/session/7.ics') as string;
const path = made.slice('https://groundcrew.example.com'.length);

test('an address carries a signature over its path, and is read back', () => {
  expect(made).toMatch(/^https:\/\/groundcrew\.example\.com\/s\/[\w-]{32}\/calendar\/session\/7\.ics$/);
  expect(addresses.read(path)).toBe('/calendar/session/7.ics');
  expect(addresses.read(`${path}?utm_source=x`)).toBe('/calendar/session/7.ics');
});

test.each([
  ['another path', path.replace('/7.ics', '/8.ics')],
  ['a signature that is cut', path.slice(0, 20)],
  ['no signature', '/s//calendar/session/7.ics'],
  ['a signature of other characters', path.replace(/^\/s\/.{32}/, `/s/${'é'.repeat(32)}`)],
  ['a path of something else', '/calendar/session/7.ics'],
  ['nothing', '/s/'],
])('%s is not ours', (_, url) => {
  expect(addresses.read(url)).toBeUndefined();
});

test('another installation signs otherwise', () => {
  expect(createAddresses(() => 'https://x.test', Buffer.alloc(32, 2)).read(path)).toBeUndefined();
});

test('there are no addresses while we do not know how the world reaches us', () => {
  expect(createAddresses(() => undefined, key).of('/x')).toBeUndefined();
});
