import { code, text } from '../../kernel/text.ts';
import { refusedCreation } from '../creation.ts';
import { type AdmissionRule, refuses } from '../denial.ts';
import { describe, kubectl, patchContainer, patchPods, run } from '../fixes.ts';
import { near } from '../near.ts';
import { scalar, str } from '../read.ts';
import { namesOf } from '../references.ts';
import type { Family, Found, WorkloadRule } from '../rule.ts';
import type { World } from '../snapshot.ts';
import type { Evidence, Ref } from '../verdict.ts';
import { servers, webhookOwner } from '../webhooks.ts';
import { containersOf, type Workload } from '../workloads.ts';
import { limitRules } from './limits.ts';
import { quotaRules } from './quota.ts';
import { securityRules } from './security.ts';

const admissionRule = ({ match, say, ...rule }: AdmissionRule): WorkloadRule => ({
  ...rule,
  about: 'workload',
  reads: ['ReplicaSet status.conditions[ReplicaFailure]', 'Event FailedCreate'],
  find: (w, world) => {
    const refused = refusedCreation(w, world);
    const m = refused === undefined ? null : match.exec(refused.message);
    return refused === undefined || m === null
      ? undefined
      : withEvidence(refused.evidence, say({ ...refused, w, world, m }));
  },
});

const withEvidence = (first: readonly Evidence[], said: ReturnType<AdmissionRule['say']>): Found => ({
  ...said,
  evidence: [...first, ...(said.evidence ?? [])],
});

const otherwise = (kind: string, name: string, world: World, namespace: string) =>
  near(name, namesOf(world, kind, namespace));

const table: readonly AdmissionRule[] = [
  ...quotaRules,
  ...limitRules,
  ...securityRules,
  {
    code: 'webhook-unreachable',
    title: 'A check that every change must pass does not answer',
    example: 'failed calling webhook "validate.kyverno.svc-fail": … no endpoints available for service "kyverno-svc"',
    remedy: 'Bring the webhook’s service up again: until then nothing can be created',
    match: /failed calling webhook "([^"]{1,253})"([\s\S]{0,4000})/,
    say: (x) => {
      const [, name = '', rest = ''] = x.m;
      const owner = webhookOwner(x.world, name);
      const service = owner?.service ?? /service "([^"]{1,253})"/.exec(rest)?.[1];
      const where = owner?.serviceNamespace ?? /https:\/\/[^./]{1,253}\.([^./]{1,253})\.svc/.exec(rest)?.[1];
      const does = /x509:|tls: /.test(rest) ? 'shows a certificate that is not valid' : 'does not answer';
      const upstream: Ref = owner?.ref ?? { kind: 'Webhook', namespace: '', name };
      return {
        summary: refuses(
          x,
          text`the check ${code(name)}, which every new pod must pass, ${does}${service === undefined ? '.' : text` (its service is ${code(where === undefined ? service : `${where}/${service}`)}).`}`,
        ),
        upstream,
        together: text`The check ${code(name)}, which every change must pass, ${does}, so nothing new can be created.`,
        ...(service !== undefined && where !== undefined
          ? { symptomOf: [{ kind: 'Service', namespace: where, name: service }, ...servers(x.world, where, service)] }
          : {}),
        fixes: [
          service === undefined || where === undefined
            ? run(
                'look',
                'See which webhooks there are',
                kubectl('', 'get', 'validatingwebhookconfigurations,mutatingwebhookconfigurations'),
              )
            : run(
                'look',
                `See what runs behind ${service}`,
                kubectl(where, 'get', 'endpointslices', '-l', `kubernetes.io/service-name=${service}`),
              ),
        ],
      };
    },
  },
  {
    code: 'webhook-denied',
    title: 'A policy of the platform forbids it',
    example: 'admission webhook "validate.kyverno.svc-fail" denied the request: …',
    remedy: 'Do what the quoted policy asks for, or talk to whoever owns it',
    match:
      /(?:admission webhook "([^"]{1,253})" denied the request:?|ValidatingAdmissionPolicy '([^']{1,253})'[^:]{0,300}denied request:?)\s*([\s\S]{0,4000})/,
    rollback: true,
    say: (x) => {
      const [, webhook, policy, message = ''] = x.m;
      return {
        summary: refuses(
          x,
          text`the policy ${code(webhook ?? policy ?? '')} forbids it, saying “${message.trim().replace(/\s+/g, ' ').slice(0, 300)}”.`,
        ),
        fixes: [
          run(
            'ask',
            'See who owns the policy',
            webhook === undefined
              ? kubectl('', 'get', 'validatingadmissionpolicies', policy ?? '', '-o', 'yaml')
              : kubectl('', 'get', 'validatingwebhookconfigurations,mutatingwebhookconfigurations', '-o', 'wide'),
          ),
        ],
      };
    },
  },
  {
    code: 'service-account-missing',
    title: 'Its service account does not exist',
    example: 'error looking up service account shop/app: serviceaccount "app" not found',
    remedy: 'Create the service account, or correct its name',
    match: /service account ([^/\s]{1,253})\/([^:\s]{1,253}): serviceaccount "[^"]{1,253}" not found/,
    rollback: true,
    say: (x) => {
      const [, namespace = '', name = ''] = x.m;
      const close = otherwise('ServiceAccount', name, x.world, namespace);
      return {
        summary: refuses(
          x,
          text`the account that it should run as, ${code(name)}, does not exist in ${code(namespace)}${close[0] === undefined ? '.' : text`; ${code(close[0])} does.`}`,
        ),
        near: close,
        upstream: { kind: 'ServiceAccount', namespace, name },
        fixes: [
          ...(close[0] === undefined ? [] : [patchPods(`Run as ${close[0]}`, x.w, { serviceAccountName: close[0] })]),
          {
            kind: 'create',
            title: `Create the account ${name}`,
            patch: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
          },
        ],
      };
    },
  },
  {
    code: 'priority-class-missing',
    title: 'Its priority class does not exist',
    example: 'no PriorityClass with name high was found',
    remedy: 'Correct priorityClassName',
    match: /no PriorityClass with name "?([^\s"]{1,253})"? was found/,
    rollback: true,
    say: (x) => {
      const name = x.m[1] ?? '';
      const close = otherwise('PriorityClass', name, x.world, '');
      return {
        summary: refuses(
          x,
          text`its priority class ${code(name)} does not exist${close[0] === undefined ? '.' : text`; ${code(close[0])} does.`}`,
        ),
        near: close,
        upstream: { kind: 'PriorityClass', namespace: '', name },
        fixes: [
          patchPods(close[0] === undefined ? 'Name no priority class' : `Use ${close[0]}`, x.w, {
            priorityClassName: close[0] ?? null,
          }),
        ],
      };
    },
  },
  {
    code: 'runtime-class-missing',
    title: 'Its runtime class does not exist',
    example: 'pod rejected: RuntimeClass "gvisor" not found',
    remedy: 'Correct runtimeClassName',
    match: /RuntimeClass(?:\.node\.k8s\.io)? "([^"]{1,253})" not found/i,
    rollback: true,
    say: (x) => ({
      summary: refuses(x, text`its runtime class ${code(x.m[1] ?? '')} does not exist.`),
      near: otherwise('RuntimeClass', x.m[1] ?? '', x.world, ''),
      upstream: { kind: 'RuntimeClass', namespace: '', name: x.m[1] ?? '' },
      fixes: [patchPods('Name no runtime class', x.w, { runtimeClassName: null })],
    }),
  },
  {
    code: 'namespace-terminating',
    title: 'The namespace is being deleted',
    example: 'unable to create new content in namespace shop because it is being terminated',
    remedy: 'Wait until it is gone; deploy elsewhere',
    match: /namespace (\S{1,253}) because it is being terminated/,
    say: (x) => ({
      summary: refuses(x, text`its namespace ${code(x.m[1] ?? '')} is being deleted.`),
      upstream: { kind: 'Namespace', namespace: '', name: x.m[1] ?? '' },
    }),
  },
  {
    code: 'pod-invalid',
    title: 'Its specification contradicts itself',
    example:
      'Pod "shop-1" is invalid: spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit',
    remedy: 'Correct the field that the message names',
    match: /is invalid: ([\s\S]{1,4000})/,
    rollback: true,
    say: (x) => {
      const [, field = '', detail = ''] = /([\w.[\]]{3,200}): ([\s\S]{1,400})/.exec(x.m[1] ?? '') ?? [];
      const ask =
        /spec\.containers\[(\d+)\]\.resources\.requests: Invalid value: "([^"]{1,40})": must be less than or equal to (\w+) limit(?: of (\S{1,40}))?/.exec(
          x.m[1] ?? '',
        );
      const container = ask === null ? undefined : nth(x.w, Number(ask[1]));
      // A limit that its own template does not have comes from a LimitRange.
      const own = containersOf(x.w.podSpec).find((c) => c.name === container);
      const given =
        own === undefined || ask?.[3] === undefined || scalar(own, 'resources', 'limits', ask[3]) !== undefined
          ? undefined
          : ask[3];
      return {
        summary: refuses(
          x,
          text`${given === undefined ? '' : text`its namespace gives it a ${given} limit of ${code(ask?.[4] ?? '?')}, since it sets none, and it asks for ${code(ask?.[2] ?? '?')}: `}${field === '' ? 'its specification is not valid' : text`the field ${code(field)} is not valid`}${detail === '' ? '.' : text` (${detail.slice(0, 200)}).`}`,
        ),
        fixes:
          container === undefined || ask === null
            ? []
            : [
                patchContainer(
                  'Allow as much as it asks for',
                  x.w,
                  { name: container },
                  { resources: { limits: { [ask[3] ?? 'memory']: ask[2] } } },
                ),
              ],
      };
    },
  },
  {
    code: 'creation-unrecognised',
    title: 'The cluster refuses new pods, for a reason we do not know',
    example: 'FailedCreate: something new',
    remedy: 'Read the quoted message',
    match: /\S/,
    say: (x) => ({
      summary: refuses(x, text`its message, which we do not recognise, is quoted.`),
      confidence: 'unclear',
      fixes: [describe(x.w.ref)],
    }),
  },
];

const nth = (w: Workload, i: number): string | undefined => {
  const containers = w.podSpec.containers;
  return Array.isArray(containers) ? str(containers[i], 'name') : undefined;
};

export const admission: Family = { stage: 'admission', title: 'Permission to start', rules: table.map(admissionRule) };
