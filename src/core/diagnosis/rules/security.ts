import { code, type Text, text } from '../../kernel/text.ts';
import { constraintPatch, inWords, refusalsIn } from '../constraint.ts';
import { type AdmissionRule, refuses } from '../denial.ts';
import { describe, patchPods, run } from '../fixes.ts';
import { complaintsIn, podSecurityPatch } from '../pod-security.ts';
import { str } from '../read.ts';

/** One after the other, with “and” before the last. */
const listed = (parts: readonly Text[]): Text =>
  parts.flatMap((part, i): Text => (i === 0 ? part : [...(i === parts.length - 1 ? text`, and ` : text`, `), ...part]));

export const securityRules: readonly AdmissionRule[] = [
  {
    code: 'pod-security',
    title: 'The namespace demands safer settings',
    example:
      'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "shop" must set …)',
    remedy: 'Set what the message lists in securityContext',
    match: /violates PodSecurity "([^"]{1,100})": ([\s\S]{1,4000})/,
    rollback: true,
    say: (x) => {
      const [, level = '', list = ''] = x.m;
      const { podSpec, unmended } = podSecurityPatch(list, x.w.podSpec);
      return {
        summary: refuses(
          x,
          text`the namespace ${code(x.w.ref.namespace)} demands the security level ${code(level)}, and ${listed(complaintsIn(list))}.`,
        ),
        fixes: [
          patchPods(
            unmended.length === 0
              ? 'Set what the level demands'
              : `Set what the level demands (and drop by hand: ${unmended.join(', ')})`,
            x.w,
            podSpec,
          ),
        ],
      };
    },
  },
  {
    code: 'security-constraint',
    title: 'OpenShift does not let it run with these rights',
    example:
      'unable to validate against any security context constraint: [provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [1000760000, 1000769999], …]',
    remedy: 'Leave out what is refused, so that OpenShift sets it; or have its account given a wider constraint',
    match: /unable to validate against any security context constraint: ([\s\S]{1,6000})/,
    rollback: true,
    say: (x) => {
      const refusals = refusalsIn(x.m[1] ?? '', x.w.podSpec);
      const patch = constraintPatch(refusals, x.w.podSpec);
      const account = str(x.w.podSpec, 'serviceAccountName') ?? 'default';
      return {
        summary: refuses(
          x,
          refusals.length === 0
            ? text`its account ${code(account)} may use no security context constraint (SCC) at all.`
            : text`OpenShift’s security context constraints (SCC) for its account ${code(account)} refuse it, as ${listed(refusals.slice(0, 6).map(inWords))}.`,
        ),
        fixes: [
          ...(patch === undefined ? [] : [patchPods('Leave that to OpenShift', x.w, patch)]),
          run(
            'look',
            'See which constraints there are, and who may use them',
            'kubectl get securitycontextconstraints',
          ),
          ...(patch === undefined ? [describe(x.w.ref)] : []),
        ],
      };
    },
  },
];
