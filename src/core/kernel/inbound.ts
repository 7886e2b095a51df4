import type { FieldErrors, Form, Raw } from './form.ts';
import type { AccountId, PlaceId, PlatformName } from './ids.ts';
import type { Press } from './view.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What an adapter needs to answer the person who acted: trigger, response address, view or activity ids. Opaque to
 * everybody but the adapter that made it, and plain JSON, since it is stored until the answer is confirmed.
 */
export type Origin = { readonly platform: PlatformName } & { readonly [key: string]: Json };

/** `delivery` is the dedupe key: the same one twice has one effect and the same answer. */
type Arrived = { readonly delivery: string; readonly at: Date };
type FromPerson = {
  readonly account: AccountId;
  /** Where it happened; absent on a home page or a global shortcut. */
  readonly place?: PlaceId;
  /** The platform’s id of the message that was acted on, by the client’s word. */
  readonly on?: string;
  /** What the payload itself says of the person, such as the zone that Teams sends with each message. */
  readonly hints?: { readonly name?: string; readonly zone?: string };
  readonly origin: Origin;
};
/** The message on which a shortcut was used. */
export type Quoted = { readonly text: string; readonly permalink?: string; readonly author?: AccountId };

export type Inbound =
  /**
   * `text` is all that was typed after the command or the mention; `under` is the platform's id of the message in whose
   * thread it stands.
   */
  | (Arrived & FromPerson & { readonly kind: 'command'; readonly text: string; readonly under?: string })
  /**
   * Somebody reacted to a message of ours, or took it back: by the names that the platform has for reactions.
   */
  | (Arrived &
      FromPerson & {
        readonly kind: 'reacted';
        readonly native: string;
        readonly added: readonly string[];
        readonly removed: readonly string[];
      })
  /** Somebody wrote under a message, by the platform’s id of it, and not to us: where a platform tells of that. */
  | (Arrived & FromPerson & { readonly kind: 'replied'; readonly native: string; readonly text: string })
  | (Arrived & FromPerson & { readonly kind: 'press'; readonly press: Press })
  | (Arrived & FromPerson & { readonly kind: 'shortcut'; readonly name: string; readonly message?: Quoted })
  /** `asked` is the id of the form that was shown; what it asks and carries is held by the server. */
  /** `form` is which one it was by the client’s word: it decides how a form that is not kept any more is refused, no more. */
  | (Arrived &
      FromPerson & { readonly kind: 'submit'; readonly asked: string; readonly raw: Raw; readonly form?: string })
  /** A field that others depend on has changed: the form is drawn again, nothing is stored. */
  | (Arrived & FromPerson & { readonly kind: 'changed'; readonly asked: string; readonly raw: Raw })
  | (Arrived & FromPerson & { readonly kind: 'search'; readonly source: string; readonly query: string })
  /**
   * The App Home was opened, or, `first`, the bot was installed for a person. `here`: the page that shows it asks for it,
   * and is answered with it; otherwise it is delivered to where the platform keeps it.
   */
  | (Arrived & FromPerson & { readonly kind: 'home'; readonly first?: true; readonly here?: true })
  /** The clock. `at` is now, `meant` the instant it was due: the difference is how late it is. */
  | (Arrived & {
      readonly kind: 'due';
      readonly key: string;
      readonly job: string;
      readonly input: Json;
      readonly meant: Date;
    })
  /** Something was seen to change outside: the cluster, a directory. */
  | (Arrived & { readonly kind: 'observed'; readonly what: string; readonly input: Json })
  /** An action moved on or ended. */
  | (Arrived & { readonly kind: 'outcome'; readonly of: string; readonly key: string; readonly result: Json });
export type PersonalInbound = Extract<Inbound, FromPerson>;

/** A form as it was shown: kept by the server, so that what it carries cannot be changed by a client. */
export type Asked = {
  readonly id: string;
  readonly form: Form;
  readonly prior: Raw;
  readonly errors: FieldErrors;
};
