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
    const gone = delivered.is === 'gone' && delivered.what === 'place';
    const reference = gone || delivered.is === 'done' ? await book.find(place) : undefined;
    if (reference && gone) book.removed(place, reference);
    else if (reference) book.served({ place, reference });
    return delivered;
  }

  /** Channels have threads; chats have none. A channel that only the settings name is known by its id. */
  const hasThreads = async (place: PlaceId): Promise<boolean> =>
    ((await book.find(place))?.conversationType ?? (place.endsWith('@thread.tacv2') ? 'channel' : 'groupChat')) ===
    'channel';

  /** Nothing where there are no threads: a chat would be flooded with what is meant to stand behind one message. */
  async function reply(o: Extract<Outgoing, { kind: 'reply' }>, names: Names): Promise<Delivered> {
    const message = (scale: number) => messageOf(o.view, names, { scale });
    const alone = (counted: boolean) => at(o.place, (target) => sender.post(target, message, counted));
    if (!(await hasThreads(o.place))) return o.alone ? alone(false) : { is: 'done' };
    const made = await at(o.place, (target) => sender.reply(target, o.native, message));
    // The message it was to hang under was deleted. It is not held up again: its turn had come.
    return o.alone && made.is === 'gone' && made.what === 'message' ? alone(true) : made;
  }

  const table: Draw<Outgoing, Promise<Delivered>, [Names]> = {
    post: (o, names) => at(o.place, (target) => sender.post(target, (scale) => messageOf(o.view, names, { scale }))),
    direct: (o, names) => sender.direct(o.account, (scale) => messageOf(o.view, names, { scale })),
    reply,
    edit: (o, names) =>
      at(o.place, (target) =>
        sender.update(target, o.native, (scale) => messageOf(o.view, names, { scale }), {
          passing: o.passing === true,
        }),
      ),
    // Without a tab there is no page of one's own in Teams: home is a card in the 1:1 chat.
    home: (o, names) => sender.direct(o.account, (scale) => messageOf(o.view, names, { scale })),
  };

  return (outgoing: Outgoing, names: Names): Promise<Delivered> => draw(table, outgoing, names);
}
