import { code, type Text, text } from '../../kernel/text.ts';
import { describe, kubectl, patchPods, run } from '../fixes.ts';
import { near } from '../near.ts';
import { noPlace, type PlaceRule, type Unplaced } from '../placing.ts';
import { eventEvidence, type Pod, said } from '../pods.ts';
import { condition, has, list, meta, num, type Obj, obj, str } from '../read.ts';
import { namesOf } from '../references.ts';
import type { PodRule } from '../rule.ts';
import { age, created, refOf, type World } from '../snapshot.ts';
import type { Ref } from '../verdict.ts';

/** The claims of a pod: by name, or made from a template for this pod; then its status says what it is called. */
function claimsOf({ pod, world }: Unplaced): readonly Obj[] {
  const made = new Map(
    list(pod.o, 'status', 'resourceClaimStatuses').map((s) => [str(s, 'name'), str(s, 'resourceClaimName')]),
  );
  return list(pod.spec, 'resourceClaims').flatMap((c) => {
    const name = str(c, 'resourceClaimName') ?? made.get(str(c, 'name'));
    const claim = name === undefined ? undefined : world.get('ResourceClaim', pod.ref.namespace, name);
    return claim === undefined ? [] : [claim];
  });
}

/** What is asked for: a class of devices, and how many of it. */
const askedIn = (claim: Obj): readonly { readonly deviceClass: string; readonly count: number }[] =>
  list(claim, 'spec', 'devices', 'requests').flatMap((request) => {
    // What the newest version nests, older ones say at once.
    const one = list(request, 'firstAvailable')[0] ?? (has(request, 'exactly') ? obj(request, 'exactly') : request);
    const deviceClass = str(one, 'deviceClassName');
    return deviceClass === undefined ? [] : [{ deviceClass, count: num(one, 'count') ?? 1 }];
  });

const holders = (claim: Obj): readonly string[] =>
  list(claim, 'status', 'reservedFor').flatMap((r) => str(r, 'name') ?? []);
const allocated = (claim: Obj): boolean => has(claim, 'status', 'allocation');

const ref = (x: Unplaced, name: string): Ref => ({ kind: 'ResourceClaim', namespace: x.pod.ref.namespace, name });
const waits = (x: Unplaced, because: Text): Text => text`${code(x.w.ref.name)} waits for its devices: ${because}`;

/** The scheduler looks at the claims before it looks at machines, and says nothing at all of a pod while one is missing. */
export const claimMissing: PodRule = {
  code: 'device-claim-missing',
  title: 'The claim for its devices does not exist',
  example: 'FailedResourceClaimCreation: PodResourceClaim gpu: resource claim template "gpu": … not found',
  remedy: 'Create the claim or its template, or correct its name',
  rollback: true,
  about: 'pod',
  reads: ['Pod spec.resourceClaims', 'ResourceClaim', 'ResourceClaimTemplate', 'Event FailedResourceClaimCreation'],
  find: (pod, w, world) => {
    if (pod.phase !== 'Pending' || pod.node !== undefined || pod.leaving || age(world, created(pod.o)) < patience)
      return undefined;
    const event = said(pod.events, 'FailedResourceClaimCreation');
    const { namespace } = pod.ref;
    for (const one of list(pod.spec, 'resourceClaims')) {
      const template = str(one, 'resourceClaimTemplateName');
      const kind = template === undefined ? 'ResourceClaim' : 'ResourceClaimTemplate';
      const field = template === undefined ? 'resourceClaimName' : 'resourceClaimTemplateName';
      const name = template ?? str(one, 'resourceClaimName') ?? '';
      const made = list(pod.o, 'status', 'resourceClaimStatuses').some((s) => s.name === one.name);
      const lacks =
        template === undefined
          ? world.get(kind, namespace, name) === undefined && !mayBe(pod, world, name)
          : !made && event !== undefined;
      if (name === '' || !lacks) continue;
      const missing = template === undefined || /not found/.test(event?.message ?? '');
      const close = missing ? near(name, namesOf(world, kind, namespace)) : [];
      const [meant] = close;
      const thing =
        template === undefined
          ? text`the claim ${code(name)} for them`
          : text`the template ${code(name)} of its claim for them`;
      return {
        summary: text`${code(w.ref.name)} waits for its devices: ${
          missing
            ? text`${thing} does not exist in ${code(namespace)}${meant === undefined ? '.' : text`; ${code(meant)} does.`}`
            : text`no claim for them can be made from the template ${code(name)}; why is quoted.`
        }`,
        evidence: [
          { on: pod.ref, path: `spec.resourceClaims[].${field}`, says: name },
          ...(event === undefined ? [] : [eventEvidence(pod.ref, event)]),
        ],
        near: close,
        confidence: event === undefined ? 'likely' : 'certain',
        upstream: { kind, namespace, name },
        fixes:
          meant === undefined
            ? [
                run(
                  'look',
                  'See which claims there are',
                  kubectl(namespace, 'get', 'resourceclaims,resourceclaimtemplates'),
                ),
              ]
            : [
                patchPods(`Claim by ${meant}`, w, {
                  resourceClaims: [{ name: one.name, [field]: meant }],
                }),
              ],
      };
    }
    return undefined;
  },
};
/** In seconds: a claim is made, and found, within so many. */
const patience = 15;
/** Whether a claim may be there: nobody says that it is not. */
const mayBe = (pod: Pod, world: World, name: string): boolean =>
  !world.listed('ResourceClaim') &&
  !(str(condition(pod.o, 'PodScheduled'), 'message') ?? '').includes(`"${name}" not found`);

/** Who wants devices (such as GPUs) claims them; the scheduler looks at the claims before it looks at machines. */
export const deviceTrouble: readonly PlaceRule[] = [
  {
    code: 'device-class-missing',
    title: 'The class of devices that it claims does not exist',
    example: 'request gpu: device class gpu.nvidia.com does not exist',
    remedy: 'Correct the class in the claim, or have the driver of the devices installed',
    match: /device class (\S{1,253}) does not exist/,
    say: (x) => {
      const name = /device class (\S{1,253}) does not exist/.exec(x.r.why)?.[1] ?? '';
      const close = near(name, namesOf(x.world, 'DeviceClass', ''));
      const claim = claimsOf(x).find((c) => askedIn(c).some(({ deviceClass }) => deviceClass === name));
      return {
        summary: waits(
          x,
          text`it claims devices of the class ${code(name)}, which this cluster does not have${close[0] === undefined ? '; whoever runs it installs their driver.' : text`; ${code(close[0])} it has.`}`,
        ),
        evidence:
          claim === undefined
            ? []
            : [
                {
                  on: refOf('ResourceClaim', claim),
                  path: 'spec.devices.requests[].exactly.deviceClassName',
                  says: name,
                },
              ],
        near: close,
        upstream: { kind: 'DeviceClass', namespace: '', name },
        together: text`Devices of the class ${code(name)} are claimed, which this cluster does not have.`,
        fixes: [run('look', 'See which classes there are', kubectl('', 'get', 'deviceclasses'))],
      };
    },
  },
  {
    code: 'devices-taken',
    title: 'No machine has the devices free that it claims',
    example: '0/4 nodes are available: 4 cannot allocate all claims.',
    remedy: 'Wait until others give theirs back, claim fewer, or add machines with such devices',
    match: /cannot allocate all claims|resourceclaim (?:not available on the node|cannot be allocated)/i,
    say: (x) => {
      const waiting = claimsOf(x).filter((c) => !allocated(c));
      const asked = waiting.flatMap(askedIn);
      const what = asked.map(({ deviceClass, count }) => `${count} of ${deviceClass}`).join(', ');
      const classes = new Set(asked.map(({ deviceClass }) => deviceClass));
      const taken = x.world
        .all('ResourceClaim')
        .filter((c) => allocated(c) && askedIn(c).some(({ deviceClass }) => classes.has(deviceClass)));
      const by = taken.flatMap((c) => holders(c).map((pod) => `${meta(c).namespace}/${pod}`));
      const bound = /not available on the node/.test(x.r.why);
      return {
        summary: noPlace(
          x,
          bound
            ? text`the devices that it has been given are on another machine.`
            : text`no machine has the devices free that it claims${what === '' ? '' : text` (${code(what)})`}${by.length === 0 ? '.' : text`; ${taken.length === 1 ? 'one claim' : `${taken.length} claims`} of the same kind ${taken.length === 1 ? 'is' : 'are'} held by ${code(by.slice(0, 5).join(', '))}${by.length > 5 ? ` and ${by.length - 5} more` : ''}.`}`,
        ),
        evidence: waiting
          .slice(0, 3)
          .map((c) => ({ on: refOf('ResourceClaim', c), path: 'status.allocation', says: '(none)' })),
        ...(classes.size === 1 && !bound
          ? {
              upstream: { kind: 'DeviceClass', namespace: '', name: [...classes][0] ?? '' },
              together: text`No machine has devices of the class ${code([...classes][0] ?? '')} free.`,
            }
          : {}),
        fixes: [
          run('look', 'See which devices the machines have', kubectl('', 'get', 'resourceslices')),
          ...waiting.slice(0, 1).map((c) => describe(ref(x, meta(c).name))),
        ],
      };
    },
  },
  {
    code: 'device-claim-in-use',
    title: 'Others hold its claim, as many as may',
    example: 'resourceclaim in use',
    remedy: 'Give each pod a claim of its own by a template',
    match: /resourceclaim(?: "?[\w./-]{1,253}"?)?(?: is)? in use|claim .{0,253} already (?:reserved|in use)/i,
    say: (x) => {
      const full = claimsOf(x).find((c) => holders(c).length > 0 && !holders(c).includes(x.pod.ref.name));
      const name = full === undefined ? '' : meta(full).name;
      const by = full === undefined ? [] : holders(full);
      return {
        summary: waits(
          x,
          full === undefined
            ? text`its claim is in use by others.`
            : text`its claim ${code(name)} is in use by ${code(by.slice(0, 3).join(', '))}${by.length > 3 ? ` and ${by.length - 3} more` : ''}, and no more may share it.`,
        ),
        ...(full === undefined
          ? {}
          : {
              upstream: ref(x, name),
              evidence: [{ on: ref(x, name), path: 'status.reservedFor', says: by.slice(0, 10).join(', ') }],
            }),
        fixes: full === undefined ? [] : [describe(ref(x, name))],
      };
    },
  },
];
