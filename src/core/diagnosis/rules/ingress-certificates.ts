import { code, text } from '../../kernel/text.ts';
import { near } from '../near.ts';
import { has, list, meta, type Obj, str, strings } from '../read.ts';
import { keysOf, namesOf } from '../references.ts';
import type { ObjectRule } from '../rule.ts';
import { age, created, refOf, type World } from '../snapshot.ts';

export const ingressRule = (rule: Omit<ObjectRule, 'about' | 'kind'>): ObjectRule => ({
  ...rule,
  about: 'object',
  kind: 'Ingress',
});

export const certificateRules: readonly ObjectRule[] = [
  ingressRule({
    code: 'ingress-certificate-missing',
    title: 'The certificate of an ingress is not there',
    example: 'Ingress spec.tls[].secretName names no Secret, or none of the type kubernetes.io/tls',
    remedy: 'Create the certificate’s secret, or see cert-manager',
    reads: ['Ingress spec.tls', 'Secret type and keys'],
    find: (o, world) => {
      const { namespace, name } = meta(o);
      if (!world.listed('Secret') || age(world, created(o)) < 300) return undefined;
      for (const tls of list(o, 'spec', 'tls')) {
        const secret = str(tls, 'secretName');
        const there = secret === undefined ? undefined : world.get('Secret', namespace, secret);
        const keys = secret === undefined ? [] : keysOf(world, 'Secret', namespace, secret);
        const incomplete = keys.length > 0 && !(keys.includes('tls.crt') && keys.includes('tls.key'));
        if (secret === undefined || (there !== undefined && !incomplete)) continue;
        const issued = world.all('Certificate', namespace).filter((c) => str(c, 'spec', 'secretName') === secret);
        // An address that was added to an old ingress: its certificate has just been asked for.
        if (there === undefined && issued.some((c) => age(world, created(c)) < 300)) continue;
        return {
          summary: text`Browsers distrust ${code(name)}: its certificate, the secret ${code(secret)}, ${incomplete ? text`does not hold ${code('tls.crt')} and ${code('tls.key')}` : 'does not exist'}.`,
          evidence: [{ on: refOf('Ingress', o), path: 'spec.tls[].secretName', says: secret }],
          near: near(secret, namesOf(world, 'Secret', namespace)),
          confidence: 'likely',
          symptomOf: issued.map((c) => refOf('Certificate', c)),
        };
      }
      return undefined;
    },
  }),
  ingressRule({
    code: 'ingress-certificate-other-host',
    title: 'The certificate of an ingress is for other addresses',
    example: 'Ingress spec.tls[].hosts: shop.example.com, while the Certificate has dnsNames: www.example.com',
    remedy: 'Add the address to the certificate, or name the secret of the right one',
    reads: ['Ingress spec.tls', 'Certificate spec.dnsNames', 'Secret annotation cert-manager.io/alt-names'],
    find: (o, world) => {
      const { namespace, name } = meta(o);
      for (const tls of list(o, 'spec', 'tls')) {
        const secret = str(tls, 'secretName');
        const names = secret === undefined ? [] : certified(world, namespace, secret);
        const lost = strings(tls, 'hosts').find(
          (host) => names.length > 0 && serves(o, host) && !names.some((n) => covers(n, host)),
        );
        if (secret === undefined || lost === undefined) continue;
        return {
          summary: text`Browsers distrust ${code(lost)}, an address of ${code(name)}: its certificate ${code(secret)} is for ${code(names.slice(0, 5).join(', '))}.`,
          evidence: [
            { on: refOf('Ingress', o), path: 'spec.tls[].hosts', says: lost },
            {
              on: { kind: 'Secret', namespace, name: secret },
              path: 'names of the certificate',
              says: names.join(', '),
            },
          ],
          near: near(lost, names),
          confidence: 'likely',
          symptomOf: world
            .all('Certificate', namespace)
            .filter((c) => str(c, 'spec', 'secretName') === secret)
            .map((c) => refOf('Certificate', c)),
        };
      }
      return undefined;
    },
  }),
];

/**
 * The addresses that a certificate is for, as cert-manager says them beside it: what is in a Secret is never read. Those that
 * the issuer will write are taken over those that it wrote.
 */
function certified(world: World, namespace: string, secret: string): readonly string[] {
  const asked = world
    .all('Certificate', namespace)
    .filter((c) => str(c, 'spec', 'secretName') === secret)
    .flatMap((c) => [...strings(c, 'spec', 'dnsNames'), ...(str(c, 'spec', 'commonName') ?? '').split(',')]);
  const notes = ['alt-names', 'common-name'].flatMap((note) =>
    (str(world.get('Secret', namespace, secret), 'metadata', 'annotations', `cert-manager.io/${note}`) ?? '').split(
      ',',
    ),
  );
  return [...new Set(asked.some(Boolean) ? asked : notes)].filter(Boolean);
}

/** Whether it leads anywhere from an address: one that was left over under `tls` is called by nobody. */
const serves = (o: Obj, host: string): boolean =>
  has(o, 'spec', 'defaultBackend') ||
  list(o, 'spec', 'rules').some((rule) => {
    const served = str(rule, 'host') ?? '';
    return served === '' || covers(served, host) || covers(host, served);
  });

/** `*.example.com` is for `shop.example.com`, and for nothing below it. Names are the same in small and in large letters. */
function covers(certified: string, host: string): boolean {
  const name = certified.toLowerCase();
  return name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1));
}
