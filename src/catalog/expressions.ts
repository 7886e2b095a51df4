import { isInCluster, parametersIn } from '../core/catalog/cluster.ts';
import { faultOf } from '../core/catalog/expression.ts';
import { closest } from '../core/catalog/names.ts';
import type { Parameters, PolicyRule } from '../core/catalog/path.ts';
import type { Place } from '../core/catalog/template.ts';
import { textFault } from '../core/catalog/text.ts';
import { about } from './complaints.ts';
import { safePattern } from './patterns.ts';
import type { RawPath } from './schema.ts';
import type { Complaint, Source } from './source.ts';

/** What is wrong with the expressions, and with the names of parameters, in path.yaml. */
export function expressionComplaints(raw: RawPath, parameters: Parameters, source: Source): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const params = Object.keys(parameters.properties);
  const names = { params, pattern: safePattern };
  const say = (
    at: Place,
    what: string | undefined,
    todo = 'Correct the expression; docs/golden-paths.md says what it may name.',
  ) => {
    if (what !== undefined) complaints.push(about(source, at, what, todo));
  };
  const knows = (at: Place, name: string) => {
    if (params.includes(name)) return;
    const meant = closest(name, params);
    say(at, `there is no parameter “${name}”`, meant ? `Write “${meant}”.` : `There are ${params.join(', ')}.`);
  };
  const rules = (policy: readonly Omit<PolicyRule, 'verdict'>[], at: Place) => {
    for (const [i, rule] of policy.entries()) {
      say([...at, i, 'when'], faultOf(rule.when, names));
      say([...at, i, 'because'], textFault(rule.because, names));
    }
  };

  if (raw.called.join() !== 'name')
    raw.called.forEach((name, i) => {
      knows(['called', i], name);
    });
  say(['identity'], faultOf(raw.identity, names));
  if (raw.cluster !== undefined) {
    const at = ['cluster'];
    say(at, textFault(raw.cluster, names));
    if (!isInCluster(raw.backend.kind))
      say(
        at,
        `${raw.backend.kind} makes nothing in the clusters that Groundcrew is connected to`,
        'Remove it: what it carries out says itself where it works.',
      );
    for (const name of parametersIn(raw.cluster).filter((p) => parameters.properties[p]?.fixed === undefined))
      if (params.includes(name))
        say(
          at,
          `“${name}” says in which cluster something is made, and can be changed later, when it does not move any more`,
          `Write fixed: true under “${name}”.`,
        );
  }
  if (raw.quota) say(['quota', 'amount'], faultOf(raw.quota.amount, names));
  rules(raw.policy, ['policy']);
  raw.outputs.forEach((o, i) => {
    say(['outputs', i, 'value'], textFault(o.value, names));
  });
  if (raw.cost && 'monthly' in raw.cost) say(['cost', 'monthly'], faultOf(raw.cost.monthly, names));
  if (raw.cost && 'table' in raw.cost) {
    const { by, table, times } = raw.cost;
    knows(['cost', 'by'], by);
    if (times !== undefined) say(['cost', 'times'], faultOf(times, names));
    const options = parameters.properties[by]?.enum?.map((o) => o.value) ?? [];
    for (const value of options)
      if (!Object.hasOwn(table, value))
        say(['cost', 'table'], `“${value}” has no price`, 'Add it: a request with it could not be priced.');
  }
  for (const [i, operation] of raw.operations.entries()) {
    const at: Place = ['operations', i];
    operation.fields.forEach((field, n) => {
      knows([...at, 'fields', n], field);
      if (parameters.properties[field]?.fixed)
        say(
          [...at, 'fields', n],
          `“${field}” is fixed and can’t be asked again`,
          'Remove it here, or remove “fixed” there.',
        );
    });
    if (operation.offeredWhen !== undefined) say([...at, 'offeredWhen'], faultOf(operation.offeredWhen, names));
    rules(operation.policy, [...at, 'policy']);
    if (raw.operations.findIndex((o) => o.name === operation.name) !== i)
      say([...at, 'name'], `there are two operations “${operation.name}”`, 'Give one of them another name.');
  }
  for (const name of Object.keys(raw.verify?.parameters ?? {})) knows(['verify', 'parameters', name], name);
  if (raw.lifecycle.is === 'deprecated' && raw.lifecycle.successor === raw.name)
    say(['lifecycle'], 'a path can’t be its own successor', 'Name another path.');
  return complaints;
}
