import { type Checked, checkCatalog } from '../catalog/check.ts';
import { line } from '../catalog/follow.ts';
import { rulesFor } from '../catalog/kubernetes/resources.ts';
import { shippedCatalog } from '../config.ts';
import { Problem } from '../core/kernel/problem.ts';

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
const indented = (sign: string) => (text: string) => `    ${sign} ${text}\n`;

function report(c: Checked): string {
  const checked = c.objects > 0 ? `, ${count(c.objects, 'object')} held against the API’s schemas` : '';
  const inputs = c.inputs === undefined ? '' : `, its values held against ${c.inputs}`;
  const tried = `${count(c.samples, 'sample')}, ${count(c.operations, 'operation')}${checked}${inputs}`;
  const head = c.problems.length > 0 ? `✗ ${c.name}` : `✓ ${c.name} ${c.version}: ${tried}`;
  return [
    `${head}\n`,
    ...c.problems.map(line).map(indented('✗')),
    ...c.advice.map(line).map(indented('!')),
    ...(c.notRendered === undefined ? [] : [indented('!')(`${c.notRendered}.`)]),
    ...(c.notChecked.length > 0
      ? [
          indented('!')(
            `not checked, since there is no schema of them here: ${c.notChecked.join(', ')}. Put their custom resource definitions into ${c.name}/crds/.`,
          ),
        ]
      : []),
    ...c.notEvaluated.map((rule) =>
      indented('!')(`not evaluated, since only a cluster can: ${rule}. A preview there shows whether it holds.`),
    ),
  ].join('');
}

/** What an operator grants, and no more. */
function granted(checked: readonly Checked[]): string {
  const rules = rulesFor(checked.flatMap((c) => c.makes));
  return rules.length === 0
    ? ''
    : `\nTo make all of it the bot needs these rights (rbac.selfService.rules in the chart’s values):\n${rules.map((r) => `  ${r}\n`).join('')}`;
}

/** Checks a catalog: the folder that is named, or that of CATALOG_DIR, or the one that ships; what to print, and the exit status: 0 when all paths are right. */
export async function catalogCheck(
  named: string | undefined,
  json: boolean,
): Promise<{ readonly text: string; readonly status: 0 | 1 }> {
  const folder = named ?? process.env.CATALOG_DIR ?? shippedCatalog;
  const checked = await checkCatalog(folder);
  if (!checked || checked.length === 0)
    throw new Problem(
      'catalog_not_found',
      `There are no golden paths in ${folder}. Name the folder that has a folder for each path, such as: groundcrew catalog check golden-paths`,
    );
  const bad = checked.filter((c) => c.problems.length > 0);
  const status = bad.length > 0 ? 1 : 0;
  if (json) return { text: `${JSON.stringify({ ok: status === 0, paths: checked }, null, 2)}\n`, status };
  const sum = `${count(checked.length, 'golden path')}: ${checked.length - bad.length} right, ${bad.length} to be corrected`;
  return { text: `${checked.map(report).join('')}${sum}.\n${granted(checked)}`, status };
}
