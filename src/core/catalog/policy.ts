import type { Verdict } from '../requests/store.ts';
import { condition } from './expression.ts';
import { type Facts, scopeOf } from './facts.ts';
import type { PolicyRule } from './path.ts';
import { sentence } from './text.ts';

/**
 * What the rules say: the first whose condition holds decides; when none does, the request is inside the golden path.
 * A rule that cannot be worked out is a `Problem`: nothing is allowed by accident. `where` says whose rules they are.
 */
export function judge(rules: readonly PolicyRule[], facts: Facts, where = `${facts.path.name}: policy`): Verdict {
  const scope = scopeOf(facts);
  for (const [i, rule] of rules.entries()) {
    if (!condition(rule.when, scope, `${where}[${i}].when`)) continue;
    const because = sentence(rule.because, scope, `${where}[${i}].because`);
    return rule.verdict === 'approval'
      ? { is: 'approval', because, by: (rule.by ?? ['owner']).map((by) => (by === 'owner' ? facts.path.owner : by)) }
      : { is: rule.verdict, because };
  }
  return { is: 'allow', because: 'This is inside the golden path, so nobody has to approve it.' };
}

const strictness = { allow: 0, approval: 1, deny: 2 } as const;

/**
 * Several verdicts as one: the strictest wins. Of two approvals both are needed in the end, so their approvers meet
 * where they can: whoever stands in both lists decides, and where nobody does the first list stays.
 */
export function strictest(verdicts: readonly [Verdict, ...Verdict[]]): Verdict {
  return verdicts.reduce((one, other) => {
    if (one.is === 'approval' && other.is === 'approval') {
      const both = one.by.filter((by) => other.by.includes(by));
      return {
        is: 'approval',
        because: one.because === other.because ? one.because : `${one.because} ${other.because}`,
        by: both.length > 0 ? both : one.by,
      };
    }
    return strictness[other.is] > strictness[one.is] ? other : one;
  });
}
