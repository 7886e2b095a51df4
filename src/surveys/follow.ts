import { line } from '../catalog/follow.ts';
import type { Log } from '../core/kernel/log.ts';
import type { Survey } from '../core/surveys/model.ts';
import { type LoadedSurvey, loadSurveys } from './load.ts';

type Timer = { after(ms: number, run: () => void): () => void };

/** How often the folder is read again, in ms: there are few files, and they are small. */
const lookEvery = 10_000;

/** Those that were there before, and say something else now. */
const changed = (before: readonly LoadedSurvey[], now: readonly LoadedSurvey[]): readonly string[] =>
  now.flatMap((each) => {
    const was = before.find((b) => b.file === each.file);
    const another = was && 'survey' in was && JSON.stringify(was) !== JSON.stringify(each);
    return another && 'survey' in each ? [each.survey.name] : [];
  });

/**
 * Reads the folder of surveys, now and again, and tells when something is another. A file that is broken is told to the
 * log, and the others are taken; a run that is open keeps what it asked from the start.
 */
export function followSurveys(
  folder: string,
  clock: Timer,
  log: Log,
  report: (surveys: readonly Survey[]) => Promise<void>,
) {
  let known = '';
  let before: readonly LoadedSurvey[] = [];
  let stopped = false;
  let cancel = () => {};
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const loaded: readonly LoadedSurvey[] = (await loadSurveys(folder)) ?? [];
    const seen = JSON.stringify(loaded);
    if (seen === known || stopped) return;
    for (const each of loaded)
      if ('problems' in each) log.error({ file: each.file, problems: each.problems.map(line) }, 'a survey is broken');
    await report(loaded.flatMap((each) => ('survey' in each ? [each.survey] : [])));
    for (const name of changed(before, loaded))
      log.info(
        { survey: name },
        'a survey was changed: a run that is open keeps what it asked, and the next one asks this',
      );
    [known, before] = [seen, loaded];
  }
  const once = () => {
    looking = look()
      .catch((error: unknown) => log.warn({ err: error, folder }, 'the surveys could not be read'))
      .finally(() => {
        if (!stopped) cancel = clock.after(lookEvery, once);
      });
    return looking;
  };

  return {
    start: once,
    async stop(): Promise<void> {
      stopped = true;
      cancel();
      await looking;
    },
  };
}
