import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { aboutIssues } from '../catalog/complaints.ts';
import { type Complaint, readSource } from '../catalog/source.ts';
import { type Survey, surveyKeys, surveySchema } from '../core/surveys/model.ts';

export type LoadedSurvey =
  | { readonly file: string; readonly survey: Survey }
  | { readonly file: string; readonly problems: readonly Complaint[] };

/** Reads the text of one survey. Everything that is wrong with it is told at once, with its line and what to do. */
export function readSurvey(file: string, text: string): LoadedSurvey {
  const read = readSource(file, text);
  if (!('source' in read)) return { file, problems: read.complaints };
  const { source } = read;
  if (source.documents.length !== 1)
    return {
      file,
      problems: [{ file, what: 'it has to hold one survey', todo: 'Put each survey into a file of its own.' }],
    };
  const parsed = surveySchema.safeParse(source.documents[0]);
  if (!parsed.success) return { file, problems: aboutIssues(source, parsed.error, surveyKeys, 'docs/surveys.md') };
  const name = basename(file, extname(file));
  const { data: survey } = parsed;
  if (survey.name === name) return { file, survey };
  const line = source.line(['name']);
  const what = `the name is “${survey.name}”, and the file is “${name}”`;
  return {
    file,
    problems: [{ file, ...(line === undefined ? {} : { line }), what, todo: 'Give both the same name.' }],
  };
}

/** Reads all surveys of a folder, in the order of their names; undefined when there is no such folder. */
export async function loadSurveys(folder: string): Promise<readonly LoadedSurvey[] | undefined> {
  const names = await readdir(folder).catch(() => undefined);
  if (!names) return undefined;
  const files = names.filter((n) => /^[^.].*\.ya?ml$/.test(n)).toSorted();
  return Promise.all(files.map(async (file) => readSurvey(file, await readFile(join(folder, file), 'utf8'))));
}
