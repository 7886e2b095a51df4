import { type Survey, surveySchema } from './model.ts';
import type { Run } from './store.ts';

/*
 * A survey that is changed while a run of it is open. The run keeps what it asked and promised on its first card, so a
 * form that would change it is refused; a file, which is changed elsewhere, counts for the next run, and that is told.
 */

/** Whether a survey says something else than its run that is open. What we only read in another way by now does not. */
export function isEdited(run: Run, survey: Survey | undefined): boolean {
  const { data: frozen } = surveySchema.safeParse(run.survey);
  return run.state !== 'closed' && survey !== undefined && JSON.stringify(frozen) !== JSON.stringify(survey);
}

/** What became of a survey’s file since its run was planned. A broken one is not there either. */
export type FileNow = 'same' | 'changed' | 'gone';
export const fileNow = (run: Run, survey: Survey | undefined): FileNow =>
  survey === undefined ? 'gone' : isEdited(run, survey) ? 'changed' : 'same';

/** Why a survey can be neither changed nor opened now. */
export const busy = ({ survey, number, state, closes }: Run): string =>
  state === 'closing'
    ? `“${survey.title}” has a run that is not over: run ${number} is being counted, for a quarter of an hour at most.`
    : `“${survey.title}” has a run that is not over: run ${number} is open until ${closes.toISOString().slice(0, 10)}. What it asks and promises can’t be changed while it is open.`;
