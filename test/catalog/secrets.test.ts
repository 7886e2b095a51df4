import { describe, expect, test } from 'vitest';
import { allWithoutSecrets, withoutSecrets } from '../../src/core/catalog/secrets.ts';

describe('what systems say', () => {
  test.each([
    ['login failed for postgres://app:hunter22@db:5432/app', 'login failed for •••db:5432/app'],
    ['curl -H "Authorization: Bearer abc.def-123" failed', 'curl -H "Authorization: Bearer •••" failed'],
    ['{"user":"app","password":"hunter22"}', '{"user":"app","password":"•••"}'],
    ['AccountKey=c2VjcmV0==;EndpointSuffix=x', 'AccountKey=•••;EndpointSuffix=x'],
    [`pushed with ghp_${'a'.repeat(36)}, refused`, 'pushed with •••, refused'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nis not valid', '•••\nis not valid'],
    ['two: token=abcd1234 and token=efgh5678', 'two: token=••• and token=•••'],
  ])('is shown without the secrets in it: %s', (said, shown) => {
    expect(withoutSecrets(said)).toBe(shown);
  });

  test.each([
    'Secret orders-db-app in namespace inventory',
    '  secret:\n    secretName: orders-tls',
    'pods "orders" is forbidden: exceeded quota: team, requested: cpu=4, used: cpu=8, limited: cpu=10',
    'Error: https://registry.example.com:5000/v2/ answers 500',
  ])('is left as it is when there are none: %s', (said) => {
    expect(withoutSecrets(said)).toBe(said);
  });

  test('in whatever it stands', () => {
    const made = { state: 'failed', steps: [{ note: 'token=abcd1234', seconds: 3 }], left: ['x', 'pwd=abcd1234'] };
    expect(allWithoutSecrets(made)).toEqual({
      state: 'failed',
      steps: [{ note: 'token=•••', seconds: 3 }],
      left: ['x', 'pwd=•••'],
    });
  });
});
