import { duration, figure } from '../kernel/index.ts';

/** `measured`: the bot or the cluster saw it. `asked`: people said so. The two are never added up. */
export type Source = 'measured' | 'asked';
export type Unit = 'count' | 'percent' | 'seconds' | 'weekly' | 'score' | 'points';
export const groups = {
  adoption: 'Adoption',
  selfService: 'Self-service',
  delivery: 'Delivery',
  voice: 'Being heard',
} as const;
export type Group = keyof typeof groups;

export type Definition = {
  readonly title: string;
  readonly group: Group;
  readonly source: Source;
  readonly unit: Unit;
  /** How it is counted, in whole sentences. */
  readonly how: string;
};

/** Every number, with how it is counted: what docs/metrics.md, the chat, the CSV and `/metrics` say of it. */
export const definitions = {
  active: {
    title: 'People active',
    group: 'adoption',
    source: 'measured',
    unit: 'count',
    how: 'People who did something with the bot since then, on Slack or on Teams: one human counts once, in months that are over as well. Reading a channel is not counted. Who was active in which month is kept for two years.',
  },
  requests: {
    title: 'Requests',
    group: 'adoption',
    source: 'measured',
    unit: 'count',
    how: 'Requests for golden paths and for changes to what came of them, whatever became of them.',
  },
  selfService: {
    title: 'Self-service',
    group: 'selfService',
    source: 'measured',
    unit: 'percent',
    how: 'Of the requests that became ready, those on which nobody had to decide.',
  },
  selfServiceAsked: {
    title: 'Self-service, as people see it',
    group: 'selfService',
    source: 'asked',
    unit: 'percent',
    how: 'Of the last ten things that people needed from the platform, how many they got without a ticket or a person: the mean in the latest run of a survey that measures self-service.',
  },
  wait: {
    title: 'From request to ready',
    group: 'selfService',
    source: 'measured',
    unit: 'seconds',
    how: 'The median time from the request to what was asked for being ready, approvals included. Requests that never became ready are not in it.',
  },
  onboarding: {
    title: 'Onboarding',
    group: 'selfService',
    source: 'measured',
    unit: 'seconds',
    how: 'Of people whom the bot first met since then: the median time from that to the first thing they asked for being ready.',
  },
  firstDeploy: {
    title: 'Time to first deploy',
    group: 'selfService',
    source: 'measured',
    unit: 'seconds',
    how: 'Of people whom the bot first met since then: the median time from that to their first rollout. A rollout is somebody’s where its annotation groundcrew.dev/rolled-out-by holds their e-mail address.',
  },
  onboardingAsked: {
    title: 'Until people felt productive',
    group: 'selfService',
    source: 'asked',
    unit: 'score',
    how: 'The middle answer in the latest run of a survey that measures onboarding, in the words of its option.',
  },
  firstDeployAsked: {
    title: 'Until the first deploy, as people remember it',
    group: 'selfService',
    source: 'asked',
    unit: 'score',
    how: 'The middle answer in the latest run of a survey that measures first-deploy, in the words of its option.',
  },
  deployments: {
    title: 'Deployment frequency',
    group: 'delivery',
    source: 'measured',
    unit: 'weekly',
    how: 'Rollouts a week: pod templates of Deployments, StatefulSets and DaemonSets that the cluster had not run before. A restart is none, nor is another number of replicas, nor going back to what ran before. What was there when the bot first looked is not counted, and weeks before that are not either; what was seen in less than a week counts as a week’s.',
  },
  lead: {
    title: 'Change lead time',
    group: 'delivery',
    source: 'measured',
    unit: 'seconds',
    how: 'The median time from a commit to its rollout, over the rollouts whose annotation groundcrew.dev/committed-at says when that was.',
  },
  failure: {
    title: 'Change fail rate',
    group: 'delivery',
    source: 'measured',
    unit: 'percent',
    how: 'Of the rollouts, those after which an incident of the same workload opened within an hour, or which were taken back within a day by what ran before. Incidents that turned out to be part of another, such as a node that went away, are not in it. With Wilson’s interval at 95%; of fewer than five rollouts it is told how many of how many.',
  },
  recovery: {
    title: 'Time to recover',
    group: 'delivery',
    source: 'measured',
    unit: 'seconds',
    how: 'The median time from an incident’s opening to its end, over the incidents that opened since then and are over; how many are still open stands beside it. What ended because its cluster is not followed any more is not in it. DORA’s failed deployment recovery time is narrower: only what a change broke.',
  },
  dora: {
    title: 'DORA Quick Check score',
    group: 'delivery',
    source: 'measured',
    unit: 'score',
    how: 'The four numbers above as DORA’s Quick Check scores them, 0 to 10, 10 is best: the mean of those that were measured, from five rollouts on. Frequency is taken for each service, since DORA asks about one application. In 2025 the mean of all industries was 6.7.',
  },
  doraAsked: {
    title: 'DORA Quick Check score, as people answer',
    group: 'delivery',
    source: 'asked',
    unit: 'score',
    how: 'The mean answers to DORA’s five questions in the run in which most of them were answered, such as one of the pack dora, and the latest of such, scored as above. What nobody knew is left out, not counted as the worst.',
  },
  nps: {
    title: 'Recommendation (NPS)',
    group: 'voice',
    source: 'asked',
    unit: 'points',
    how: 'The share of those who would recommend the platform (9 or 10 of 10) less the share of those who would not (0 to 6), from -100 to 100, in the latest run of a survey that asks it. The margin is the adjusted Wald interval at 95%. Against the run before, a change counts as one only when it is outside the margin.',
  },
  satisfaction: {
    title: 'Satisfaction',
    group: 'voice',
    source: 'asked',
    unit: 'percent',
    how: 'Those who chose one of the two best points, such as “happy” or “very happy”, in the latest run of a survey that asks how satisfied people are, with Wilson’s interval at 95%.',
  },
  heard: {
    title: 'The team acts on feedback',
    group: 'voice',
    source: 'asked',
    unit: 'percent',
    how: 'Those who chose one of the two best points, such as “very much” or “extremely”, in the latest run of a survey that measures acts-on-feedback, with Wilson’s interval at 95%.',
  },
  feedback: {
    title: 'Feedback received',
    group: 'voice',
    source: 'measured',
    unit: 'count',
    how: 'What people sent to the platform’s backlog.',
  },
  answered: {
    title: 'Feedback answered',
    group: 'voice',
    source: 'measured',
    unit: 'percent',
    how: 'Of the feedback received since then, that to which somebody of the platform team did or said something.',
  },
  shipped: {
    title: 'Feedback shipped',
    group: 'voice',
    source: 'measured',
    unit: 'percent',
    how: 'Of the feedback received since then, that which is shipped by now.',
  },
  officeHours: {
    title: 'Office hours attended',
    group: 'voice',
    source: 'measured',
    unit: 'count',
    how: 'People who talked with a host in office hours, demos or workshops that began since then. Who signed up and did not come is not counted.',
  },
  reach: {
    title: 'Announcement reach',
    group: 'voice',
    source: 'measured',
    unit: 'percent',
    how: 'Of the people active, those who pressed “Got it” under at least one announcement that was posted since then. Who read without pressing is not seen, so the true reach is higher.',
  },
} as const satisfies Readonly<Record<string, Definition>>;
export type FigureId = keyof typeof definitions;
export const figureIds = Object.keys(definitions) as readonly FigureId[];
export const definitionOf = (id: FigureId): Definition => definitions[id];

/** The heading of docs/metrics.md that a number is explained under, as GitHub makes anchors. */
export const anchorOf = (id: FigureId): string =>
  definitions[id].title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

const written: Readonly<Record<Unit, (value: number) => string>> = {
  count: (v) => figure(v),
  percent: (v) => `${Math.round(v)}%`,
  seconds: (v) => longer(v),
  weekly: (v) => `${figure(v)} a week`,
  score: (v) => `${figure(v)} of 10`,
  points: (v) => `${v > 0 ? '+' : ''}${Math.round(v)}`,
};
/** Two units at most, and days where hours would be many. */
function longer(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  if (days < 2) return duration(seconds);
  const hours = Math.round((seconds % 86_400) / 3600);
  return hours === 0 || days >= 10 ? `${days} d` : `${days} d ${hours} h`;
}
export const inWords = (unit: Unit, value: number): string => written[unit](value);

const sourceWords: Readonly<Record<Source, string>> = { measured: '_Measured._', asked: '_Asked._' };
const section = ([group, title]: readonly [string, string]): string =>
  `## ${title}\n\n${figureIds
    .filter((id) => definitions[id].group === group)
    .map((id) => `### ${definitions[id].title}\n\n${sourceWords[definitions[id].source]} ${definitions[id].how}\n`)
    .join('\n')}`;

/** The part of docs/metrics.md that explains each number, made from the table above. */
export const definitionsPage = (): string => Object.entries(groups).map(section).join('\n');
