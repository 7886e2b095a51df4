import { code, type Text, text } from '../../kernel/text.ts';
import { type AdmissionRule, type Denied, refuses } from '../denial.ts';
import { describe, patchContainer } from '../fixes.ts';
import { cpu, memory, quantity } from '../quantity.ts';
import { entry, list, meta, type Obj, obj, scalar, str } from '../read.ts';
import { refOf } from '../snapshot.ts';
import type { Evidence, Fix } from '../verdict.ts';
import { containersOf } from '../workloads.ts';

const things: Readonly<Record<string, string>> = {
  Container: 'one container',
  Pod: 'all containers of a pod together',
  PersistentVolumeClaim: 'one volume claim',
};

/** The LimitRange that says so: the message does not name it. */
function saidBy(x: Denied, per: string, part: string, resource: string, bound: string): readonly Evidence[] {
  const found = x.world.all('LimitRange', x.w.ref.namespace).find((o) => boundOf(o, per, part, resource) === bound);
  return found === undefined
    ? []
    : [{ on: refOf('LimitRange', found), path: `spec.limits[].${part}.${resource}`, says: bound }];
}
const boundOf = (o: Obj, per: string, part: string, resource: string): string | undefined =>
  scalar(
    obj(
      list(o, 'spec', 'limits').find((l) => l.type === per),
      part,
    ),
    resource,
  );

/** A container is mended by itself; how the sum of several is shared out is for people to say. */
const only = (x: Denied, per: string, fits: (c: Obj) => boolean): Obj | undefined => {
  const [one, ...others] = containersOf(x.w.podSpec).filter(fits);
  return others.length > 0 || (per === 'Pod' && containersOf(x.w.podSpec).length > 1) || per === 'PersistentVolumeClaim'
    ? undefined
    : one;
};

const set = (x: Denied, title: string, c: Obj | undefined, resources: Obj): readonly Fix[] =>
  c === undefined
    ? []
    : [
        patchContainer(
          title,
          x.w,
          {
            name: str(c, 'name') ?? '',
            ...(list(x.w.podSpec, 'initContainers').includes(c) ? { role: 'init' } : {}),
          },
          { resources },
        ),
      ];

const ruleOf = (x: Denied): readonly Fix[] => {
  const [range, ...others] = x.world.all('LimitRange', x.w.ref.namespace);
  return range === undefined || others.length > 0
    ? []
    : [describe(refOf('LimitRange', range), `See what ${meta(range).name} allows`)];
};

/** A StatefulSet asks for its claims by itself: how large they are stands in it, and can’t be changed there. */
const claimWords = (x: Denied, resource: string, bound: string, allowed: string, is: string): Text =>
  text`the volume claim that it needs asks for ${code(is)} of ${resource}, and the ${bound} for one is ${code(allowed)} here${x.w.ref.kind === 'StatefulSet' ? text`. A StatefulSet’s ${code('volumeClaimTemplates')} can’t be changed: it has to be made anew with another size.` : '.'}`;

export const limitRules: readonly AdmissionRule[] = [
  {
    code: 'limit-range',
    title: 'It asks for more or less than one container may',
    example: 'maximum memory usage per Container is 1Gi, but limit is 1536Mi',
    remedy: 'Stay within the bound',
    rollback: true,
    match:
      /(maximum|minimum) ([\w.-]{1,100}) usage per (Container|Pod|PersistentVolumeClaim) is ([\w.]{1,40}), but (limit|request) is ([\w.]{1,40})/,
    say: (x) => {
      const [, bound = '', resource = '', per = '', allowed = '', field = '', is = ''] = x.m;
      const one = only(x, per, (c) => {
        const value = quantity(scalar(c, 'resources', `${field}s`, resource));
        return value !== undefined && value === quantity(is);
      });
      // A request above the limit is refused: the one follows the other.
      const [other, beyond] = field === 'limit' ? ['requests', bound === 'maximum'] : ['limits', bound === 'minimum'];
      const beside = quantity(scalar(one, 'resources', other, resource));
      const room = quantity(allowed) ?? 0;
      const follows = beyond && beside !== undefined && (field === 'limit' ? beside > room : beside < room);
      return {
        summary: refuses(
          x,
          per === 'PersistentVolumeClaim'
            ? claimWords(x, resource, bound, allowed, is)
            : text`the ${bound} of ${resource} for ${entry(things, per) ?? per} is ${code(allowed)} here, and its ${field} is ${code(is)}.`,
        ),
        evidence: saidBy(x, per, bound === 'maximum' ? 'max' : 'min', resource, allowed),
        fixes: [
          ...set(x, `Set its ${resource} ${field} to ${allowed}`, one, {
            [`${field}s`]: { [resource]: allowed },
            ...(follows ? { [other]: { [resource]: allowed } } : {}),
          }),
          ...ruleOf(x),
        ],
      };
    },
  },
  {
    code: 'limit-range-unset',
    title: 'The namespace bounds what one container may use, and it says nothing',
    example: 'maximum cpu usage per Container is 1.  No limit is specified',
    remedy: 'Set the limit or the request that is missing',
    rollback: true,
    match:
      /(maximum|minimum) ([\w.-]{1,100}) usage per (Container|Pod|PersistentVolumeClaim) is ([\w.]{1,40})\. {1,2}No (limit|request) is specified/,
    say: (x) => {
      const [, bound = '', resource = '', per = '', allowed = '', field = ''] = x.m;
      const one = only(x, per, (c) => scalar(c, 'resources', `${field}s`, resource) === undefined);
      return {
        summary: refuses(
          x,
          text`the ${bound} of ${resource} for ${entry(things, per) ?? per} is ${code(allowed)} here, and it sets no ${field} for ${resource} at all.`,
        ),
        evidence: saidBy(x, per, bound === 'maximum' ? 'max' : 'min', resource, allowed),
        fixes: [
          ...set(x, `Set a ${resource} ${field} of ${allowed}`, one, { [`${field}s`]: { [resource]: allowed } }),
          ...ruleOf(x),
        ],
      };
    },
  },
  {
    code: 'limit-range-ratio',
    title: 'Its limit is too far above what it asks for',
    example: 'cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000',
    remedy: 'Ask for more, or lower the limit',
    rollback: true,
    match:
      /([\w.-]{1,100}) max limit to request ratio per (Container|Pod) is ([\w.]{1,40}), but (?:provided ratio is ([\d.]{1,30})|no (request|limit) is specified or)/,
    say: (x) => {
      const [, resource = '', per = '', most = '', ratio, unset] = x.m;
      const of = (c: Obj | undefined, part: string) => quantity(scalar(c, 'resources', part, resource));
      const times = quantity(most) ?? 1;
      const one = only(x, per, (c) => {
        const [limit, request] = [of(c, 'limits'), of(c, 'requests')];
        return limit !== undefined && (request === undefined || limit / request > times);
      });
      const least = (of(one, 'limits') ?? 0) / times;
      const ask = resource === 'memory' ? memory(least) : cpu(Math.ceil(least * 1000 - 1e-6) / 1000);
      return {
        summary: refuses(
          x,
          text`its ${resource} limit may be at most ${code(most)} times what it asks for here (for ${entry(things, per) ?? per})${
            ratio === undefined
              ? text`, and it sets no ${unset ?? ''}.`
              : text`, and it is ${String(Math.round(Number(ratio) * 10) / 10)} times that.`
          }`,
        ),
        evidence: saidBy(x, per, 'maxLimitRequestRatio', resource, most),
        fixes: [
          ...(resource === 'memory' || resource === 'cpu'
            ? set(x, `Ask for ${ask} of ${resource}`, one, { requests: { [resource]: ask } })
            : []),
          ...ruleOf(x),
        ],
      };
    },
  },
];
