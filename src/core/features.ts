import { announcements } from './announcements/feature.ts';
import type { WithAnnouncements } from './announcements/store.ts';
import { feedback } from './feedback/feature.ts';
import type { WithFeedback } from './feedback/store.ts';
import { fresh } from './freshness/feature.ts';
import type { WithHealth } from './freshness/store.ts';
import { help } from './help/feature.ts';
import { commandsOf, type Offered } from './help/views.ts';
import { incidents } from './incidents/feature.ts';
import type { WithIncidents } from './incidents/store.ts';
import { invitations } from './invitations/feature.ts';
import type { WithInvitations } from './invitations/store.ts';
import type { Feature } from './kernel/index.ts';
import { metrics } from './metrics/feature.ts';
import type { WithMetrics } from './metrics/store.ts';
import { demos } from './office-hours/demo.ts';
import type { WithDemos } from './office-hours/demo-store.ts';
import { officeHours } from './office-hours/feature.ts';
import type { WithOfficeHours } from './office-hours/store.ts';
import { onboarding } from './onboarding/feature.ts';
import type { WithOnboarding } from './onboarding/store.ts';
import { operations } from './operations/feature.ts';
import { people } from './people/feature.ts';
import type { WithPeople } from './people/store.ts';
import { requests } from './requests/feature.ts';
import type { WithAudit, WithRequests } from './requests/store.ts';
import { resources } from './resources/feature.ts';
import type { WithResources } from './resources/store.ts';
import { roadmap } from './roadmap/feature.ts';
import type { WithRoadmap } from './roadmap/store.ts';
import { runs } from './runs/feature.ts';
import type { WithRuns } from './runs/run.ts';
import { surveys } from './surveys/feature.ts';
import type { WithSurveys } from './surveys/store.ts';

/** What the features need of the store, together. */
export type Stores = WithPeople &
  WithFeedback &
  WithRoadmap &
  WithResources &
  WithRuns &
  WithRequests &
  WithAudit &
  WithHealth &
  WithIncidents &
  WithAnnouncements &
  WithOnboarding &
  WithSurveys &
  WithOfficeHours &
  WithDemos &
  WithInvitations &
  WithMetrics;

/** Every feature, in the order in which help and the home page show them. */
export const features: readonly Feature<Stores>[] = [
  requests,
  resources,
  incidents,
  feedback,
  roadmap,
  announcements,
  surveys,
  officeHours,
  demos,
  invitations,
  metrics,
  onboarding,
  people,
  help(commands),
  operations,
  runs,
  fresh,
];

let offered: readonly Offered[] | undefined;
function commands(): readonly Offered[] {
  offered ??= commandsOf(features);
  return offered;
}
