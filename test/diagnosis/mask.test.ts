import { expect, test } from 'vitest';
import { mask, secretName } from '../../src/core/diagnosis/mask.ts';

const secrets: readonly (readonly [text: string, masked: string])[] = [
  ['postgres://shop:s3cr:et@db:5432/shop', 'postgres://shop:(hidden)@db:5432/shop'],
  ['amqps://u:p%40ss@mq/vhost?x=1', 'amqps://u:(hidden)@mq/vhost?x=1'],
  ['password=hunter2', 'password=(hidden)'],
  ['password: correcthorse', 'password: (hidden)'],
  ['DB_PASSWORD: "x y"', 'DB_PASSWORD: (hidden)'],
  ['Server=db;User Id=sa;Password=hunter2;Encrypt=true', 'Server=db;User Id=sa;Password=(hidden);Encrypt=true'],
  ['Authorization: Bearer abcdefgh123', 'Authorization: Bearer (hidden)'],
  ['{"api_key":"abc123def","user":"bob"}', '{"api_key":(hidden),"user":"bob"}'],
  ['AWS_SECRET_ACCESS_KEY=abc/def', 'AWS_SECRET_ACCESS_KEY=(hidden)'],
  ['https://x.blob.core.windows.net/?sig=abc%3D&se=1', 'https://x.blob.core.windows.net/?sig=(hidden)&se=1'],
  ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef back', 'got (hidden) token back'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '(hidden) private key'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE, and cut off', '(hidden) private key'],
  [`ghp_${'a'.repeat(36)}`, '(hidden)'],
  [`glpat-${'a'.repeat(20)}`, '(hidden)'],
  ['xoxb-23984754863-2348975623103', '(hidden)'],
  ['AKIAIOSFODNN7EXAMPLE', '(hidden)'],
  [`sk-${'a'.repeat(40)}`, '(hidden)'],
  [`npm_${'a'.repeat(36)}`, '(hidden)'],
];

test.each(secrets)('%s', (text, masked) => {
  expect(mask(text)).toBe(masked);
  expect(mask(masked)).toBe(masked);
});

test.each([
  'secret "shop-db" not found',
  'MountVolume.SetUp failed for volume "db-secret" : secret "db-secret" not found',
  "couldn't find key password in Secret shop/shop-db",
  'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  'unexpected status from GET request to https://ghcr.io/token: 403 Forbidden',
  'error looking up service account shop/app: serviceaccount "app" not found',
  "KeyError: 'API_TOKEN'",
  'exceeded quota: compute, requested: requests.memory=256Mi, used: requests.memory=1Gi',
  'token: expired at noon',
])('what says why stays: %s', (text) => expect(mask(text)).toBe(text));

test('names of secrets, and names that only sound like it', () => {
  const names = ['DB_PASSWORD', 'API_KEY', 'stripeToken', 'SESSION_SECRET', 'aws_access_key_id', 'DATABASE_DSN'];
  expect(names.filter((n) => !secretName(n))).toEqual([]);
  expect(['MONKEY', 'KEYBOARD', 'DB_HOST', 'AUTHOR', 'PATH', 'PASSENGERS'].filter(secretName)).toEqual([]);
});

test('a hostile text costs no more than a long one', () => {
  const began = process.cpuUsage().user;
  for (const part of ['token: ', 'a-', 'x://', 'password="', 'eyJ', '-----BEGIN PRIVATE KEY-----', 'Bearer ', 'a:b@'])
    mask(part.repeat(8_000 / part.length));
  expect((process.cpuUsage().user - began) / 1000).toBeLessThan(2_000);
});
