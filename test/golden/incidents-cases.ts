import type { Verdict } from '../../src/core/diagnosis/index.ts';
import type { Offer, Service } from '../../src/core/incidents/seen.ts';
import type { Incident } from '../../src/core/incidents/store.ts';
import { code, text } from '../../src/core/kernel/index.ts';
import { ann } from './golden.ts';

/* What the goldens of the doctor's views are about. */

const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
export const service: Service = { ref, team: 'shop', desired: 2, ready: 2, settled: true, image: 'acme/web:2' };
export const verdict: Verdict = {
  code: 'image-not-found',
  severity: 'warning',
  object: ref,
  affected: [],
  summary: text`${code('web')} can’t start: its image does not exist.`,
  evidence: [{ on: { ...ref, kind: 'Pod', name: 'web-1' }, path: 'status.reason', says: 'ErrImagePull' }],
  changed: { from: 1, to: 2, knownGood: true, changes: [{ path: 'image', before: 'acme/web:1', after: 'acme/web:2' }] },
  near: ['acme/web:1'],
  blast: { reach: 'old-pods-serve', text: 'Users notice nothing yet.' },
  fixes: [{ kind: 'rollback', title: 'Roll back to revision 1', command: 'kubectl rollout undo deployment/web' }],
  confidence: 'likely',
  wants: { logs: [] },
};
export const offer: Offer = {
  id: 'o1',
  title: 'Roll back to revision 1',
  kind: 'rollback',
  before: 'image: acme/web:2',
  after: 'image: acme/web:1',
};
export const incident: Incident = {
  id: 'i1',
  number: 7,
  cluster: 'prod',
  subject: 'Deployment/shop/web',
  family: 'running',
  state: 'open',
  verdict,
  service,
  team: 'shop',
  message: 'incident/i1',
  opened: new Date('2026-03-02T09:05:00Z'),
  changed: new Date('2026-03-02T09:05:00Z'),
};
export const mended: Incident = {
  ...incident,
  state: 'resolved',
  well: new Date('2026-03-02T09:07:05Z'),
  resolved: new Date('2026-03-02T09:07:05Z'),
  mending: {
    offers: [],
    tried: {
      key: 'k',
      title: 'Roll back',
      by: ann,
      at: '2026-03-02T09:06:00Z',
      state: 'helped',
      undo: { on: ref, put: {} },
    },
  },
};
