import type { AccountId, Person, Persona, PersonId, PlatformName, Profile, Role } from '../kernel/index.ts';
import type { Members } from '../settings.ts';

/**
 * `known`: the platform's directory has told of this login lately enough to be believed. `fresh`: within a day; who is not
 * is asked for again, without waiting for it.
 */
export type Arrival = { readonly person: Person; readonly known: boolean; readonly fresh: boolean };

/** People across platforms: the engine resolves who acted, features read and change them. */
export interface PeopleStore {
  byAccount(account: AccountId): Promise<Person | undefined>;
  byId(id: PersonId): Promise<Person | undefined>;
  /** Those of these people who are known, in no order. */
  several(ids: readonly PersonId[]): Promise<readonly Person[]>;
  /** Who has a login with this address that works. */
  byEmail(email: string): Promise<Person | undefined>;
  /** Those who hold one of the roles, ordered by name; at most `limit`. */
  holding(roles: readonly Role[], limit: number): Promise<readonly Person[]>;
  /** The members of a team of groundcrew.yaml, ordered by name; at most `limit`, those after `after`. */
  inTeam(team: string, limit: number, after?: Pick<Person, 'id' | 'name'>): Promise<readonly Person[]>;
  /** Everybody in one of these sets who can be reached, ordered by name; at most `limit`. */
  among(sets: readonly Members[], limit: number): Promise<readonly Person[]>;
  /** Everybody who can be reached; at most `limit`. */
  everybody(limit: number): Promise<readonly Person[]>;
  /** The person who acts, made when the account was not seen before; notes the zone that the platform told with it. */
  arrive(account: AccountId, hints: { readonly name?: string; readonly zone?: string }, now: Date): Promise<Arrival>;
  /**
   * Who a login is that somebody else named, written down when it is new. That they acted is not said: where they are told
   * something depends on it.
   */
  named(account: AccountId, now: Date): Promise<Arrival>;
  /**
   * Writes what a platform's directory says of a login. A verified e-mail that another platform has confirmed lately for
   * somebody else makes the two one: everything of this person goes to the one who was there first. One that differs from
   * that of the person's other logins makes the login a person of its own. Undefined when the account is unknown.
   */
  learn(profile: Profile, now: Date): Promise<Person | undefined>;
  /** Logins with the same e-mail as this one that were not confirmed lately: asked again, they may be the same person. */
  inDoubt(account: AccountId, now: Date): Promise<readonly AccountId[]>;
  choose(id: PersonId, choice: { readonly zone?: string; readonly persona?: Persona }): Promise<void>;
  /** The login does not work any more: nothing is sent to it until the directory says otherwise. */
  left(account: AccountId): Promise<void>;
  /** Writes down those logins that are new; returns those of which the directory has told nothing, or not lately. */
  meet(accounts: readonly AccountId[], now: Date): Promise<readonly AccountId[]>;
  /** Replaces the known members of a Slack user group or a Teams team. */
  setGroup(platform: PlatformName, group: string, members: readonly AccountId[]): Promise<void>;
}
/** The part of the store that uses people. */
export type WithPeople = { readonly people: PeopleStore };
