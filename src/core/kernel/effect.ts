import type { FieldErrors, Form, Raw } from './form.ts';
import type { AccountId, PersonId, PlaceId } from './ids.ts';
import type { Json } from './inbound.ts';
import type { View } from './view.ts';

/**
 * What we do. `key` makes an effect idempotent (a second effect of the same kind and key is dropped) and lets a
 * message be found again.
 */
export type Effect =
  /**
   * Posts to a channel or conversation. One key may be said in several places. `anew`: where it was said before and never
   * arrived, it is tried once more.
   */
  | { readonly kind: 'say'; readonly place: PlaceId; readonly view: View; readonly key: string; readonly anew?: true }
  /**
   * Says something in the thread under the message with the key `to` (no reply itself), in all places where that
   * stands: the details of what it tells in short. Where there are no threads (Teams' chats) it is not said at all,
   * save when it is worth a message of its own: `alone`. `anew` as of `say`.
   */
  | {
      readonly kind: 'reply';
      readonly to: string;
      readonly view: View;
      readonly key: string;
      readonly alone?: true;
      readonly anew?: true;
    }
  /**
   * Replaces the message with this key, in all places where it was said or told. A copy that somebody deleted is posted
   * anew, once; with `leave` it stays away: what is taken back is not said again. What is `passing`, such as how far
   * something has come, waits while the platform has little room, so that news has it, and the next state takes its place.
   */
  | {
      readonly kind: 'edit';
      readonly key: string;
      readonly view: View;
      readonly leave?: true;
      readonly passing?: true;
    }
  /** A direct message, by way of `via` where the person has that account, else the one they used last. */
  | {
      readonly kind: 'tell';
      readonly person: PersonId;
      readonly via?: AccountId;
      readonly view: View;
      readonly key: string;
    }
  /**
   * Only the person who acted sees it. `over`: in place of their own direct message whose button they pressed; where
   * that cannot be, as any other whisper. `private`: in place of what only they see, such as an earlier whisper, in
   * whichever conversation that is; never of a message that was said to all.
   */
  | { readonly kind: 'whisper'; readonly view: View; readonly over?: true | 'private' }
  /** Shows a form to the person who acted. `carry` stays on the server. */
  | { readonly kind: 'ask'; readonly form: Form; readonly carry: string; readonly prior?: Raw }
  /** The home page of the person who acted. */
  | { readonly kind: 'home'; readonly view: View }
  /** Runs an action on the outside world; its outcome arrives as an inbound. */
  | { readonly kind: 'act'; readonly action: string; readonly input: Json; readonly key: string }
  /** Schedules a `due` inbound, or moves it when the key is scheduled already. */
  | { readonly kind: 'later'; readonly job: string; readonly input: Json; readonly at: Date; readonly key: string }
  | { readonly kind: 'never'; readonly key: string };

/** Only a submit may be refused: the form stays open, with what was typed and what is wrong with it. */
export type Refuse = { readonly kind: 'refuse'; readonly errors: FieldErrors };

export const whisper = (view: View): Effect => ({ kind: 'whisper', view });
export const refuse = (errors: FieldErrors): Refuse => ({ kind: 'refuse', errors });
