import { advisedFields } from '../core/catalog/form.ts';
import type { GoldenPath } from '../core/catalog/path.ts';
import { about } from './complaints.ts';
import type { Complaint, Source } from './source.ts';

/** What works, and could be better. `names`: the paths of the catalog. */
export function adviceOn(path: GoldenPath, source: Source, names: ReadonlySet<string>): readonly Complaint[] {
  const advice: Complaint[] = [];
  const fields = Object.values(path.parameters.properties).filter((p) => !p.shownIf).length;
  if (fields > advisedFields)
    advice.push(
      about(
        source,
        ['parameters'],
        `the form asks ${fields} things at once`,
        `People fill in ${advisedFields} gladly. Give the others a good value in the template, or show them only when they matter (shownIf).`,
      ),
    );
  if (!path.verify)
    advice.push(
      about(
        source,
        [],
        'nothing verifies that this path still works',
        'Add “verify”: a canary run that makes, checks and deletes one.',
      ),
    );
  if (!path.operations.some((o) => o.verb === 'delete'))
    advice.push(
      about(source, ['operations'], 'nobody can delete what this path makes', 'Add an operation with verb: delete.'),
    );
  const { lifecycle } = path;
  if (lifecycle.is === 'deprecated' && lifecycle.successor !== undefined && !names.has(lifecycle.successor))
    advice.push(
      about(
        source,
        ['lifecycle'],
        `its successor “${lifecycle.successor}” is not in this catalog`,
        'Add it, or name another.',
      ),
    );
  return advice;
}
