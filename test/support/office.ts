import { expect, onTestFinished } from 'vitest';
import type { AccountId, Action, Answer, Asked, Button, Outgoing, Profile, View } from '../../src/core/kernel/index.ts';
import { buttonsOf } from '../../src/core/kernel/index.ts';
import { type Settings, settingsSchema } from '../../src/core/settings.ts';
import { virtualClock } from './clock.ts';
import type { TestDatabase } from './database.ts';
import { ada, adaTeams, grace, graceTeams, openHouse, quiet, recordingPlatform } from './house.ts';
import { wordsOf } from './words.ts';

/* Office hours as they are lived: people on both platforms, one clock, real rows. */

const tenant = 'teams:11111111-1111-4111-8111-111111111111';
export const channels = { slack: 'slack:T1/COFFICE', teams: `${tenant}/19:office@thread.tacv2` } as const;
export type On = keyof typeof channels;

export const officeSettings: Settings = settingsSchema.parse({
  name: 'the Acme platform team',
  roles: { platform: { emails: ['grace@acme.test', 'hal@acme.test'] } },
  teams: { shop: { emails: ['ada@acme.test'] } },
  channels: { updates: [channels.slack, channels.teams] },
});

/** One more human of that platform. */
export const human = (on: On, id: string, zone = 'Europe/Berlin'): Profile => ({
  account: (on === 'slack' ? `slack:T1/U${id.toUpperCase()}` : `${tenant}/${id}`) as AccountId,
  name: id.charAt(0).toUpperCase() + id.slice(1),
  email: `${id}@acme.test`,
  zone,
  active: true,
});
export const both = {
  slack: { dev: ada, host: grace, hal: human('slack', 'hal'), bob: human('slack', 'bob'), eve: human('slack', 'eve') },
  teams: {
    dev: adaTeams,
    host: graceTeams,
    hal: human('teams', 'hal'),
    bob: human('teams', 'bob'),
    eve: human('teams', 'eve'),
  },
} as const;

/** 2026-03-02 was a Monday. */
export const monday = '2026-03-02T09:00:00Z';
export const usual = {
  title: 'Platform office hours',
  kind: 'office-hours',
  day: '2026-03-05',
  at: '14:00',
  zone: 'Europe/Berlin',
  repeats: 'week',
  minutes: '60',
  slots: '20',
  queue: 'false',
  link: 'https://meet.acme.test/platform',
  about: 'Bring what slows you down.',
};

export async function openOffice(
  database: TestDatabase,
  options: {
    readonly settings?: () => Settings;
    readonly start?: string;
    readonly people?: readonly Profile[];
    readonly actions?: readonly Action[];
    readonly address?: (path: string) => string | undefined;
    /** What clusters are called, where there are several. */
    readonly clusters?: ReadonlyMap<string, string>;
  } = {},
) {
  const clock = virtualClock(options.start ?? monday);
  // What breaks must not pass for an answer.
  const faults: unknown[] = [];
  const error = (fields: object) => {
    // A database that is too busy is nobody’s fault here, and answered in words.
    if (!('result' in fields && fields.result === 'away')) faults.push('err' in fields ? fields.err : fields);
  };
  const people = [...Object.values(both.slack), ...Object.values(both.teams), ...(options.people ?? [])];
  const slack = recordingPlatform('slack', people);
  const teams = recordingPlatform('teams', people);
  const house = openHouse(database, {
    clock,
    slack,
    teams,
    settings: options.settings ?? (() => officeSettings),
    ...(options.actions ? { actions: options.actions } : {}),
    ...(options.clusters ? { clusters: options.clusters } : {}),
    ...(options.address ? { address: options.address } : {}),
    log: { ...quiet, error },
  });
  await house.engine.start();
  onTestFinished(async () => {
    await house.engine.stop();
    expect(faults).toEqual([]);
  });
  const all = () => [...slack.outgoing, ...teams.outgoing];
  const viewed = (o: Outgoing): View => o.view;

  return {
    ...house,
    clock,
    slack,
    teams,
    /** Time goes by, beat by beat of the given length, and what is due happens. */
    async pass(minutes: number, step = minutes): Promise<void> {
      for (let gone = 0; gone < minutes; gone += step) {
        clock.jump(step * 60_000);
        await house.sweep();
        await house.work();
      }
    },
    /** Until that instant, in steps of at most so many minutes. */
    async until(at: string, step = 6 * 60): Promise<void> {
      for (let left = Date.parse(at) - clock.now().getTime(); left > 0; left -= step * 60_000)
        await this.pass(Math.min(step, left / 60_000));
    },
    async seconds(n: number): Promise<void> {
      clock.jump(n * 1000);
      await house.sweep();
      await house.work();
    },
    async begin(): Promise<void> {
      await house.engine.report({
        kind: 'observed',
        what: 'started',
        input: {},
        at: clock.now(),
        delivery: `started/${clock.now().getTime()}`,
      });
      await house.sweep();
      await house.work();
    },
    say: (who: Profile, words: string) => house.act(house.command(who, words)),
    push: (who: Profile, name: string, value: unknown) => house.act(house.press(who, name, value)),
    send: (who: Profile, asked: Asked, raw: Record<string, unknown>) => house.act(house.submit(who, asked.id, raw)),
    /** What was posted to a place or told a login, as words, oldest first. */
    heard: (to: string): readonly string[] =>
      all().flatMap((o) =>
        (o.kind === 'post' && o.place === to) || (o.kind === 'direct' && o.account === to)
          ? [`${viewed(o).title}\n${wordsOf(viewed(o))}`]
          : [],
      ),
    /** What stands in a place or in the direct messages of a login now, oldest first. */
    stands(to: string): readonly View[] {
      return [slack, teams].flatMap((platform) => {
        const views: View[] = [];
        const at = new Map<string, number>();
        let n = 0;
        for (const o of platform.outgoing) {
          n += 1;
          if (o.kind === 'edit') {
            const i = at.get(o.native);
            if (i !== undefined) views[i] = o.view;
          }
          if ((o.kind === 'post' && o.place === to) || (o.kind === 'direct' && o.account === to)) {
            at.set(`${platform.name}-${n}`, views.length);
            views.push(o.view);
          }
        }
        return views;
      });
    },
    edits: () => all().filter((o) => o.kind === 'edit').length,
    clear(): void {
      slack.outgoing.length = 0;
      teams.outgoing.length = 0;
    },
  };
}
export type Office = Awaited<ReturnType<typeof openOffice>>;

/** The form that an answer opens. */
export function formIn(answer: Answer): Asked {
  const reply = answer.replies.find((r) => r.kind === 'ask');
  if (reply?.kind !== 'ask') throw new Error(`no form was asked: ${JSON.stringify(answer.replies)}`);
  return reply.asked;
}
export const said = (answer: Answer): string =>
  answer.replies
    .map((r) => (r.kind === 'whisper' ? `${r.view.title}\n${wordsOf(r.view)}` : `form ${r.asked.form.title}`))
    .join('\n');
export const labels = (view: View | undefined): readonly string[] =>
  (view ? buttonsOf(view) : []).map((b: Button) => b.label);

/** A host plans the usual series; the form is answered as it was asked. */
export async function planUsual(office: Office, host: Profile, more: Record<string, unknown> = {}): Promise<Answer> {
  const asked = formIn(await office.say(host, 'office-hours new'));
  return office.send(host, asked, { ...asked.prior, places: ['updates'], ...usual, ...more });
}
/** Somebody signs up for a session, by the button. */
export async function signUp(office: Office, who: Profile, n: number, more: Record<string, unknown> = {}) {
  const asked = formIn(await office.push(who, 'office.sign-up', { n }));
  return office.send(who, asked, { ...asked.prior, topic: `${who.name} is stuck`, ...more });
}
