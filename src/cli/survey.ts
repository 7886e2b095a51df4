import { line } from '../catalog/follow.ts';
import { shippedSurveys } from '../config.ts';
import { Problem } from '../core/kernel/problem.ts';
import { counting } from '../core/kernel/text.ts';
import { minutesOf } from '../core/surveys/answers.ts';
import { figureColumns, figuresOf } from '../core/surveys/export.ts';
import { looks } from '../core/surveys/results-view.ts';
import { createSurveyStore } from '../store/surveys.ts';
import { loadSurveys } from '../surveys/load.ts';
import { withDatabase } from './database.ts';
import { cell } from './metrics.ts';

const csvOf = (rows: readonly Readonly<Record<string, string | number>>[], columns: readonly string[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((c) => cell(row[c])).join(','))]
    .map((line) => `${line}\r\n`)
    .join('');

/** Checks a folder of surveys: the one that is named, or that of SURVEYS_DIR, or the one that ships. Status 0 when all are right. */
export async function surveyCheck(
  named: string | undefined,
): Promise<{ readonly text: string; readonly status: 0 | 1 }> {
  const folder = named ?? process.env.SURVEYS_DIR ?? shippedSurveys;
  const loaded = await loadSurveys(folder);
  if (!loaded || loaded.length === 0)
    throw new Problem(
      'surveys_not_found',
      `There are no surveys in ${folder}. Name the folder that has a YAML file for each, such as: groundcrew survey check surveys`,
    );
  const text = loaded.map((l) =>
    'survey' in l
      ? `✓ ${l.survey.name}: ${counting(l.survey.questions.length, 'question')}, about ${minutesOf(l.survey.questions)} min, ${l.survey.trust.mode}, k ${l.survey.trust.k}\n`
      : `✗ ${l.file}\n${l.problems.map((p) => `    ✗ ${line(p)}\n`).join('')}`,
  );
  const bad = loaded.filter((l) => 'problems' in l).length;
  return { text: `${text.join('')}${loaded.length - bad} right, ${bad} to be corrected.\n`, status: bad > 0 ? 1 : 0 };
}

/**
 * What closed runs of a survey found, latest first: counts of everybody or by one cut, or with `words` what people wrote, in no order. It holds
 * nothing that the results do not show, since nothing else was kept.
 */
export async function surveyExport(
  env: NodeJS.ProcessEnv,
  name: string,
  { json, words, by = 'all' }: { readonly json: boolean; readonly words: boolean; readonly by?: string | undefined },
): Promise<string> {
  const cut = looks.find((each) => each === by);
  if (!cut)
    throw new Problem(
      'survey_cut_unknown',
      `Results are not counted by “${by}”. Write --by ${looks.join(', --by ')}; without it they are of everybody.`,
    );
  return withDatabase(env, async (db) => {
    const surveys = createSurveyStore(db);
    const runs = (await surveys.runs(name, 100)).filter((r) => r.state === 'closed');
    if (runs.length === 0)
      throw new Problem(
        'survey_not_counted',
        `There is no closed run of “${name}”. Results are counted when a run closes; there is nothing before that. “survey list” in chat names the surveys.`,
      );
    if (!words) {
      const figures = runs.flatMap((run) => figuresOf(run, cut));
      return json ? `${JSON.stringify(figures, null, 2)}\n` : csvOf(figures, figureColumns);
    }
    const rows = [];
    for (const run of runs)
      for (const q of run.survey.questions.filter((each) => each.kind === 'text'))
        for (const said of await surveys.words(run.id, q.key))
          rows.push({ survey: run.survey.name, run: run.number, question: q.key, words: said });
    return json ? `${JSON.stringify(rows, null, 2)}\n` : csvOf(rows, ['survey', 'run', 'question', 'words']);
  });
}
