import { code, text } from '../../kernel/text.ts';
import { describe } from '../fixes.ts';
import { condition, instant, list, meta, type Obj, str } from '../read.ts';
import type { ObjectRule } from '../rule.ts';
import { age, created, refOf } from '../snapshot.ts';

/** Conditions of a Gateway or a route that say that it does not work, by the names of the Gateway API. */
const gateway = ['Accepted', 'Programmed', 'ResolvedRefs'];

function refused(conditions: readonly Obj[]): Obj | undefined {
  return conditions.find((c) => gateway.includes(str(c, 'type') ?? '') && c.status === 'False');
}

export const outsideRules: readonly ObjectRule[] = [
  {
    code: 'gateway-not-accepted',
    title: 'A gateway does not work',
    example: 'Gateway status.conditions[Programmed]: False',
    remedy: 'Read the quoted message: class, listener, address',
    about: 'object',
    kind: 'Gateway',
    reads: ['Gateway status.conditions'],
    find: (o, world) => {
      const c = refused(list(o, 'status', 'conditions'));
      // “Waiting for controller” stands there until one has seen it.
      if (c === undefined || age(world, instant(c, 'lastTransitionTime')) < 60) return undefined;
      return {
        summary: text`The gateway ${code(meta(o).name)} does not work (${str(c, 'reason') ?? ''}); its controller’s message is quoted.`,
        evidence: [
          {
            on: refOf('Gateway', o),
            path: `status.conditions[${str(c, 'type')}].message`,
            says: str(c, 'message') ?? '',
          },
        ],
        fixes: [describe(refOf('Gateway', o))],
      };
    },
  },
  {
    code: 'route-not-accepted',
    title: 'A route does not work',
    example: 'HTTPRoute status.parents[].conditions[ResolvedRefs]: False, BackendNotFound',
    remedy: 'Correct what the message names: the gateway, the service or its port',
    about: 'object',
    kind: 'HTTPRoute',
    reads: ['HTTPRoute status.parents[].conditions'],
    find: (o, world) => {
      const c = list(o, 'status', 'parents').flatMap((p) => refused(list(p, 'conditions')) ?? [])[0];
      if (c === undefined || age(world, instant(c, 'lastTransitionTime')) < 60) return undefined;
      return {
        summary: text`The route ${code(meta(o).name)} leads nowhere (${str(c, 'reason') ?? ''}); its gateway’s message is quoted.`,
        evidence: [
          {
            on: refOf('HTTPRoute', o),
            path: `status.parents[].conditions[${str(c, 'type')}].message`,
            says: str(c, 'message') ?? '',
          },
        ],
        fixes: [describe(refOf('HTTPRoute', o))],
      };
    },
  },
  {
    code: 'certificate-not-issued',
    title: 'A certificate is not issued, or has expired',
    example: 'Certificate status.conditions[Ready]: False',
    remedy: 'Read the quoted message: the issuer, the challenge, DNS',
    about: 'object',
    kind: 'Certificate',
    reads: ['Certificate status.conditions[Ready]', 'Certificate status.notAfter'],
    find: (o, world) => {
      const ready = condition(o, 'Ready');
      const ends = instant(o, 'status', 'notAfter');
      const expired = ends !== undefined && ends < world.now;
      if (!expired && (ready?.status !== 'False' || age(world, created(o)) < 600)) return undefined;
      return {
        summary: text`The certificate ${code(meta(o).name)} ${expired ? 'has expired, so browsers and programs refuse it' : 'has not been issued; the issuer’s message is quoted'}.`,
        evidence: [
          ...(expired
            ? [{ on: refOf('Certificate', o), path: 'status.notAfter', says: str(o, 'status', 'notAfter') ?? '' }]
            : []),
          ...(ready === undefined
            ? []
            : [
                {
                  on: refOf('Certificate', o),
                  path: 'status.conditions[Ready].message',
                  says: str(ready, 'message') ?? '',
                },
              ]),
        ],
        fixes: [describe(refOf('Certificate', o))],
      };
    },
  },
  {
    code: 'argo-application-failed',
    title: 'Argo CD cannot deploy an application',
    example: 'Application status.conditions[]: InvalidSpecError, ComparisonError, SyncError',
    remedy: 'Correct what the message names: repository, path, destination',
    about: 'object',
    kind: 'Application',
    reads: ['Application status.conditions', 'Application status.operationState'],
    find: (o) => {
      const c = list(o, 'status', 'conditions').find((one) => /Error$/.test(str(one, 'type') ?? ''));
      const failed = /^(?:Failed|Error)$/.test(str(o, 'status', 'operationState', 'phase') ?? '');
      if (c === undefined && !failed) return undefined;
      const says = str(c, 'message') ?? str(o, 'status', 'operationState', 'message') ?? '';
      return {
        summary: text`Argo CD can’t deploy ${code(meta(o).name)}${c === undefined ? '' : ` (${str(c, 'type')})`}; its message is quoted.`,
        evidence: [
          {
            on: refOf('Application', o),
            path: c === undefined ? 'status.operationState.message' : `status.conditions[${str(c, 'type')}].message`,
            says,
          },
        ],
        fixes: [describe(refOf('Application', o))],
      };
    },
  },
];
