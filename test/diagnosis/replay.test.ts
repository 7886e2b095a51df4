import { expect, test } from 'vitest';
import { diagnose, type Verdict } from '../../src/core/diagnosis/index.ts';
import { ago, crashing, event, now, running, scene, terminated, unplaced, waiting } from './objects.ts';

type Frame = { readonly at: number; readonly objects: readonly unknown[] };

/** What is told at each moment, as code and object: what incidents go by. */
const told = (frames: readonly Frame[]): readonly string[] =>
  frames.map(({ at, objects }) =>
    diagnose({ objects }, new Date(now.getTime() + at * 1000))
      .map((v: Verdict) => `${v.code} ${v.object.kind}/${v.object.name}`)
      .join(),
  );

const fresh = { meta: { creationTimestamp: ago(0), labels: { app: 'shop', 'pod-template-hash': '7c9d5f4b8' } } };
const image = 'ghcr.io/acme/shop:1.2.4';
const notFound = `Failed to pull image "${image}": rpc error: code = NotFound desc = ${image}: not found`;

test('a wrong tag is told once the registry has said so, stays the same failure, and ends', () => {
  const bad = (status: Record<string, unknown>, events: Parameters<typeof scene>[0] = {}) =>
    scene({ status, pod: fresh, ...events });
  expect(
    told([
      { at: 1, objects: scene({ pod: { ...fresh, ...unplaced('0/3 nodes are available: 3 Insufficient cpu.', -1) } }) },
      { at: 3, objects: bad(waiting('ContainerCreating')) },
      { at: 5, objects: bad(waiting('ErrImagePull', notFound)) },
      {
        at: 20,
        objects: bad(waiting('ImagePullBackOff', `Back-off pulling image "${image}"`), {
          events: [
            ['Failed', notFound],
            ['BackOff', `Back-off pulling image "${image}"`],
          ],
        }),
      },
      // The event has expired, and only “Back-off” is left of what was known.
      {
        at: 4_000,
        objects: bad(waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${notFound}`)),
      },
      { at: 4_100, objects: scene({ fresh: 3, old: 0, status: running() }) },
    ]),
  ).toEqual([
    '',
    '',
    'image-not-found Deployment/shop',
    'image-not-found Deployment/shop',
    'image-not-found Deployment/shop',
    '',
  ]);
});

test('a crash loop is one failure through its runs and back-offs, and over when it has run for long enough', () => {
  const run = (restarts: number, seconds: number) =>
    running({
      restartCount: restarts,
      state: { running: { startedAt: ago(seconds) } },
      lastState: terminated(1, 'Error', { finishedAt: ago(seconds + 1) }),
    });
  expect(
    told([
      { at: 0, objects: scene({ status: running({ ready: true }) }) },
      // One restart is none: it happens.
      { at: 0, objects: scene({ status: run(1, 2) }) },
      { at: 0, objects: scene({ status: crashing(1, 'Error', {}, { restartCount: 2 }) }) },
      { at: 0, objects: scene({ status: run(3, 5) }) },
      { at: 0, objects: scene({ status: crashing(1, 'Error', {}, { restartCount: 4 }) }) },
      { at: 0, objects: scene({ status: run(4, 800) }) },
      { at: 0, objects: scene({ status: run(4, 950) }) },
    ]),
  ).toEqual([
    '',
    '',
    'app-crash Deployment/shop',
    'app-crash Deployment/shop',
    'app-crash Deployment/shop',
    'app-crash Deployment/shop',
    '',
  ]);
});

test('a cause that changes is told as it is: the missing ConfigMap was applied, and now it crashes', () => {
  const missing = waiting('CreateContainerConfigError', 'configmap "shop-config" not found');
  expect(
    told([
      { at: 0, objects: scene({ status: missing }) },
      { at: 60, objects: scene({ status: crashing(1, 'Error') }) },
    ]),
  ).toEqual(['configmap-missing Deployment/shop', 'app-crash Deployment/shop']);
});

test('events of a pod that had the same name are not this one’s', () => {
  const [old] = scene({ old: 0 }).filter((o) => o.kind === 'Pod');
  const stale = event(old as Record<string, unknown>, 'Failed', notFound);
  const now3 = scene({ old: 0, fresh: 1, status: waiting('ImagePullBackOff', 'Back-off pulling image') });
  expect(told([{ at: 0, objects: [...now3, stale] }])).toEqual(['image-unrecognised Deployment/shop']);
});
