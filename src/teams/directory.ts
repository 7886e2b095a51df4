import { z } from 'zod';
import {
  type AccountId,
  accountId,
  type PlaceId,
  Problem,
  type Profile,
  partsOf,
  placeId,
} from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import type { Connector } from './connector.ts';
import { deliveredBy } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { Reference, ReferenceBook } from './references.ts';
import type { Sender } from './sender.ts';

/** A person in a roster. The service spells the directory id in two ways. */
const member = z.looseObject({
  id: z.string(),
  aadObjectId: z.string().nullish(),
  objectId: z.string().nullish(),
  name: z.string().nullish(),
  email: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  tenantId: z.string().nullish(),
  userRole: z.string().nullish(),
});
type Member = z.output<typeof member>;
const page = z.looseObject({ members: z.array(member), continuationToken: z.string().nullish() });

/** A guest's e-mail is whatever their own tenant says: only our own tenant has verified those of its people. */
const isGuest = (m: Member): boolean =>
  m.userRole?.toLowerCase() === 'guest' || (m.userPrincipalName?.toUpperCase().includes('#EXT#') ?? false);

export type DirectoryParts = {
  readonly tenantId: string;
  readonly connector: Connector;
  readonly book: ReferenceBook;
  readonly sender: Sender;
  readonly log: Log;
};

/** Who people are, from the rosters of the conversations that the bot shares with them. */
export function createDirectory({ tenantId, connector, book, sender, log }: DirectoryParts) {
  /** A conversation in which the person can be looked up. */
  async function shared(account: AccountId): Promise<Reference | undefined> {
    const known = book.seen(account) ?? (await book.direct(account));
    if (known?.installed) return known;
    const opened = await sender.open(account, true);
    return 'reference' in opened ? opened.reference : undefined;
  }

  function profileOf(account: AccountId, m: Member): Profile {
    const ours = (m.tenantId ?? partsOf(account).home).toLowerCase() === tenantId.toLowerCase();
    const guest = !ours || isGuest(m);
    const email = !guest ? z.email().safeParse(m.email?.toLowerCase()).data : undefined;
    return {
      account,
      name: m.name ?? m.userPrincipalName ?? 'someone',
      ...(email ? { email } : {}),
      active: true,
      ...(guest ? { guest } : {}),
    };
  }

  return {
    /** Undefined when the person cannot be found, or not now. The zone comes with what they write, not from here. */
    async profile(account: AccountId): Promise<Profile | undefined> {
      const reference = await shared(account);
      if (!reference) return undefined;
      const outcome = await connector({
        method: 'GET',
        serviceUrl: reference.serviceUrl,
        path: ['conversations', reference.conversationId, 'members', partsOf(account).local],
        interactive: true,
      });
      if (outcome.is !== 'ok') {
        log.info({ account, why: deliveredBy(outcome, 'open') }, 'a person could not be looked up');
        return undefined;
      }
      const parsed = member.safeParse(outcome.body);
      return parsed.success ? profileOf(account, parsed.data) : undefined;
    },

    /**
     * Everybody in a team, by the team's id (`19:…`) or the place of one of its channels, or in a group chat.
     * Throws `Problem` (teams_members_unreadable) when the list cannot be read whole: part of it would take roles away.
     */
    async members(named: string): Promise<readonly AccountId[]> {
      const group = named.startsWith('teams:') ? partsOf(named as PlaceId).local : named;
      const unreadable = (why: string) =>
        new Problem(
          'teams_members_unreadable',
          `The members of the team ${group} could not be read: ${why}. Check that the bot is installed in that team, and that groundcrew.yaml has the team’s id (19:…@thread.tacv2).`,
        );
      const reference = await book.find(placeId('teams', tenantId, group));
      const serviceUrl = reference?.serviceUrl ?? (await sender.serviceUrlOf(tenantId));
      if (serviceUrl === undefined) throw unreadable('nothing has arrived from this Microsoft 365 tenant yet');
      const accounts: AccountId[] = [];
      let token: string | undefined;
      for (let pages = 0; pages < LIMITS.memberPages; pages += 1) {
        const outcome = await connector({
          method: 'GET',
          serviceUrl,
          path: ['conversations', group, 'pagedmembers'],
          query: { pageSize: String(LIMITS.memberPage), ...(token ? { continuationToken: token } : {}) },
        });
        if (outcome.is !== 'ok') {
          const delivered = deliveredBy(outcome, 'open');
          if (delivered.is === 'later' || delivered.is === 'parked')
            throw new Problem(
              'teams_unavailable',
              `Teams did not say who is in ${group} (${delivered.why}). Nothing was changed. It is asked again in a while.`,
            );
          throw unreadable('why' in delivered ? delivered.why : delivered.is);
        }
        const parsed = page.safeParse(outcome.body);
        if (!parsed.success) throw unreadable('Teams answered something else than a list of members');
        for (const m of parsed.data.members) {
          const id = m.aadObjectId ?? m.objectId;
          if (id) accounts.push(accountId('teams', tenantId, id));
        }
        token = parsed.data.continuationToken ?? undefined;
        if (!token) return accounts;
      }
      throw unreadable(`it has more than ${LIMITS.memberPages * LIMITS.memberPage} members`);
    },
  };
}
