import { expect, test } from 'vitest';
import { type AccountId, accountId, type PlaceId, partsOf, placeId, platformOf } from '../../src/core/kernel/index.ts';

const tenant = '11111111-1111-4111-8111-111111111111';

test.each([
  ['a Slack login', accountId('slack', 'T1', 'U1'), 'slack:T1/U1', { platform: 'slack', home: 'T1', local: 'U1' }],
  ['a Slack channel', placeId('slack', 'T1', 'C1'), 'slack:T1/C1', { platform: 'slack', home: 'T1', local: 'C1' }],
  [
    'a Teams channel, whose own id has a colon',
    placeId('teams', tenant, '19:abc@thread.tacv2'),
    `teams:${tenant}/19:abc@thread.tacv2`,
    { platform: 'teams', home: tenant, local: '19:abc@thread.tacv2' },
  ],
  [
    'a Teams conversation whose id has a slash',
    placeId('teams', tenant, 'a:1/2;messageid=3'),
    `teams:${tenant}/a:1/2;messageid=3`,
    { platform: 'teams', home: tenant, local: 'a:1/2;messageid=3' },
  ],
])('%s is put together and taken apart', (_, id, written, parts) => {
  expect(id).toBe(written);
  expect(partsOf(id)).toEqual(parts);
  expect(platformOf(id)).toBe(parts.platform);
});

test.each(['', 'slack', 'slack:T1', 'slack/', 'discord:T1/C1', ':T1/U1', 'Slack:T1/U1', 'direct:0f8fad5b'])(
  '%j is neither an account nor a place',
  (id) => {
    expect(() => partsOf(id as AccountId | PlaceId)).toThrow(`not an account or place: ${id}`);
  },
);
