import { afterAll, beforeAll, expect, test } from 'vitest';
import { buttonsOf, type View } from '../../src/core/kernel/index.ts';
import type { Fields } from '../../src/playground/cluster/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Clinic, messages, openClinic } from '../support/doctor.ts';
import { ada, adaTeams } from '../support/house.ts';
import { wordsOf } from '../support/words.ts';

/*
 * Each fix that is a button, from what is broken to “it helped”, in one cluster: a row has a name of its own. Rolling back,
 * expanding a volume and resuming a rollout have stories of their own (incidents-fixing.test.ts).
 */
const database = await openTestDatabase();
afterAll(() => database.close());
let bed: Clinic;
beforeAll(async () => {
  bed = await openClinic(database);
  await bed.clock.pass(1_000);
});
afterAll(() => bed.close());

type Row = {
  readonly title: string;
  readonly name: string;
  /** What is broken, and what becomes of it. */
  readonly breaks: (name: string) => Promise<void> | void;
  readonly button: string;
  /** What is changed, and how it is when that is done; a Deployment, where nothing is said. */
  readonly on?: { readonly kind: string; readonly name?: string; readonly namespace?: string };
  readonly done: object;
  /** It can’t be taken back, since nothing would be put back. */
  readonly lasts?: true;
  readonly who?: typeof ada;
};

const template = (spec: object) => ({ spec: { template: { spec } } });
const inContainer = (fields: object) => template({ containers: [fields] });
const change = (name: string, fields: object) =>
  bed.objects.patch('deployments.apps', 'default', name, fields as Fields);
const make = (kind: string, apiVersion: string, name: string, fields: object, namespace = 'default') =>
  bed.objects.create(`${kind.toLowerCase()}s${apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''}`, {
    apiVersion,
    kind,
    metadata: { name, namespace, labels: { team: 'shop' } },
    ...fields,
  } as Fields);

const rows: readonly Row[] = [
  {
    title: 'restart',
    name: 'login',
    async breaks(name) {
      make('Secret', 'v1', name, { type: 'Opaque', data: { password: 'b2xk' } });
      const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name, key: 'password' } } }];
      bed.deploy(name, 'shop', {
        replicas: 1,
        container: { env },
        annotations: { 'playground.groundcrew/secret': name },
      });
      await bed.watch(30);
      bed.objects.patch('secrets', 'default', name, { data: { password: 'bmV3' } });
    },
    button: 'Restart login',
    done: {
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': expect.any(String) } } } },
    },
    lasts: true,
  },
  {
    title: 'raise a memory limit',
    name: 'hungry',
    breaks: (name) =>
      bed.deploy(name, 'shop', {
        replicas: 1,
        container: { resources: { limits: { memory: '60Mi' } } },
        annotations: { 'playground.groundcrew/memory': '100Mi' },
      }),
    button: 'Raise its memory limit to 128Mi',
    done: inContainer({ resources: { limits: { memory: '128Mi' } } }),
  },
  {
    title: 'correct a probe port',
    name: 'probed',
    breaks: (name) =>
      bed.deploy(name, 'shop', {
        replicas: 1,
        container: { readinessProbe: { httpGet: { path: '/healthz', port: 18080 } } },
      }),
    button: 'Probe port 8080',
    done: inContainer({ readinessProbe: { httpGet: { path: '/healthz', port: 8080 } } }),
    who: adaTeams,
  },
  {
    title: 'fix an image tag',
    name: 'tagged',
    async breaks(name) {
      bed.deploy(name, 'shop', { replicas: 1, image: 'registry.acme.example/shop:typos' });
      await bed.watch(30);
      change(name, inContainer({ name: 'web', image: 'registry.acme.example/shop:typo' }));
    },
    button: 'Use the image registry.acme.example/shop:typos',
    done: inContainer({ image: 'registry.acme.example/shop:typos' }),
  },
  {
    title: 'fix a config name',
    name: 'settled',
    breaks(name) {
      make('ConfigMap', 'v1', 'settled-config', { data: { COLOUR: 'blue' } });
      bed.deploy(name, 'shop', { replicas: 1, container: { envFrom: [{ configMapRef: { name: 'settled-confg' } }] } });
    },
    button: 'Use settled-config instead of settled-confg',
    done: inContainer({ envFrom: [{ configMapRef: { name: 'settled-config' } }] }),
  },
  {
    title: 'add a toleration',
    name: 'trainer',
    breaks(name) {
      bed.objects.patch('nodes', undefined, 'node-1', {
        metadata: { labels: { pool: 'gpu' } },
        spec: { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] },
      });
      bed.deploy(name, 'shop', { replicas: 1 });
      change(name, template({ nodeSelector: { pool: 'gpu' } }));
    },
    button: 'Let it run on machines with dedicated',
    done: template({ tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'gpu' }] }),
  },
  {
    title: 'set a missing request',
    name: 'rationed',
    breaks(name) {
      bed.objects.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      const hard = { 'requests.cpu': '2', 'limits.memory': '2Gi' };
      make('ResourceQuota', 'v1', 'compute', { spec: { hard } }, name);
      bed.deploy(name, 'shop', { namespace: name, replicas: 1 });
    },
    button: 'Set the missing amounts of web',
    on: { kind: 'deployments.apps', namespace: 'rationed' },
    done: inContainer({ resources: { requests: { cpu: '100m' }, limits: { memory: '128Mi' } } }),
  },
  {
    title: 'raise an autoscaler’s maximum',
    name: 'busy',
    breaks(name) {
      bed.deploy(name, 'shop', { replicas: 1 });
      change(name, { metadata: { annotations: { 'playground.groundcrew/load': '200' } } });
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
      make('HorizontalPodAutoscaler', 'autoscaling/v2', name, {
        spec: { minReplicas: 1, maxReplicas: 2, scaleTargetRef },
      });
    },
    button: 'Let it start 3',
    on: { kind: 'horizontalpodautoscalers.autoscaling' },
    done: { spec: { minReplicas: 1, maxReplicas: 3 } },
  },
  {
    title: 'let a CronJob start later',
    name: 'nightly',
    breaks(name) {
      const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'report', image: 'report:1' }] } };
      make('CronJob', 'batch/v1', name, {
        spec: { schedule: '0 3 * * *', startingDeadlineSeconds: 5, jobTemplate: { spec: { template } } },
      });
    },
    button: 'Let it start within 200 s',
    on: { kind: 'cronjobs.batch' },
    done: { spec: { schedule: '0 3 * * *', startingDeadlineSeconds: 200 } },
    who: adaTeams,
  },
  {
    title: 'delete a stuck StatefulSet pod',
    name: 'db',
    async breaks(name) {
      const labels = { app: name };
      make('Service', 'v1', name, { spec: { clusterIP: 'None', selector: labels, ports: [{ port: 5432 }] } });
      const containers = (tag: string) => [{ name: 'db', image: `db:${tag}` }];
      make('StatefulSet', 'apps/v1', name, {
        spec: {
          replicas: 1,
          serviceName: name,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: containers('1') } },
        },
      });
      await bed.watch(30);
      for (const tag of ['missing', '1']) {
        bed.objects.patch('statefulsets.apps', 'default', name, template({ containers: containers(tag) }) as Fields);
        await bed.watch(20);
      }
    },
    button: 'Delete db-0, so that it is made anew',
    on: { kind: 'pods', name: 'db-0' },
    done: { spec: { containers: [{ image: 'db:1' }] } },
    lasts: true,
  },
];

/** Its message, on either platform. */
const told = (name: string): readonly (View | undefined)[] =>
  [bed.slack, bed.teams].map(
    (platform) =>
      messages(platform).find((m) => !m.where.endsWith('thread') && m.view.title.startsWith(`${name} `))?.view,
  );
const labels = (view: View | undefined): readonly string[] => (view ? buttonsOf(view).map((b) => b.label) : []);
async function until(holds: () => boolean, step: number): Promise<void> {
  for (let n = 0; n < 15 && !holds(); n++) await bed.watch(step, step);
}

test.each(rows)('$title: offered, done, and it helped', async (row) => {
  const { name, button, done, lasts, who = ada } = row;
  const on = { kind: 'deployments.apps', name, namespace: 'default', ...row.on };
  const object = () => bed.get(on.kind, on.name, on.namespace);
  const press = async (label: string) => {
    const view = told(name)[who === ada ? 0 : 1];
    const found = view && buttonsOf(view).find((b) => b.label === label);
    if (!found) throw new Error(`no button ${label}: ${labels(view)} of ${view && wordsOf(view)}`);
    return bed.house.act(bed.house.press(who, found.press.name, JSON.parse(found.press.value)));
  };
  await row.breaks(name);
  await until(() => told(name).every((view) => labels(view).includes(button)), 20);
  const before = object();
  await press(button);
  for (const view of told(name)) expect(view && wordsOf(view)).toContain('It’s done; I’m watching whether it helps.');
  await until(() => told(name).every((view) => view?.title === `${name} is well again`), 60);
  for (const view of told(name)) {
    expect(view?.title).toBe(`${name} is well again`);
    expect(view && wordsOf(view)).toContain(`${button}. It helped.`);
    expect(labels(view)).toEqual(lasts ? [] : ['Undo']);
  }
  expect(object()).toMatchObject(done);
  if (!lasts) {
    await press('Undo');
    expect(object().spec).toEqual(before.spec);
  }
  bed.objects.delete(on.kind, on.namespace, on.name);
});
