import { randomUUID } from 'node:crypto';
import type { Catalog } from '../core/catalog/path.ts';
import {
  type AccountId,
  type Answer,
  type Ctx,
  type Inbound,
  noNames,
  type PersonalInbound,
  type Platform,
  type PlatformName,
  Problem,
  type Profile,
  platformOf,
  type Reply,
  type View,
} from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import type { Settings } from '../core/settings.ts';
import { apology, meanwhile, slow, unsure } from './apology.ts';
import { CalledOff, codeOf, isAway, passing, UnknownCommit } from './faults.ts';
import type { Handlers } from './handlers.ts';
import type { Metrics } from './metrics.ts';
import { namesIn } from './names.ts';
import { type Clock, type LaneHead, type Lot, Stale, type Store } from './ports.ts';
import { queued } from './queued.ts';
import type { Replies } from './replies.ts';
import { writeEffects } from './writing.ts';

/** What a person waits at most for the commit: Slack shows an error after 3 s, Teams after 15. */
const budgetMs: Readonly<Record<PlatformName, number>> = { slack: 2_500, teams: 9_000 };
/** What an unknown person waits at most for the platform's directory, which says who they are. */
const lookupMs = 1_000;
/** How long a directory that did not tell is not asked for the same login again. */
const askAgainMs = 60_000;
/** Of how many logins it is remembered that they were asked for. */
const askedFor = 10_000;

/** How many sent forms are worked on at once: half of the connections are left to everything else. And how many may wait. */
const formsAtOnce = 5;
const formsMost = 2_000;

/** Whether a transaction may still be called off; `unsure` once the commit of a try may have gone through unseen. */
type Gate = { state: 'open' | 'committing' | 'called off'; unsure: boolean };

/** Asks the directory again, for what it did not say in time. */
const lookUp = (account: AccountId): Lot => ({
  kind: 'act',
  key: `people.lookup/${account}`,
  action: 'people.lookup',
  input: account,
});

const isPersonal = (inbound: Inbound): inbound is PersonalInbound => 'account' in inbound;

type Parts = {
  readonly store: Store;
  readonly platforms: ReadonlyMap<PlatformName, Platform>;
  readonly handlers: Handlers;
  readonly settings: () => Settings;
  readonly catalog: () => Catalog;
  readonly address: Ctx<unknown>['address'];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly replies: Pick<Replies, 'settle'>;
  readonly wake: (heads: readonly LaneHead[]) => void;
  /** Keeps count of what is under way. */
  readonly track: <T>(work: Promise<T>) => Promise<T>;
};

/** The door: an inbound becomes rows and effects in one transaction, and an answer. */
export function createDispatch({
  store,
  platforms,
  handlers,
  settings,
  catalog,
  address,
  clock,
  log,
  metrics,
  replies,
  wake,
  track,
}: Parts) {
  /** Resolves with the value, or with undefined when it takes longer. */
  function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, () => resolve(undefined));
      work.then(resolve, () => resolve(undefined)).finally(cancel);
    });
  }

  const inTurn = queued(formsAtOnce, formsMost);
  const asked = new Map<AccountId, number>();
  const asking = new Map<AccountId, Promise<Profile | undefined>>();
  /** Whether the directory may be asked for a login: once in a while only, or one that is away would be asked all the time. */
  function mayAsk(account: AccountId): boolean {
    const now = clock.now().getTime();
    if (Math.abs(now - (asked.get(account) ?? Number.NEGATIVE_INFINITY)) < askAgainMs) return false;
    const [oldest] = asked.keys();
    if (asked.size >= askedFor && oldest !== undefined) asked.delete(oldest);
    asked.set(account, now);
    return true;
  }

  /**
   * Somebody new is asked for in the platform's directory, since who they are must be known before they are authorised; a
   * directory that hangs must not hold up the answer. What somebody does twice at once waits for the one question, and has
   * its answer until it is written: who looks before that would find neither.
   */
  function introduce(account: AccountId): Promise<Profile | undefined> {
    const platform = platforms.get(platformOf(account));
    if (!platform) return Promise.resolve(undefined);
    const answer = within(lookupMs, platform.profile(account));
    asking.set(account, answer);
    return answer;
  }

  /** One try of an inbound: everything in one transaction. Undefined when it was there before. */
  async function once(inbound: Inbound, gate: Gate): Promise<readonly Reply[] | undefined> {
    const personal = isPersonal(inbound) ? inbound : undefined;
    const { delivery, kind, at } = inbound;
    const seen = { delivery, kind, at, ...(personal ? { account: personal.account, origin: personal.origin } : {}) };
    let met = await store.meet(seen, personal?.hints);
    if (!met) return undefined;
    const unknown = personal && met.acting && !met.acting.known;
    const ask = personal && met.acting && !met.acting.fresh && mayAsk(personal.account);
    const answer = unknown ? (ask ? introduce(personal.account) : asking.get(personal.account)) : undefined;
    const profile = await answer;
    // Asked for a moment ago, and the answer is written by now: maybe after the look.
    if (unknown && !answer) met = await store.meet(seen, personal.hints);
    if (!met) return undefined;
    const { acting, print } = met;
    const entry = { ...seen, ...(print === undefined ? {} : { print }) };
    let heads: readonly LaneHead[] = [];
    const writing = store.arrival(
      entry,
      async (tx) => {
        const learnt = profile && (await tx.features.people.learn(profile, at));
        const by = learnt ?? acting?.person;
        const ctx = {
          now: at,
          delivery,
          store: tx.features,
          settings: settings(),
          catalog: catalog(),
          address,
          id: randomUUID,
        };
        const result = await handlers.run(inbound, { tx, ctx, ...(by ? { by } : {}) });
        const { replies, lots } = await writeEffects(result.effects, tx, personal, at);
        if (result.reopen) replies.push({ kind: 'ask', asked: result.reopen, reopened: true });
        if (ask && !learnt) lots.push(lookUp(personal.account));
        if (learnt) lots.push(...(await tx.features.people.inDoubt(profile.account, at)).map(lookUp));
        if (lots.length > 0) heads = await tx.outbox.write(lots, delivery, at);
        if (result.discreet) await tx.inbox.erase(delivery);
        return replies;
      },
      () => {
        if (gate.state === 'called off') throw new CalledOff();
        gate.state = 'committing';
      },
    );
    const made = await writing.finally(() => {
      if (ask && asking.get(personal.account) === answer) asking.delete(personal.account);
    });
    if (made) wake(heads);
    return made;
  }

  /** Tries again what lost a race or its connection: the inbox tells whether an unknown commit went through. */
  async function run(inbound: Inbound, gate: Gate): Promise<{ replies: readonly Reply[]; repeated: boolean }> {
    for (let tries = 1; ; tries++) {
      try {
        const work = () => once(inbound, gate);
        const replies = await (inbound.kind === 'submit' ? inTurn(work) : work());
        if (replies) return { replies, repeated: false };
        // After an unknown commit the earlier delivery may be this one: then its replies are still to be made.
        const earlier = (await store.direct.inbox.replies(inbound.delivery)) ?? [];
        return { replies: earlier, repeated: !gate.unsure };
      } catch (error) {
        if (error instanceof Stale && gate.state !== 'called off') {
          // Nothing was written. The next look is a real one, so this does not come twice.
          gate.state = 'open';
          tries -= 1;
          continue;
        }
        // Whatever the directory said was not kept: the next try asks it again.
        if ('account' in inbound) asked.delete(inbound.account);
        const unknown = isAway(error) && gate.state === 'committing';
        // What was called off stays so: the person was told that nothing happened.
        if (gate.state === 'called off') throw new CalledOff('called off', { cause: error });
        gate.unsure ||= unknown;
        if (tries < 3 && (unknown || passing.has(codeOf(error)))) gate.state = 'open';
        else if (gate.unsure && isAway(error)) throw new UnknownCommit('a commit was not confirmed', { cause: error });
        else throw error;
      }
    }
  }

  function resultOf(error: unknown): string {
    if (error instanceof Problem) return 'problem';
    return isAway(error) ? 'away' : error instanceof CalledOff ? 'slow' : 'error';
  }

  async function measured(inbound: Inbound, gate: Gate) {
    const end = metrics.dispatch.startTimer({ kind: inbound.kind });
    try {
      const ran = await run(inbound, gate);
      metrics.inbound.inc({ kind: inbound.kind, result: ran.repeated ? 'repeated' : 'done' });
      return ran;
    } catch (error) {
      const result = resultOf(error);
      metrics.inbound.inc({ kind: inbound.kind, result });
      const fields = { delivery: inbound.delivery, kind: inbound.kind, result };
      if (error instanceof Problem) log.info({ ...fields, code: error.code }, 'inbound answered with a problem');
      else log.error({ ...fields, err: error }, 'inbound failed');
      throw error;
    } finally {
      end();
    }
  }

  /** The answer of a person's inbound; what it may not wait for is answered in words. */
  async function answered(inbound: Inbound): Promise<Answer> {
    const gate: Gate = { state: 'open', unsure: false };
    const answer = async (made: readonly Reply[], repeated: boolean): Promise<Answer> => {
      const views = made.flatMap((r) => (r.kind === 'whisper' ? [r.view] : []));
      return {
        inbound,
        replies: made,
        repeated,
        names: await namesIn(views, store.direct.features.people).catch(() => noNames),
      };
    };
    const worded = (made: readonly Reply[], again: View | undefined): Answer => ({
      inbound,
      replies: made,
      repeated: false,
      names: noNames,
      apology: true,
      ...(again ? { again } : {}),
    });
    const work = measured(inbound, gate).then(
      ({ replies: made, repeated }) => answer(made, repeated),
      async (error: unknown) => worded(await apology(inbound, error, store.direct.asked), meanwhile(error)),
    );
    const budget = budgetMs[isPersonal(inbound) ? platformOf(inbound.account) : 'slack'];
    const inTime = await within(budget, track(work));
    if (inTime) return inTime;
    // A form that somebody sent may be wanted by many at once, and sent twice it is done once: it is not dropped for being slow.
    if (gate.state !== 'committing' && !gate.unsure && inbound.kind !== 'submit') {
      // The commit has not begun and now never will: so it is true that nothing happened.
      gate.state = 'called off';
      return worded([{ kind: 'whisper', view: slow }], meanwhile(new CalledOff()));
    }
    // It may be committed, or will be: its replies are made late, by way of the response address or a direct message.
    void track(work.then((late) => replies.settle(late, [])));
    return { ...worded([{ kind: 'whisper', view: unsure }], unsure), repeated: true };
  }

  async function report(inbound: Inbound): Promise<void> {
    await track(measured(inbound, { state: 'open', unsure: false }));
  }

  return { answered, report };
}
