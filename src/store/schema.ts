import type { AnnouncementTables } from './schema/announcements.ts';
import type { EngineTables } from './schema/engine.ts';
import type { FeedbackTables } from './schema/feedback.ts';
import type { IncidentTables } from './schema/incidents.ts';
import type { OfficeHoursTables } from './schema/office-hours.ts';
import type { PeopleTables } from './schema/people.ts';
import type { ResourceTables } from './schema/resources.ts';
import type { SurveyTables } from './schema/surveys.ts';

/** The tables of the schema `groundcrew`, as the migrations leave them. */
export interface Tables
  extends PeopleTables,
    EngineTables,
    FeedbackTables,
    ResourceTables,
    IncidentTables,
    AnnouncementTables,
    SurveyTables,
    OfficeHoursTables {}
