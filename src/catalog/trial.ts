import type { GoldenPath } from '../core/catalog/path.ts';
import { samplesOf, taken } from '../core/catalog/samples.ts';
import { tryOut } from '../core/catalog/trial.ts';
import { Problem } from '../core/kernel/problem.ts';
import { about } from './complaints.ts';
import type { Complaint, Source } from './source.ts';

/** A path that cannot be worked out with its usual values does not load: nobody should find that out in a form. */
export function trial(path: GoldenPath, source: Source): readonly Complaint[] {
  const { samples, missing } = samplesOf(path);
  const [first] = samples;
  if (missing.length > 0 || !first)
    return missing.map((name) =>
      about(
        source,
        ['parameters', 'properties', name],
        `no example of “${name}” could be found that fits it`,
        'Give it a placeholder or a default, or a value in verify.parameters: the check tries the path with it.',
      ),
    );
  const values = taken(path, first);
  if (!values)
    return [
      about(
        source,
        ['verify', 'parameters'],
        'the path’s own sample values are refused by its parameters',
        'Correct verify.parameters, defaults and placeholders.',
      ),
    ];
  try {
    tryOut(path, values);
    return [];
  } catch (error) {
    if (error instanceof Problem)
      return [
        about(source, ['backend'], `with usual values, ${error.message}`, 'Correct the expression or the template.'),
      ];
    throw error;
  }
}
