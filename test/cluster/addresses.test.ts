import { expect, test } from 'vitest';
import { hideAddresses, reasonOf } from '../../src/cluster/addresses.ts';

test('what a client or an API server says of an error is shown without a word of where', () => {
  const shown: Readonly<Record<string, string>> = {
    'Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/validate/fail?timeout=10s": dial tcp 10.96.14.2:443: connect: connection refused':
      'Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": failed to call webhook: Post "(an address)": dial tcp (an address): connect: connection refused',
    'Post "https://api.eu.acme.internal:6443/x": dial tcp: lookup api.eu.acme.internal on 10.0.0.10:53: no such host':
      'Post "(an address)": dial tcp: lookup (an address) on (an address): no such host',
    'connect ECONNREFUSED 192.168.7.1:6443': 'connect ECONNREFUSED (an address)',
    'connect ECONNREFUSED fd12:3456::1:6443': 'connect ECONNREFUSED (an address)',
    'connect EHOSTUNREACH fd12:3456::1: no route to host': 'connect EHOSTUNREACH (an address): no route to host',
    'dial tcp [fd12:3456::1]:443: i/o timeout': 'dial tcp (an address): i/o timeout',
    'getaddrinfo ENOTFOUND api.prod.acme.example': 'getaddrinfo ENOTFOUND (an address)',
    'x509: certificate is valid for kubernetes, kubernetes.default.svc, 10.96.0.1, not api.acme.example':
      'x509: certificate is valid for other names',
    "Hostname/IP does not match certificate's altnames: Host: api.acme.example. is not in the cert's altnames: DNS:kubernetes, IP Address:10.0.0.1":
      "Hostname/IP does not match certificate's altnames: (an address)",
    'no endpoints available for service "kyverno-svc"; tried master.acme.corp and node-7.eu.acme.internal.':
      'no endpoints available for service "kyverno-svc"; tried (an address) and (an address)',
  };
  for (const [said, expected] of Object.entries(shown)) expect(hideAddresses(said)).toBe(expected);
});

test('in what a policy says to whom it refuses links stay, and addresses of machines do not', () => {
  const refusal = 'The cluster refuses it: admission webhook "validate.kyverno.svc" denied the request: ';
  const shown: Readonly<Record<string, string>> = {
    'see https://docs.example.com/policy#images (https://wiki.acme.internal/x), or ask.':
      'see https://docs.example.com/policy#images (https://wiki.acme.internal/x), or ask.',
    'failed to verify ghcr.io/acme/web:1.0: Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io on 10.96.0.10:53: no such host':
      'failed to verify ghcr.io/acme/web:1.0: Get "(an address)": dial tcp: lookup (an address) on (an address): no such host',
    'tell https://me:secret@docs.example.com/, https://docs.example.com:8443/, http://10.0.0.7/x or https://opa.opa.svc/v1':
      'tell (an address), (an address), (an address) or (an address)',
  };
  for (const [said, expected] of Object.entries(shown)) {
    expect(hideAddresses(refusal + said)).toBe(refusal + expected);
    // In the cluster’s own words no link is for people.
    expect(hideAddresses(said)).not.toContain('://');
  }
});

test('no text of 40,000 characters keeps it busy: a pattern that backtracks would not come to an end in this test’s time', () => {
  const parts =
    'a|a.|a:|:|a.b:|http://|1.|[a|a-|a.svc.|a/|a/b:|a b:1/|@sha256:|lookup |certificate is valid for '.split('|');
  for (const part of [...parts, 'admission webhook "', 'Get "https://a.b/'])
    expect(hideAddresses(part.repeat(40_000 / part.length)).length).toBeGreaterThan(0);
});

test('and nothing else is taken out of it', () => {
  for (const said of [
    'Failed to pull image "registry.acme.example:5000/team/web:1.0.0": not found, nor registry.acme.internal/web@sha256:0000000000000000000000000000000000000000000000000000000000000000',
    'admission webhook "validate.kyverno.svc" denied the request: image registry.acme.example/web:1.0.0 is not signed',
    'deployments.apps "web" is forbidden: User "system:serviceaccount:groundcrew:groundcrew" cannot patch resource "deployments" in API group "apps" in the namespace "default"',
    'exceeded quota: compute, requested: limits.memory=256Mi, used: limits.memory=4Gi, limited: limits.memory=4Gi',
    'Deployment.apps "web" is invalid: spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000',
    'It was changed at 10:22:33, by Helm 3.14.1, for kubelet v1.34.0.',
    'unknown field "spec.template.spec.containers[0].resource", a1:b2',
    'panic in std :: string',
  ])
    expect(hideAddresses(said)).toBe(said);
});

test('a failed connection is told by its code, or by what we said when we gave it up', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6443'), { code: 'ECONNREFUSED' });
  expect(reasonOf(refused)).toBe('ECONNREFUSED');
  expect(reasonOf('it does not answer within 30 s')).toBe('it does not answer within 30 s');
  expect(reasonOf(new Error('proxy.acme.internal:3128 said no'))).toBe('(an address) said no');
});
