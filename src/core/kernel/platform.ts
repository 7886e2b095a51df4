import type { Option } from './form.ts';
import type { AccountId, PersonId, PlaceId, PlatformName } from './ids.ts';
import type { Asked, Inbound, Json, Origin } from './inbound.ts';
import type { View } from './view.ts';

/** How people and places are called and reached on one platform, resolved before a view is drawn. */
export type Names = {
  readonly people: ReadonlyMap<PersonId, { readonly name: string; readonly accounts: readonly AccountId[] }>;
  readonly places: ReadonlyMap<PlaceId, string>;
};
export const noNames: Names = { people: new Map(), places: new Map() };

/** What an adapter is asked to deliver. `key` finds a message again after an answer was lost on the way. */
export type Outgoing =
  | { readonly kind: 'post'; readonly place: PlaceId; readonly view: View; readonly key: string }
  | { readonly kind: 'direct'; readonly account: AccountId; readonly view: View; readonly key: string }
  /** In the thread of the message `native`. Where none can be: nothing, or a message of its own when it may be `alone`. */
  | {
      readonly kind: 'reply';
      readonly place: PlaceId;
      readonly native: string;
      readonly view: View;
      readonly key: string;
      readonly alone?: true;
    }
  /** One that is `passing` leaves some of the platform's room to others. */
  | {
      readonly kind: 'edit';
      readonly place: PlaceId;
      readonly native: string;
      readonly view: View;
      readonly passing?: true;
    }
  | { readonly kind: 'home'; readonly account: AccountId; readonly view: View };

/** What is answered to the person who acted, while what they did is fresh. */
export type Reply =
  | { readonly kind: 'whisper'; readonly view: View; readonly over?: true | 'private' }
  /** A form to open; `reopened` when it is the same form again, with errors or with other fields shown. */
  | { readonly kind: 'ask'; readonly asked: Asked; readonly reopened?: true };

/**
 * How a delivery ended.
 * `done`: confirmed; `native` is the platform's id of the message (Slack ts, Teams activity id), `place` where it is.
 * `later`: try again, not before `after` ms; `unknown` when the platform may have done it all the same.
 * `gone`: what it was meant for is not there any more. `parked`: our own access is broken (revoked token):
 * everything for this platform waits. `refused`: the platform will never take this; a fault of the program.
 */
export type Delivered =
  | { readonly is: 'done'; readonly place?: PlaceId; readonly native?: string }
  | { readonly is: 'later'; readonly after?: number; readonly unknown?: true; readonly why: string }
  | { readonly is: 'gone'; readonly what: 'message' | 'place' | 'person' | 'trigger' | 'address'; readonly why: string }
  | { readonly is: 'parked'; readonly why: string }
  | { readonly is: 'refused'; readonly why: string };

/** What a platform tells of a login. `email` only when the platform has verified it. */
export type Profile = {
  readonly account: AccountId;
  readonly name: string;
  readonly email?: string;
  readonly zone?: string;
  readonly active: boolean;
  /** Of another company, or of this one by a seat for guests only. */
  readonly guest?: true;
};

/** Somebody who asked not to be disturbed now, and for how long. */
export type Quiet = { readonly account: AccountId; readonly until: Date };

/** `degraded` names capabilities that do not work (a missing scope, a method the server lacks); the rest serves. */
export type Health = { readonly ok: boolean; readonly why?: string; readonly degraded?: readonly string[] };

/** The outgoing half of an adapter. Its other half decodes and renders, without I/O. */
export interface Platform {
  readonly name: PlatformName;
  deliver(outgoing: Outgoing, names: Names): Promise<Delivered>;
  /** Answers the person who acted: in private, or by opening a form. */
  reply(reply: Reply, origin: Origin, names: Names): Promise<Delivered>;
  /** Looks for a message of ours with this key, posted at or after `since`, whose confirmation was lost. */
  find?(outgoing: Outgoing, since: Date): Promise<Delivered | undefined>;
  profile(account: AccountId): Promise<Profile | undefined>;
  /** The members of a Slack user group (id or handle) or a Teams team (id). */
  members(group: string): Promise<readonly AccountId[]>;
  /** Who of these wants no disturbance now. Absent where a bot is not told. */
  quiet?(accounts: readonly AccountId[]): Promise<readonly Quiet[]>;
  health(): Promise<Health>;
}

/** What dispatch returns. `repeated`: an earlier delivery of the same inbound made these replies already. */
export type Answer = {
  readonly inbound: Inbound;
  readonly replies: readonly Reply[];
  readonly names: Names;
  readonly repeated: boolean;
  /** The replies say why nothing came of it, instead of what its transaction made. */
  readonly apology?: true;
  /**
   * It was not done, or not for certain, because our memory was away: the same delivery would be done if it came again.
   * A source that delivers what was not accepted is not told that it was; this is what the person hears meanwhile.
   */
  readonly again?: View;
};

/**
 * The one door, as an adapter sees it. `dispatch` never rejects: what went wrong is a reply in words. The adapter puts
 * what it can into its own answer (`taken`) and, once that is written, hands the answer to `settle`, which delivers
 * the other replies at once and marks all of them, so that none is lost and none is made twice.
 */
export interface Door {
  dispatch(inbound: Inbound): Promise<Answer>;
  settle(answer: Answer, taken: readonly Reply[]): Promise<void>;
  /** The options of a `search` field; empty when nothing fits or the source is unknown. */
  search(inbound: Extract<Inbound, { kind: 'search' }>): Promise<readonly Option[]>;
  /** What is offered, for menus, manifests and shortcuts. */
  readonly offers: Offers;
}
export type Offers = {
  readonly commands: readonly {
    readonly name: string;
    readonly summary: string;
    readonly usage?: string;
    /** Whether it is open to everyone, rather than to some roles. */
    readonly forAll?: boolean;
  }[];
  readonly shortcuts: readonly {
    readonly name: string;
    readonly title: string;
    readonly summary: string;
    readonly where: 'global' | 'message';
  }[];
};

/** The name of the press that opens a form again; its value is the id of the form as it was asked. */
export const openForm = 'form.open';

/** An action: one side effect on the outside world. Runs at least once, so it is idempotent by its key. */
export type Action = {
  readonly name: string;
  run(input: Json, key: string): Promise<Json>;
  /**
   * Its result when it failed for a day and is not tried any more: what was waited for ends, and somebody is told. Without
   * it only those in charge hear of it.
   */
  gaveUp?(input: Json, why: string): Promise<Json>;
};
