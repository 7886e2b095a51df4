import { expect, test } from 'vitest';
import type { Delivered } from '../../src/core/kernel/index.ts';
import type { Outcome } from '../../src/teams/connector.ts';
import { deliveredBy, type Job } from '../../src/teams/errors.ts';

type Failure = Exclude<Outcome, { is: 'ok' }>;
const refused = (status: number, code?: string, over: object = {}): Failure => ({
  is: 'refused',
  status,
  ...(code === undefined ? {} : { code }),
  ...over,
});
/** How a delivery ends, in short: `gone place`, `later?` when it may have been carried out. */
function short(d: Delivered): string {
  if (d.is === 'later') return `later${d.unknown ? '?' : ''}${d.after === undefined ? '' : ` ${d.after}`}`;
  return d.is === 'gone' ? `gone ${d.what}` : d.is;
}

test.each<[string, Failure, { [J in Exclude<Job, 'reply'>]: string }]>([
  [
    '429 with Retry-After',
    refused(429, 'Throttled', { after: 7000 }),
    { post: 'later 7000', direct: 'later 7000', edit: 'later 7000', open: 'later 7000' },
  ],
  ['429 without', refused(429), { post: 'later', direct: 'later', edit: 'later', open: 'later' }],
  [
    '429 from a proxy',
    refused(429, undefined, { foreign: true }),
    { post: 'later', direct: 'later', edit: 'later', open: 'later' },
  ],
  ['412', refused(412), { post: 'later', direct: 'later', edit: 'later', open: 'later' }],
  ['500', refused(500), { post: 'later?', direct: 'later?', edit: 'later', open: 'later' }],
  ['502', refused(502), { post: 'later?', direct: 'later?', edit: 'later', open: 'later' }],
  [
    '502 as a page',
    refused(502, undefined, { foreign: true }),
    { post: 'later?', direct: 'later?', edit: 'later', open: 'later' },
  ],
  ['503', refused(503), { post: 'later', direct: 'later', edit: 'later', open: 'later' }],
  ['504', refused(504), { post: 'later?', direct: 'later?', edit: 'later', open: 'later' }],
  ['507', refused(507), { post: 'later?', direct: 'later?', edit: 'later', open: 'later' }],
  ['408', refused(408), { post: 'later?', direct: 'later?', edit: 'later', open: 'later' }],
  [
    'the bot is not there',
    refused(403, 'BotNotInConversationRoster'),
    { post: 'gone place', direct: 'gone person', edit: 'gone place', open: 'gone person' },
  ],
  [
    'the bot is blocked',
    refused(403, 'MessageWritesBlocked'),
    { post: 'gone place', direct: 'gone person', edit: 'gone place', open: 'gone person' },
  ],
  [
    'the bot is disabled',
    refused(403, 'BotDisabledByAdmin'),
    { post: 'gone place', direct: 'gone person', edit: 'gone place', open: 'gone person' },
  ],
  [
    'no such conversation',
    refused(404, 'ConversationNotFound'),
    { post: 'gone place', direct: 'gone person', edit: 'gone place', open: 'gone person' },
  ],
  [
    'no such message',
    refused(404, 'ActivityNotFoundInConversation'),
    { post: 'gone place', direct: 'gone person', edit: 'gone message', open: 'gone person' },
  ],
  [
    'no such user',
    refused(400, 'BadArgument'),
    { post: 'refused', direct: 'refused', edit: 'refused', open: 'gone person' },
  ],
  [
    'a malformed activity',
    refused(400, 'BadSyntax'),
    { post: 'refused', direct: 'refused', edit: 'refused', open: 'refused' },
  ],
  [
    'too big',
    refused(413, 'MessageSizeTooBig'),
    { post: 'refused', direct: 'refused', edit: 'refused', open: 'refused' },
  ],
  ['our token is not accepted', refused(401), { post: 'parked', direct: 'parked', edit: 'parked', open: 'parked' }],
  [
    'a refusal that is of the moment, for all we know',
    refused(403, 'ConditionalAccessBlocked'),
    { post: 'later 300000', direct: 'later 300000', edit: 'later 300000', open: 'later 300000' },
  ],
  [
    'a proxy’s page with 403',
    refused(403, undefined, { foreign: true }),
    { post: 'later', direct: 'later', edit: 'later', open: 'later' },
  ],
  [
    'a proxy’s page with 404',
    refused(404, undefined, { foreign: true }),
    { post: 'later', direct: 'later', edit: 'later', open: 'later' },
  ],
  ['a redirect', refused(302), { post: 'later', direct: 'later', edit: 'later', open: 'later' }],
  [
    'a method that is not there',
    refused(405),
    { post: 'refused', direct: 'refused', edit: 'refused', open: 'refused' },
  ],
  [
    'an answer that was lost',
    { is: 'lost', sent: true, why: 'ECONNRESET' },
    { post: 'later?', direct: 'later?', edit: 'later', open: 'later' },
  ],
  [
    'a request that never left',
    { is: 'lost', sent: false, why: 'ENOTFOUND' },
    { post: 'later', direct: 'later', edit: 'later', open: 'later' },
  ],
  [
    'no token now',
    { is: 'no token', denied: false, why: 'timed out' },
    { post: 'later', direct: 'later', edit: 'later', open: 'later' },
  ],
  [
    'no token ever',
    { is: 'no token', denied: true, why: 'AADSTS7000215' },
    { post: 'parked', direct: 'parked', edit: 'parked', open: 'parked' },
  ],
  [
    'an address that is not Teams’',
    { is: 'no address' },
    { post: 'refused', direct: 'refused', edit: 'refused', open: 'refused' },
  ],
])('%s', (_, failure, expected) => {
  for (const [job, end] of Object.entries(expected))
    expect([job, short(deliveredBy(failure, job as Job))]).toEqual([job, end]);
});

test('the reason names what Teams said', () => {
  expect(deliveredBy(refused(403, 'BotDisabledByAdmin'), 'post')).toEqual({
    is: 'gone',
    what: 'place',
    why: 'Teams answered 403 BotDisabledByAdmin',
  });
});

test('a thread that is not there is a message that is gone: the channel stays', () => {
  const ends = (failure: Failure) => short(deliveredBy(failure, 'reply'));
  expect(ends(refused(404, 'ConversationNotFound'))).toBe('gone message');
  expect(ends(refused(403, 'BotNotInConversationRoster'))).toBe('gone place');
  expect(ends(refused(500))).toBe('later?');
  expect(ends({ is: 'lost', sent: true, why: 'ECONNRESET' })).toBe('later?');
});
