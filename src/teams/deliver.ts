import {
  type Delivered,
  type Draw,
  draw,
  type Names,
  type Outgoing,
  type PlaceId,
  partsOf,
} from '../core/kernel/index.ts';
import type { ReferenceBook } from './references.ts';
import { messageOf } from './render.ts';
import { type Sender, type Target, targetOf } from './sender.ts';

/** Delivers what belongs to a place or a person. Each call is tried once: when to try again is the engine's business. */
export function createDeliver({ sender, book }: { readonly sender: Sender; readonly book: ReferenceBook }) {
  /** A conversation: one that we heard from, or a channel that only the settings name. */
  async function reach(place: PlaceId): Promise<Target | Delivered> {
    const reference = await book.find(place);
    if (reference) return reference.installed ? targetOf(reference) : sender.notInstalled('place');
    const { home: tenant, local: conversation } = partsOf(place);
    const serviceUrl = await sender.serviceUrlOf(tenant);
    return serviceUrl === undefined ? sender.unknownAddress : { serviceUrl, tenant, conversation };
  }

  async function at(place: PlaceId, act: (target: Target) => Promise<Delivered>): Promise<Delivered> {
    const target = await reach(place);
    if ('is' in target) return target;
    const delivered = await act(target);
    if (delivered.is === 'gone' && delivered.what === 'place') {
      const reference = await book.find(place);
      if (reference) book.removed(place, reference);
    }
    return delivered;
  }

  const table: Draw<Outgoing, Promise<Delivered>, [Names]> = {
    post: (o, names) => at(o.place, (target) => sender.post(target, (scale) => messageOf(o.view, names, { scale }))),
    direct: (o, names) => sender.direct(o.account, (scale) => messageOf(o.view, names, { scale })),
    edit: (o, names) =>
      at(o.place, (target) => sender.update(target, o.native, (scale) => messageOf(o.view, names, { scale }))),
    // Without a tab there is no page of one's own in Teams: home is a card in the 1:1 chat.
    home: (o, names) => sender.direct(o.account, (scale) => messageOf(o.view, names, { scale })),
  };

  return (outgoing: Outgoing, names: Names): Promise<Delivered> => draw(table, outgoing, names);
}
