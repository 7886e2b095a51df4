import { expect, test } from 'vitest';
import { codes, fixes, the, words } from './check.ts';
import { ago, condition, container, running, scene } from './objects.ts';

const probe = {
  httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' },
  periodSeconds: 10,
  failureThreshold: 3,
  timeoutSeconds: 1,
};
const spec = { containers: [container({ readinessProbe: probe })] };
const unready = (since = 590) => running({ ready: false, state: { running: { startedAt: ago(since) } } });
const failed = (message: string) => [['Unhealthy', `Readiness probe failed: ${message}`]] as const;

test('an answer of 503 is the application’s own', () => {
  const v = the(scene({ spec, status: unready(), events: failed('HTTP probe failed with statuscode: 503') }));
  expect(v).toMatchObject({ code: 'readiness-failing', severity: 'warning', wants: { logs: [{ previous: false }] } });
  expect(words(v)).toBe('shop runs but gets no traffic: it answers its readiness check with the error 503.');
});

test('a port that nothing listens on, by name or by number', () => {
  const at = (port: number | string) => ({
    containers: [container({ readinessProbe: { ...probe, httpGet: { path: '/ready', port } } })],
  });
  const v = the(
    scene({
      spec: at(9090),
      status: unready(),
      events: failed('Get "http://10.1.0.7:9090/ready": dial tcp 10.1.0.7:9090: connect: connection refused'),
    }),
  );
  expect(v.code).toBe('readiness-probe-wrong');
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: { template: { spec: { containers: [{ name: 'shop', readinessProbe: { httpGet: { port: 8080 } } }] } } },
    }),
  );
  expect(codes(scene({ spec: at('htp'), status: unready(), events: failed("couldn't find port: htp") }))).toEqual([
    'readiness-probe-wrong',
  ]);
  // Its near miss: the port is the declared one, so nothing is wrong with the probe.
  expect(
    codes(scene({ spec, status: unready(), events: failed('dial tcp 10.1.0.7:8080: connect: connection refused') })),
  ).toEqual(['readiness-failing']);
});

test.each([
  ['readiness-probe-wrong', 'HTTP probe failed with statuscode: 404'],
  ['readiness-probe-wrong', 'HTTP probe failed with statuscode: 401'],
  ['readiness-probe-wrong', 'Get "https://10.1.0.7:8080/ready": http: server gave HTTP response to HTTPS client'],
  [
    'readiness-slow',
    'Get "http://10.1.0.7:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ],
  ['readiness-failing', 'HTTP probe failed with statuscode: 500'],
])('%s: %s', (code, message) => {
  expect(the(scene({ spec, status: unready(), events: failed(message) })).code).toBe(code);
});

test('silence: it has only just started; it is ready again, with an old event; the events are gone but it is young', () => {
  expect(codes(scene({ spec, status: unready(20), events: failed('statuscode: 503') }))).toEqual([]);
  expect(codes(scene({ spec, status: running(), events: failed('statuscode: 503') }))).toEqual([]);
  expect(codes(scene({ spec, status: unready(100) }))).toEqual([]);
});

test('events are lossy: without one it is told later, and as likely', () => {
  expect(the(scene({ spec, status: unready(400) }))).toMatchObject({ code: 'readiness-failing', confidence: 'likely' });
});

test('a start that takes longer than it should', () => {
  const starting = { containers: [container({ startupProbe: { ...probe, failureThreshold: 30 } })] };
  const status = (since: number) =>
    running({ ready: false, started: false, state: { running: { startedAt: ago(since) } } });
  const events = [['Unhealthy', 'Startup probe failed: dial tcp 10.1.0.7:8080: connect: connection refused']] as const;
  expect(codes(scene({ spec: starting, status: status(250), events }))).toEqual(['startup-probe-pending']);
  expect(codes(scene({ spec: starting, status: status(60), events }))).toEqual([]);
});

test('a readiness gate that nobody sets', () => {
  const gated = { spec: { readinessGates: [{ conditionType: 'target-health.elbv2.k8s.aws/shop' }] } };
  const status = (since: number) => ({
    containerStatuses: [running()],
    phase: 'Running',
    conditions: [
      condition('ContainersReady', 'True'),
      condition('Ready', 'False', {
        reason: 'ReadinessGatesNotReady',
        message: 'corresponding condition of pod readiness gate "target-health.elbv2.k8s.aws/shop" does not exist.',
        lastTransitionTime: ago(since),
      }),
    ],
  });
  const v = the(scene({ pod: { ...gated, status: status(200) } }));
  expect(v.code).toBe('readiness-gate-unset');
  expect(words(v)).toContain('target-health.elbv2.k8s.aws/shop');
  expect(codes(scene({ pod: { ...gated, status: status(20) } }))).toEqual([]);
});
