import { z } from 'zod';
import { holidaysSchema } from './calendar/holidays.ts';
import { weekdays } from './calendar/wall.ts';
import { isZone } from './calendar/zone.ts';
import { faultOf } from './catalog/expression.ts';
import { textFault } from './catalog/text.ts';
import { personas } from './kernel/person.ts';
import { officeHoursSchema } from './office-hours/settings.ts';
import { kinds as sessionKinds } from './office-hours/store.ts';
import { place } from './written-place.ts';

/** Who belongs to a role or a team: by e-mail, by Slack user group (id or handle), by Teams team (id). */
const members = z
  .strictObject({
    emails: z.array(z.email().transform((e) => e.toLowerCase())).default([]),
    slackUserGroups: z.array(z.string().min(1)).default([]),
    teams: z.array(z.string().min(1)).default([]),
  })
  .prefault({});
export type Members = z.output<typeof members>;

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** Seconds, written as `30m`, `1h` or `7d`. */
const span = z
  .string('Write a time such as 30m, 1h or 7d.')
  .regex(/^[1-9]\d{0,3}[mhd]$/, 'Write a time such as 30m, 1h or 7d.')
  .transform((written) => Number.parseInt(written, 10) * (secondsIn[written.slice(-1)] ?? 0));

/** As `span`, also in seconds: `5s`. */
const moment = z
  .string('Write a time such as 30s, 2m or 1h.')
  .regex(/^[1-9]\d{0,3}[smhd]$/, 'Write a time such as 30s, 2m or 1h.')
  .transform((written) => Number.parseInt(written, 10) * (secondsIn[written.slice(-1)] ?? 0));
const repository = z.string().regex(/^[\w.-]{1,50}\/[\w.-]{1,100}$/, 'Write owner/repository.');
const label = z.string().min(1).max(50);
const roadmap = z
  .strictObject({
    /** How long what ships waits for what else ships: it is told in one message. */
    gather: moment.prefault('2m'),
    /** The repository whose issues items are worked on in, and the labels that stand for their states. */
    github: z
      .strictObject({
        repository,
        labels: z
          .strictObject({
            triaged: label.default('roadmap: triaged'),
            planned: label.default('roadmap: planned'),
            'in-progress': label.default('roadmap: in progress'),
            'in-review': label.default('roadmap: in review'),
          })
          .prefault({}),
      })
      .exactOptional(),
  })
  .prefault({});

const teamName = z.string().min(1).max(60);
/** How much of each quota kind, such as `postgres: 3`. */
const amounts = z.record(z.string().min(1).max(60), z.number().nonnegative());
/** What is over a limit needs an approval; where the limit is `hard` it is refused. */
const hard = z.boolean().default(false);
const quotas = z
  .strictObject({ default: amounts.default({}), teams: z.record(teamName, amounts).default({}), hard })
  .prefault({});
const perMonth = z.number().nonnegative().max(10_000_000);
const budgets = z
  .strictObject({
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'Write a currency such as EUR or USD.')
      .default('EUR'),
    default: perMonth.optional(),
    teams: z.record(teamName, perMonth).default({}),
    hard,
  })
  .prefault({});

/** Complains of an expression that cannot be right whatever it is asked about. */
const sound =
  (faultIn: (source: string) => string | undefined) =>
  (source: string, ctx: z.RefinementCtx): void => {
    const fault = faultIn(source);
    if (fault !== undefined) ctx.addIssue({ code: 'custom', message: `This expression is wrong: ${fault}.` });
  };
const decidingRoles: readonly string[] = ['owner', 'platform', 'product', 'admin'];
/** A rule over all golden paths, beside each path's own: the strictest verdict wins. */
const policyRule = z.strictObject({
  when: z
    .string()
    .min(1)
    .max(1000)
    .superRefine(sound((source) => faultOf(source, {}))),
  verdict: z.enum(['allow', 'approval', 'deny']),
  because: z
    .string()
    .min(1)
    .max(300)
    .superRefine(sound((source) => textFault(source, {}))),
  by: z.array(z.string().min(1).max(60)).min(1).max(10).exactOptional(),
});
const requests = z
  .strictObject({
    /** After so long approvers are reminded, more of them are asked, and the request ends undecided. */
    remindAfter: span.prefault('4h'),
    escalateAfter: span.prefault('1d'),
    expireAfter: span.prefault('7d'),
    /** Whether somebody without a team may ask for something of their own. */
    personal: z.boolean().default(false),
  })
  .prefault({});

/** A namespace, or the beginning of several: `shop-*`. */
const namespacePattern = z.string().regex(/^[a-z0-9-]{1,63}\*?$|^\*$/, 'Write a namespace such as shop, or shop-*.');
const namespaceName = z.string().regex(/^[a-z0-9-]{1,63}$/, 'Write the whole name of a namespace.');
const doctor = z
  .strictObject({
    /** Labels or annotations, of a workload or its namespace, that name the team whose it is. */
    ownerKeys: z.array(z.string().min(1).max(317)).max(10).default(['groundcrew.dev/team', 'team']),
    /** Whose a namespace is, where no label tells. */
    owners: z.record(namespacePattern, teamName).default({}),
    namespaces: z
      .strictObject({
        include: z.array(namespaceName).default([]),
        exclude: z.array(namespacePattern).default(['kube-system', 'kube-public', 'kube-node-lease']),
      })
      .prefault({}),
    /** The same for one of several clusters, by what it is called; what it does not say is as above. */
    clusters: z
      .record(
        z.string().max(63),
        z.strictObject({
          namespaces: z
            .strictObject({
              include: z.array(namespaceName).exactOptional(),
              exclude: z.array(namespacePattern).exactOptional(),
            })
            .prefault({}),
        }),
      )
      .default({}),
    visibleTo: z.enum(['owners', 'everyone']).default('owners'),
    /** Whether the cluster is asked, by a SubjectAccessReview for the person’s e-mail, before a fix is carried out. */
    subjectAccessReview: z.boolean().default(false),
    /** Whether a fix is carried out under the name of who pressed it (their e-mail, their teams as groups), not the bot’s. */
    impersonate: z.boolean().default(false),
  })
  .prefault({});

const weekly = z.strictObject({
  on: z.enum(weekdays, 'Write a day: mo, tu, we, th, fr, sa or su.'),
  at: z.string().regex(/^(0[4-9]|1\d|2[0-3]):[0-5]\d$/, 'Write a time from 04:00 on, such as 15:00.'),
});
const announcements = z
  .strictObject({
    /** Parts of the platform that news can be about, and that people can follow. */
    areas: z
      .array(z.string().regex(/^[^,]{1,40}$/, 'Write a short name without a comma, such as databases.'))
      .max(20)
      .default([]),
    /** Which sessions are news: so many days before, at a time of their series’ zone. */
    sessions: z
      .partialRecord(
        z.enum(sessionKinds),
        z.strictObject({
          days: z.int().min(0).max(28),
          at: z
            .string()
            .regex(/^(0[4-9]|1\d|2[0-3]):[0-5]\d$/, 'Write a time from 04:00 on, such as 10:00.')
            .default('10:00'),
          /** Whoever follows one of them is told in person. */
          areas: z.array(z.string().max(40)).max(20).default([]),
        }),
      )
      .prefault({ demo: { days: 7 } }),
    /** What the week brought, drafted for its owner and posted once they approve it. Absent: there is none. */
    changelog: z
      .strictObject({
        /** By e-mail. Absent: the product manager, or else a platform engineer. */
        owner: z
          .email()
          .transform((e) => e.toLowerCase())
          .exactOptional(),
        zone: z.string().refine(isZone, 'Write a time zone such as Europe/Berlin.').default('UTC'),
        draft: weekly.prefault({ on: 'th', at: '15:00' }),
        post: weekly.prefault({ on: 'fr', at: '10:00' }),
        /** Merged ones with the label are told. */
        pullRequests: z
          .strictObject({
            repositories: z.array(repository).min(1).max(20),
            label: label.default('platform-update'),
          })
          .exactOptional(),
      })
      .exactOptional(),
  })
  .prefault({});

/** What somebody new is shown, and what is searched beside the golden paths. */
const onboarding = z
  .strictObject({
    docs: z
      .array(
        z.strictObject({
          title: z.string().min(1).max(100),
          url: z.url({ protocol: /^https?$/ }),
          about: z.string().max(300).default(''),
          /** More words by which it is found. */
          words: z.string().max(5000).default(''),
          /** Nobody named: for everybody. */
          personas: z.array(z.enum(personas)).default([]),
        }),
      )
      .max(500)
      .default([]),
    /** Where to ask, in words. */
    ask: z.string().min(1).max(300).exactOptional(),
  })
  .prefault({});

const metrics = z
  .strictObject({
    /** What fewer people did or said is not told. */
    smallest: z.int().min(3, 'Fewer than three people are no crowd.').max(100).default(5),
    /** Where docs/metrics.md can be read: each number links there. */
    definitions: z.url({ protocol: /^https?$/ }).exactOptional(),
  })
  .prefault({});

/** The product's part of groundcrew.yaml; docs/groundcrew.yaml documents every key. */
export const settingsSchema = z
  .strictObject({
    /** Whose bot this is, as people call the team. */
    name: z.string().min(1).max(60).default('the platform team'),
    roles: z.strictObject({ platform: members, product: members, admin: members }).prefault({}),
    teams: z.record(teamName, members).default({}),
    channels: z
      .strictObject({
        triage: z.array(place).default([]),
        updates: z.array(place).default([]),
        approvals: z.array(place).default([]),
        /** Where incidents are told that concern no team with a channel of its own. */
        doctor: z.array(place).default([]),
        /** Where the numbers of each month are posted; without one, where feedback is triaged. */
        metrics: z.array(place).default([]),
        teams: z.record(teamName, z.array(place)).default({}),
      })
      .prefault({}),
    /** Where the golden paths can be read in a browser: their docs are linked there. */
    catalog: z.strictObject({ url: z.url({ protocol: /^https?$/ }).exactOptional() }).prefault({}),
    metrics,
    requests,
    announcements,
    onboarding,
    roadmap,
    doctor,
    policy: z.array(policyRule).max(100).default([]),
    quotas,
    budgets,
    officeHours: officeHoursSchema(place).default({}),
    /** Days on which nobody is asked, reminded or told anything that can wait. */
    holidays: holidaysSchema,
    /** How long before something ends its owner is reminded. */
    reminders: z.array(span).max(5).default([604_800, 86_400, 3600]),
  })
  .superRefine(({ policy, teams }, ctx) => {
    for (const [i, rule] of policy.entries())
      for (const [j, name] of (rule.by ?? []).entries())
        if (!decidingRoles.includes(name) && !Object.hasOwn(teams, name))
          ctx.addIssue({
            code: 'custom',
            path: ['policy', i, 'by', j],
            message: `“${name}” is neither a team of this file, nor platform, product, admin or owner. Nobody could decide.`,
          });
  });
export type Settings = z.output<typeof settingsSchema>;
