import { afterAll, beforeAll, expect } from 'vitest';
import { toolTest } from '../support/tools.ts';
import { images, live, real } from './live.ts';
import { deployment } from './world.ts';

let world: Awaited<ReturnType<typeof live>>;
beforeAll(async () => {
  world = await live({ users: [{ name: 'dana', groups: ['team-checkout'] }] });
});
afterAll(async () => {
  expect(world.problems).toEqual([]);
  await world.close();
});

const manifest = (name: string, more: Parameters<typeof deployment>[1] = {}): string =>
  JSON.stringify(deployment(name, { namespace: world.namespace, image: images.one, ...more }));
const kubectl = (line: string, input?: string, user?: string) => world.kubectl(line, input, user);
async function done(line: string, input?: string): Promise<string> {
  const { code, out, err } = await kubectl(line, input);
  expect(err).not.toMatch(/error/i);
  expect(code).toBe(0);
  return out;
}

toolTest(['kubectl'], 'apply, get, describe, explain, delete', async () => {
  expect(await done('apply -f -', manifest('web'))).toBe('deployment.apps/web created\n');
  expect(await done('apply -f -', manifest('web'))).toBe('deployment.apps/web unchanged\n');
  await done('rollout status deployment/web --timeout=120s');
  expect(await done('get deployment web')).toMatch(
    /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +2\/2 +2 +2 +\d+s\n$/,
  );
  expect(await done('get pods -l app=web -o wide')).toMatch(
    /NAME +READY +STATUS +RESTARTS +AGE +IP +NODE.*\n(web-\S+ +1\/1 +Running +0 .*\S+.*\n){2}/,
  );
  const described = await done('describe deployment web');
  expect(described).toContain('Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable');
  expect(described).toMatch(/ScalingReplicaSet .*Scaled up replica set web-\w+ from 0 to 2/);
  expect(await done('explain deployment.spec.strategy.rollingUpdate')).toMatch(/maxSurge\s+</);
  expect(await done('get deploy,svc -o name --field-selector=metadata.name=web')).toBe('deployment.apps/web\n');
  // What runs in a real cluster says nothing.
  expect(await done('logs deployment/web')).toContain(real ? '' : 'web starting');
  expect(await done('delete deployment web')).toContain('deleted');
  expect((await kubectl('get deployment web')).err).toBe(
    'Error from server (NotFound): deployments.apps "web" not found\n',
  );
});

toolTest(['kubectl'], 'get -w tells what happens', async () => {
  await done('apply -f -', manifest('watched', { replicas: 1 }));
  await done('rollout status deployment/watched --timeout=120s');
  const watching = world.follow('get deployment watched -w');
  await watching.until(/watched +1\/1/);
  await done('scale deployment watched --replicas=3');
  await watching.until(/watched +3\/3 +3 +3/);
  watching.stop();
});

toolTest(['kubectl'], 'server-side apply: fields have owners, conflicts are named and can be forced', async () => {
  expect(await done('apply --server-side -f -', manifest('owned'))).toBe('deployment.apps/owned serverside-applied\n');
  const refused = await kubectl('apply --server-side --field-manager=other -f -', manifest('owned', { replicas: 5 }));
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(
    'error: Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
  );
  await done('apply --server-side --field-manager=other --force-conflicts -f -', manifest('owned', { replicas: 5 }));
  expect(await done('get deployment owned -o jsonpath={.spec.replicas}')).toBe('5');
  const managers = JSON.parse(await done('get deployment owned -o json --show-managed-fields')) as {
    metadata: { managedFields: { manager: string; operation: string; fieldsV1: Record<string, unknown> }[] };
  };
  const of = (name: string) =>
    managers.metadata.managedFields.find((one) => one.manager === name && one.operation === 'Apply');
  expect(of('other')?.fieldsV1).toMatchObject({ 'f:spec': { 'f:replicas': {} } });
  expect(of('kubectl')?.fieldsV1).not.toMatchObject({ 'f:spec': { 'f:replicas': {} } });
});

toolTest(['kubectl'], 'client-side apply moves to server-side apply', async () => {
  await done('apply -f -', manifest('moved'));
  await done('apply --server-side -f -', manifest('moved'));
  expect(await done('get deployment moved -o jsonpath={.metadata.managedFields[*].operation}')).toContain('Apply');
});

toolTest(['kubectl'], 'patches of all types, scale, set, label', async () => {
  await done('apply -f -', manifest('patched'));
  const spec = { template: { spec: { containers: [{ name: 'web', image: images.two }] } } };
  const patch = (type: string, value: unknown) =>
    world.kubectlWith(['patch', 'deployment', 'patched', `--type=${type}`, '-p', JSON.stringify(value)]);
  expect((await patch('strategic', { spec })).out).toContain('patched');
  expect(
    await done('get deployment patched -o jsonpath={.spec.template.spec.containers[0].ports[0].containerPort}'),
  ).toBe('8080');
  expect((await patch('merge', { spec: { replicas: 3 } })).out).toContain('patched');
  expect(
    (
      await patch('json', [
        { op: 'test', path: '/spec/replicas', value: 3 },
        { op: 'replace', path: '/spec/replicas', value: 1 },
      ])
    ).code,
  ).toBe(0);
  expect((await patch('json', [{ op: 'test', path: '/spec/replicas', value: 9 }])).code).toBe(1);
  await done('scale deployment patched --replicas=2');
  await done('set env deployment/patched COLOUR=green');
  await done('label deployment patched tier=front');
  expect(
    await done(
      'get deployment patched -o jsonpath={.spec.replicas}{.metadata.labels.tier}{.spec.template.spec.containers[0].env[0].value}',
    ),
  ).toBe('2frontgreen');
  expect((await patch('merge', { spec: { selector: { matchLabels: { app: 'x' } } } })).err).toContain(
    'field is immutable',
  );
});

toolTest(['kubectl'], 'rollout undo, restart, history, status', async () => {
  await done('apply -f -', manifest('rolled'));
  await done('rollout status deployment/rolled --timeout=120s');
  await done(`set image deployment/rolled web=${images.two}`);
  await done('rollout status deployment/rolled --timeout=120s');
  expect(await done('rollout history deployment/rolled')).toMatch(/1 +<none>\n2 +<none>/);
  expect(await done('rollout undo deployment/rolled')).toContain('rolled back');
  await done('rollout status deployment/rolled --timeout=120s');
  expect(await done('get deployment rolled -o jsonpath={.spec.template.spec.containers[0].image}')).toBe(images.one);
  expect(await done('rollout restart deployment/rolled')).toContain('restarted');
  expect(await done('rollout status deployment/rolled --timeout=120s')).toContain('successfully rolled out');
  await done(`set image deployment/rolled web=${images.gone}`);
  const stuck = await kubectl('rollout status deployment/rolled --timeout=1s');
  expect(stuck.code).toBe(1);
});

toolTest(['kubectl'], 'dry runs leave no trace, mistakes are named', async () => {
  expect(await done('apply --dry-run=server -f -', manifest('dry'))).toContain('(server dry run)');
  expect((await kubectl('get deployment dry')).code).toBe(1);
  expect((await kubectl('apply -f -', manifest('typo').replace('"replicas"', '"replcas"'))).err).toContain(
    'strict decoding error: unknown field "spec.replcas"',
  );
  expect((await kubectl('apply -f -', manifest('Not_A_Name'))).err).toContain(
    'a lowercase RFC 1123 subdomain must consist of',
  );
  expect((await kubectl('apply -f -', manifest('lost', { namespace: 'nowhere' }))).err).toContain(
    'namespaces "nowhere" not found',
  );
  expect((await kubectl('diff -f -', manifest('dry'))).code).toBe(1);
});

toolTest(['kubectl'], 'who may do what: auth can-i, impersonation, roles', async () => {
  expect((await kubectl('auth can-i delete pods')).out).toBe('yes\n');
  expect((await kubectl('auth can-i delete pods --as=dana')).out).toBe('no\n');
  expect((await kubectl('get pods', undefined, 'dana')).err).toBe(
    `Error from server (Forbidden): pods is forbidden: User "dana" cannot list resource "pods" in API group "" in the namespace "${world.namespace}"\n`,
  );
  await done('create rolebinding checkout --clusterrole=view --group=team-checkout');
  expect((await kubectl('auth can-i list pods', undefined, 'dana')).out).toBe('yes\n');
  expect((await kubectl('auth can-i delete pods', undefined, 'dana')).out).toBe('no\n');
  expect((await kubectl('auth whoami', undefined, 'dana')).out).toContain('dana');
});

toolTest(['kubectl'], 'a namespace goes with all that is in it, and takes nothing new meanwhile', async () => {
  const shop = `${world.namespace}-shop`;
  await done(`create namespace ${shop}`);
  await done('apply -f -', manifest('web', { namespace: shop }));
  await done(`create configmap one --from-literal=a=b -n ${shop}`);
  await done(`delete namespace ${shop} --timeout=120s`);
  expect((await kubectl(`get namespace ${shop}`)).code).toBe(1);
  expect((await kubectl(`get pods -n ${shop} -o name`)).out).toBe('');
});

toolTest(['kubectl'], 'a kind that is defined while it runs', async () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'lamps.acme.example' },
    spec: {
      group: 'acme.example',
      scope: 'Namespaced',
      names: { kind: 'Lamp', plural: 'lamps', shortNames: ['lp'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [{ name: 'Colour', type: 'string', jsonPath: '.spec.colour' }],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  required: ['colour'],
                  properties: { colour: { type: 'string', enum: ['red', 'green'] } },
                },
                status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
          },
        },
      ],
    },
  };
  await done('apply -f -', JSON.stringify(definition));
  await done('wait --for=condition=established crd/lamps.acme.example --timeout=120s');
  const lamp = (colour: string) =>
    JSON.stringify({
      apiVersion: 'acme.example/v1',
      kind: 'Lamp',
      metadata: { name: 'desk', namespace: world.namespace },
      spec: { colour },
    });
  await done('apply -f -', lamp('red'));
  expect(await done('get lp')).toMatch(/NAME +COLOUR +AGE\ndesk +red +\d+s/);
  expect((await kubectl('apply -f -', lamp('blue'))).err).toContain(
    'spec.colour: Unsupported value: "blue": supported values: "red", "green"',
  );
  await done('delete crd lamps.acme.example');
});
