import { expect, test } from 'vitest';
import { codes, fixes, read, the, words } from './check.ts';
import { container, named, running, scene, waiting } from './objects.ts';

const error = (message: string) => waiting('CreateContainerConfigError', message);
const map = (name: string, data = {}) => named('v1', 'ConfigMap', name, { data });
const secret = (name: string, data = {}) => named('v1', 'Secret', name, { type: 'Opaque', data });
const env = (kind: 'configMapKeyRef' | 'secretKeyRef', name: string, key: string) => ({
  containers: [container({ env: [{ name: 'DB_HOST', valueFrom: { [kind]: { name, key } } }] })],
});

test('a ConfigMap one slip away from an existing one', () => {
  const v = the(
    scene({
      spec: env('configMapKeyRef', 'shop-confg', 'host'),
      status: error('configmap "shop-confg" not found'),
      more: [map('shop-config', { host: 'db' }), map('kube-root-ca.crt')],
    }),
  );
  expect(v).toMatchObject({ code: 'configmap-missing', near: ['shop-config'], confidence: 'certain' });
  expect(words(v)).toBe(
    'shop can’t start: the configuration shop-confg (a ConfigMap) that it reads does not exist in shop; shop-config does exist.',
  );
  expect(fixes(v)).toContainEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'shop',
              env: [{ name: 'DB_HOST', valueFrom: { configMapKeyRef: { name: 'shop-config', key: 'host' } } }],
            },
          ],
        },
      },
    },
  });
});

test('a whole source of variables is replaced with the others kept', () => {
  const spec = {
    containers: [container({ envFrom: [{ configMapRef: { name: 'base' } }, { secretRef: { name: 'shop-db-1' } }] })],
  };
  const v = the(scene({ spec, status: error('secret "shop-db-1" not found'), more: [secret('shop-db')] }));
  expect(v.code).toBe('secret-missing');
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'shop', envFrom: [{ configMapRef: { name: 'base' } }, { secretRef: { name: 'shop-db' } }] },
            ],
          },
        },
      },
    }),
  );
});

test('a Secret that does not exist, while nothing is near: it is to be created, and no value is printed', () => {
  const more = [secret('billing', { password: 'aHVudGVyMg==' })];
  const v = the(scene({ status: error('secret "shop-db" not found'), more }));
  expect(v).toMatchObject({ code: 'secret-missing', near: [] });
  expect(fixes(v)).toContain('kubectl -n shop create secret generic shop-db --from-literal=KEY=VALUE');
  expect(JSON.stringify(v)).not.toContain('aHVudGVyMg');
});

test('a key that is not there, with the key that is', () => {
  const message = "couldn't find key DB_HOTS in ConfigMap shop/shop-config";
  const spec = env('configMapKeyRef', 'shop-config', 'DB_HOTS');
  const v = the(scene({ spec, status: error(message), more: [map('shop-config', { DB_HOST: 'db', PORT: '1' })] }));
  expect(v).toMatchObject({ code: 'config-key-missing', near: ['DB_HOST'] });
  expect(fixes(v)).toContainEqual(
    expect.objectContaining({
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'shop',
                env: [{ name: 'DB_HOST', valueFrom: { configMapKeyRef: { name: 'shop-config', key: 'DB_HOST' } } }],
              },
            ],
          },
        },
      },
    }),
  );
  const hidden = the(
    scene({
      status: error("couldn't find key password in Secret shop/shop-db"),
      more: [secret('shop-db', { pass: 'aHVudGVyMg==' })],
    }),
  );
  expect(hidden).toMatchObject({ code: 'config-key-missing', near: ['pass'] });
  expect(JSON.stringify(hidden)).not.toContain('aHVudGVyMg');
});

test('an image that runs as root where that is forbidden', () => {
  const v = the(
    scene({
      status: error('container has runAsNonRoot and image will run as root (pod: "shop-1_shop(1)", container: shop)'),
    }),
  );
  expect(v.code).toBe('runs-as-root');
  expect(v.fixes.map((f) => f.kind)).toEqual(['rollback', 'patch']);
  const unnamed = the(
    scene({
      status: error('container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root'),
    }),
  );
  expect(words(unnamed)).toContain('names its user by a word');
});

test('what is not known is quoted, not guessed', () => {
  const v = the(scene({ status: error('the stars are not aligned') }));
  expect(v).toMatchObject({ code: 'config-unrecognised', confidence: 'unclear' });
  expect(v.evidence.map((e) => e.says)).toContain('the stars are not aligned');
});

test('silence: the kubelet has not caught up yet; a ConfigMap is missing but optional', () => {
  expect(
    codes(scene({ status: error('failed to sync configmap cache: timed out waiting for the condition') })),
  ).toEqual([]);
  expect(codes(scene({ status: running() }))).toEqual([]);
});

test('one ConfigMap that many read is one verdict', () => {
  const one = scene({ status: error('configmap "common" not found') });
  const other = JSON.parse(
    JSON.stringify(scene({ status: error('configmap "common" not found') }))
      .replaceAll('"shop-', '"cart-')
      .replaceAll('"name":"shop"', '"name":"cart"')
      .replaceAll('"app":"shop"', '"app":"cart"'),
  );
  const [v, ...rest] = read([...one, ...other]);
  expect(rest).toEqual([]);
  expect(v).toMatchObject({
    code: 'configmap-missing',
    object: { kind: 'ConfigMap', namespace: 'shop', name: 'common' },
  });
  expect(v?.affected.map((r) => r.name)).toEqual(['shop', 'cart']);
});
