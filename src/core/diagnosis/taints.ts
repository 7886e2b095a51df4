import type { Pod } from './pods.ts';
import { list, type Obj, str } from './read.ts';
import type { World } from './snapshot.ts';

/** The taint in a refusal, `{key: value}`. */
export function taintOf(why: string): { readonly key: string; readonly value: string } | undefined {
  const [, key, value = ''] = /taint \{([^:}\s]{1,300})(?::\s?([^}]{0,300}))?\}/.exec(why) ?? [];
  return key === undefined ? undefined : { key, value: value.trim() };
}

/** What keeps a pod from the machines that are meant for applications. */
export function taintBetween(pod: Pod, world: World): { readonly key: string; readonly value: string } | undefined {
  const tolerated = list(pod.spec, 'tolerations');
  const untolerated = world
    .all('Node')
    .flatMap((n) => list(n, 'spec', 'taints'))
    .filter((t) => ['NoSchedule', 'NoExecute'].includes(str(t, 'effect') ?? ''))
    .filter((t) => !tolerated.some((one) => tolerates(one, t)))
    .map((t) => ({ key: str(t, 'key') ?? '', value: str(t, 'value') ?? '' }))
    .filter(({ key }) => key !== '' && !/^node-role\.kubernetes\.io\/(?:control-plane|master)$|^node\./.test(key));
  // With several of them nobody can say which one it would take.
  return new Set(untolerated.map((t) => `${t.key}=${t.value}`)).size === 1 ? untolerated[0] : undefined;
}

const tolerates = (toleration: Obj, taint: Obj): boolean =>
  (toleration.effect === undefined || toleration.effect === '' || toleration.effect === taint.effect) &&
  (str(toleration, 'operator') === 'Exists'
    ? toleration.key === undefined || toleration.key === '' || toleration.key === taint.key
    : toleration.key === taint.key && (str(toleration, 'value') ?? '') === (str(taint, 'value') ?? ''));
