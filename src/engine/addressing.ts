import {
  type AccountId,
  type Delivered,
  type Draw,
  draw,
  type Outgoing,
  type PersonId,
  type PlaceId,
  type Platform,
  type PlatformName,
  platformNames,
  platformOf,
} from '../core/kernel/index.ts';
import type { Parcel, Store } from './ports.ts';

/** It has to go into the lane of another platform first. */
export type Move = { readonly move: PlatformName; readonly person: PersonId };
/** What a parcel becomes on the wire, or how it ended without getting that far. */
type Addressed = { readonly platform: Platform; readonly outgoing: Outgoing } | { readonly instead: Delivered } | Move;

/** How the slot of a person's copy begins. */
const directTo = 'direct:';

/** The channel that a parcel is for; undefined when it is for a person. */
export const channelOf = (parcel: Parcel): string | undefined => {
  const slot = parcel.kind === 'say' ? parcel.place : 'slot' in parcel ? parcel.slot : directTo;
  return slot.startsWith(directTo) ? undefined : slot;
};

/** There is nothing to change or to hang something under; why not was told when it failed. */
const neverDelivered: Delivered = { is: 'gone', what: 'address', why: 'the message was never delivered' };

/**
 * What was written at the moment when its message went to another platform may stand where that was before: it follows.
 */
function followed({ lane, home, slot }: Extract<Parcel, { kind: 'edit' | 'reply' }>): Move | undefined {
  const platform = platformNames.find((name) => home?.startsWith(`${directTo}${name}:`));
  return platform === undefined || home === lane
    ? undefined
    : { move: platform, person: slot.slice(directTo.length) as PersonId };
}

/** What is said, rather than run. */
export type Said = Exclude<Parcel, { kind: 'act' }>;

type Parts = {
  readonly platforms: ReadonlyMap<PlatformName, Platform>;
  readonly people: Store['direct']['features']['people'];
};

/** Finds out whom a parcel goes to, and by which platform. */
export function createAddressing({ platforms, people }: Parts): (parcel: Said) => Promise<Addressed> {
  const on = (account: AccountId, outgoing: Outgoing): Addressed => {
    const platform = platforms.get(platformOf(account));
    return platform
      ? { platform, outgoing }
      : { instead: { is: 'parked', why: `${platformOf(account)} is not connected` } };
  };

  const address: Draw<Said, Promise<Addressed>> = {
    say: async (p) => {
      const platform = platforms.get(platformOf(p.place));
      return platform
        ? { platform, outgoing: { kind: 'post', place: p.place, view: p.view, key: p.key } }
        : { instead: { is: 'parked', why: `${platformOf(p.place)} is not connected` } };
    },
    tell: async (p) => {
      const person = await people.byId(p.person);
      const reachable = person?.accounts.filter((a) => platforms.has(platformOf(a))) ?? [];
      const account = reachable.find((a) => a === p.via) ?? reachable[0];
      if (account && !p.lane.startsWith(`direct:${platformOf(account)}:`))
        return { move: platformOf(account), person: p.person };
      if (account) return on(account, { kind: 'direct', account, view: p.view, key: p.key });
      return { instead: { is: 'gone', what: 'person', why: 'has no account that we can reach' } };
    },
    edit: async (p) => {
      const platform = p.place && platforms.get(platformOf(p.place));
      if (!p.place || p.native === undefined) return followed(p) ?? { instead: neverDelivered };
      if (!platform) return { instead: { is: 'parked', why: `${platformOf(p.place)} is not connected` } };
      return {
        platform,
        outgoing: {
          kind: 'edit',
          place: p.place,
          native: p.native,
          view: p.view,
          ...(p.passing ? { passing: true } : {}),
        },
      };
    },
    reply: async (p) => {
      const { place, native, view, key } = p;
      const platform = place && platforms.get(platformOf(place));
      if (!place || native === undefined) {
        const move = followed(p);
        if (move) return move;
        if (!p.alone) return { instead: neverDelivered };
        return p.slot.startsWith(directTo)
          ? address.tell({ ...p, kind: 'tell', person: p.slot.slice(directTo.length) as PersonId })
          : address.say({ ...p, kind: 'say', place: p.slot as PlaceId });
      }
      if (!platform) return { instead: { is: 'parked', why: `${platformOf(place)} is not connected` } };
      return { platform, outgoing: { kind: 'reply', place, native, view, key, ...(p.alone ? { alone: true } : {}) } };
    },
    home: async (p) => on(p.account, { kind: 'home', account: p.account, view: p.view }),
  };
  return (parcel) => draw(address, parcel);
}
