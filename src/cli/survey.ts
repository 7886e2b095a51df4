import { line } from '../catalog/follow.ts';
import { shippedSurveys } from '../config.ts';
import { Problem } from '../core/kernel/problem.ts';
import { minutesOf } from '../core/surveys/answers.ts';
import { loadSurveys } from '../surveys/load.ts';

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
      ? `✓ ${l.survey.name}: ${l.survey.questions.length} questions, about ${minutesOf(l.survey.questions)} min, ${l.survey.trust.mode}, k ${l.survey.trust.k}\n`
      : `✗ ${l.file}\n${l.problems.map((p) => `    ✗ ${line(p)}\n`).join('')}`,
  );
  const bad = loaded.filter((l) => 'problems' in l).length;
  return { text: `${text.join('')}${loaded.length - bad} right, ${bad} to be corrected.\n`, status: bad > 0 ? 1 : 0 };
}
