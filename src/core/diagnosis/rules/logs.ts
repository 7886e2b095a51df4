import { code, text } from '../../kernel/text.ts';
import type { CrashRule } from '../crashes.ts';
import { describe, kubectl, patchContainer, patchPods, restart, run } from '../fixes.ts';
import { capacityOf, fullClaim, room, sizeOf } from '../growing.ts';
import { addressIn, changeOf, dies, logRule, staleSecret, unreachable, unresolved } from '../last-words.ts';
import { near } from '../near.ts';
import { dnsBlocked, unknownPolicies } from '../policies.ts';
import { list, meta, str } from '../read.ts';
import { refOf } from '../snapshot.ts';

export const logRules: readonly CrashRule[] = [
  logRule({
    code: 'wrong-architecture-at-run',
    title: 'A program in it was built for another processor',
    example: 'exec /usr/bin/app: exec format error',
    remedy: 'Build the image for the platform of the nodes',
    rollback: true,
    match: /exec format error/i,
    say: (x) => ({ summary: dies(x, text`its image holds a program for another processor than the machine’s.`) }),
  }),
  logRule({
    code: 'rbac-forbidden',
    title: 'The cluster forbids what it asks for',
    example: 'pods is forbidden: User "system:serviceaccount:shop:app" cannot list resource "pods"',
    remedy: 'Give its service account that right, by a Role',
    match:
      /is forbidden: User "system:serviceaccount:([^:"]{1,253}):([^"]{1,253})" cannot (\w{1,20}) resource "([^"]{1,253})"(?: in API group "([^"]{0,253})")?/,
    say: (x, [, namespace = '', account = '', verb = '', resource = '', group = '']) => {
      const role = `${account}-${verb}-${resource.replace(/\W/g, '-')}`;
      const full = group === '' ? resource : `${resource}.${group}`;
      return {
        summary: dies(x, text`its account ${code(account)} may not ${verb} ${code(resource)} in the cluster.`),
        confidence: 'certain',
        fixes: [
          run(
            'create',
            `Let ${account} ${verb} ${resource}`,
            `${kubectl(namespace, 'create', 'role', role, `--verb=${verb}`, `--resource=${full}`)} && ${kubectl(namespace, 'create', 'rolebinding', role, `--role=${role}`, `--serviceaccount=${namespace}:${account}`)}`,
          ),
        ],
      };
    },
  }),
  logRule({
    code: 'dns-blocked',
    title: 'A network policy keeps it from asking DNS',
    example: 'could not resolve host, under a policy that lets nothing out',
    remedy: 'Allow port 53 (UDP and TCP) in the network policy',
    match: unresolved,
    when: (x) => dnsBlocked(x.world, x.pod.o) !== undefined,
    say: (x) => {
      const blocked = dnsBlocked(x.world, x.pod.o);
      const policy = blocked?.policy.name ?? '';
      // What the cluster’s admins deny no other policy allows.
      const others = blocked?.denial === undefined ? unknownPolicies(x.world) : undefined;
      const unless = others === undefined ? '' : `, unless one of ${others} does, which can’t be read`;
      return {
        summary: dies(
          x,
          text`it can’t look up names: the network policy ${code(policy)} lets it send nothing to DNS${unless}.`,
        ),
        ...(others === undefined ? {} : { confidence: 'unclear' as const }),
        ...(blocked === undefined ? {} : { upstream: blocked.policy }),
        together: text`The network policy ${code(policy)} keeps workloads from asking DNS, so they find nothing by name${unless}.`,
        fixes: !blocked?.mendable
          ? blocked?.denial === undefined
            ? []
            : [describe(blocked.policy)]
          : [
              {
                kind: 'create',
                title: 'Allow DNS',
                patch: {
                  apiVersion: 'networking.k8s.io/v1',
                  kind: 'NetworkPolicy',
                  metadata: { name: 'allow-dns', namespace: x.pod.ref.namespace },
                  spec: {
                    podSelector: {},
                    policyTypes: ['Egress'],
                    egress: [
                      {
                        ports: [
                          { protocol: 'UDP', port: 53 },
                          { protocol: 'TCP', port: 53 },
                        ],
                      },
                    ],
                  },
                },
              },
            ],
      };
    },
  }),
  logRule({
    code: 'credentials-refused',
    title: 'Its password or token is refused',
    example: 'FATAL: password authentication failed for user "shop"',
    remedy: 'Correct the secret; restart it when the secret was changed after its start',
    match:
      /password authentication failed|Access denied for user|authentication failed|WRONGPASS|NOAUTH|invalid (?:username or )?password|InvalidAccessKeyId|SignatureDoesNotMatch|invalid_client|\b401 Unauthorized/i,
    say: (x) => {
      const stale = staleSecret(x);
      return {
        summary: dies(
          x,
          stale === undefined
            ? text`its password or token is refused by what it depends on.`
            : text`its password or token is refused; the secret ${code(stale)} was changed after it started.`,
        ),
        fixes: stale === undefined ? [] : restart(x.w, x.pod.o),
      };
    },
  }),
  logRule({
    code: 'certificate-expired',
    title: 'A certificate has expired or is not trusted',
    example: 'x509: certificate has expired or is not yet valid',
    remedy: 'Renew the certificate, then restart what reads it',
    match:
      /certificate has expired|CERT_HAS_EXPIRED|certificate is not yet valid|unable to get local issuer certificate|signed by unknown authority|CERTIFICATE_VERIFY_FAILED|self[- ]signed certificate/i,
    say: (x, [said = '']) => ({
      summary: dies(
        x,
        /expired|not yet/i.test(said)
          ? text`a certificate that it uses has expired.`
          : text`it does not trust a certificate that it is shown.`,
      ),
    }),
  }),
  logRule({
    code: 'missing-variable',
    title: 'A setting is missing',
    example: "Environment variable DEPLOY_ENV is undefined; or: KeyError: 'DB_HOST'",
    remedy: 'Set the variable; when this version dropped it, roll back',
    rollback: true,
    match:
      /(?:environment variable|env(?:ironment)? var|variable|setting|config(?:uration)?)(?: named)?:? ["'`]?([A-Z][A-Z0-9_]{1,80})["'`]? (?:is |was )?(?:undefined|not (?:set|defined|found)|missing|required|unset|empty)|KeyError: ["']([A-Z][A-Z0-9_]{1,80})["']|(?:missing|required)[\w ]{0,40}(?:variable|env|setting)s?:? ["'`]?([A-Z][A-Z0-9_]{1,80})|["'`]?\b([A-Z][A-Z0-9]{1,40}_[A-Z0-9_]{1,80})["'`]? (?:is |must be |was )?(?:undefined|not set|required|missing|set)\b|([A-Z][A-Z0-9_]{1,80}): (?:unbound variable|parameter not set)|key not found: "([A-Z][A-Z0-9_]{1,80})"/,
    say: (x, m) => {
      const variable = m.slice(1).find((v) => v !== undefined) ?? '';
      const names = list(x.c.spec, 'env').flatMap((e) => str(e, 'name') ?? []);
      const [meant] = near(variable, names);
      const before = changeOf(x, variable)?.before;
      return {
        summary: dies(
          x,
          text`its setting ${code(variable)} (an environment variable) is missing${before === undefined ? '' : ', which the version before still had'}${meant === undefined ? '.' : text`; it has ${code(meant)}.`}`,
        ),
        near: meant === undefined ? [] : [meant],
        fixes: [
          patchContainer(`Set ${variable}`, x.w, x.c, {
            env: [{ name: variable, value: before === undefined || before === '(hidden)' ? 'VALUE' : before }],
          }),
        ],
      };
    },
  }),
  logRule({
    code: 'port-in-use',
    title: 'Its port is taken',
    example: 'listen EADDRINUSE: address already in use :::8080',
    remedy: 'Give each container of the pod a port of its own; check hostNetwork',
    rollback: true,
    match: /EADDRINUSE|address already in use|Address in use|port \d{1,5} (?:is )?already/i,
    say: (x) => ({
      summary: dies(
        x,
        text`the port that it wants to listen on is taken already, by another container beside it or by the machine.`,
      ),
    }),
  }),
  logRule({
    code: 'disk-full',
    title: 'Its disk is full',
    example: 'write: No space left on device',
    remedy: 'Expand the volume, where its class lets it grow, or clean it up',
    match: /No space left on device|ENOSPC|disk full|could not extend file/i,
    say: (x, { input }) => {
      const claim = fullClaim(x, input);
      const size = claim && (capacityOf(claim) ?? sizeOf(claim));
      return {
        summary: dies(
          x,
          text`its disk${claim === undefined ? '' : text` (the volume ${code(meta(claim).name)}${size === undefined ? '' : `, ${size}`})`} is full.`,
        ),
        // That it can’t be enlarged is why it still is.
        symptomOf: claim === undefined ? [] : [refOf('PersistentVolumeClaim', claim)],
        fixes: claim === undefined ? [] : room(x, claim),
      };
    },
  }),
  logRule({
    code: 'port-privileged',
    title: 'It may not listen on a port below 1024',
    example: 'listen tcp :80: bind: permission denied; or: listen EACCES: permission denied 0.0.0.0:80',
    remedy: 'Listen on a port above 1023; or allow low ports by the sysctl net.ipv4.ip_unprivileged_port_start',
    rollback: true,
    match:
      /listen(?: \w{3,4})? \S{0,60}:(\d{1,3}): bind: permission denied|bind\(\) to \S{0,60}:(\d{1,3}) failed \(13|listen EACCES: permission denied \S{0,60}:(\d{1,3})\b|make_sock: could not bind to address \S{0,60}:(\d{1,3})\b/i,
    say: (x, m) => {
      const port = m.slice(1).find((p) => p !== undefined) ?? '';
      const name = 'net.ipv4.ip_unprivileged_port_start';
      const others = list(x.w.podSpec, 'securityContext', 'sysctls').filter((s) => s.name !== name);
      return {
        summary: dies(x, text`it wants to listen on port ${code(port)}, which only root may (all below 1024).`),
        fixes: [
          patchPods('Let it listen on low ports', x.w, {
            securityContext: { sysctls: [...others, { name, value: port }] },
          }),
        ],
      };
    },
  }),
  logRule({
    code: 'refuses-root',
    title: 'The program refuses to run as root',
    example: '"root" execution of the PostgreSQL server is not permitted; or: can not run elasticsearch as root',
    remedy: 'Set runAsUser to a user that its image has, or give the image a user of its own',
    rollback: true,
    match:
      /"root" execution of .{1,60} is not permitted|\b(?:can ?not|can't|must not|may not|should not|refus(?:es|ing) to|not allowed to) (?:be )?(?:run|start)\b.{0,60}\bas (?:the )?"?(?:root|super-?user)\b(?! in production)/i,
    say: (x) => ({
      summary: dies(x, text`it refuses to run as root, which its image, or its specification, makes it.`),
      // Which user its files belong to is known to its image alone.
      fixes: [],
    }),
  }),
  logRule({
    code: 'file-permission',
    title: 'It may not write or read a file',
    example: 'EACCES: permission denied; or: Read-only file system',
    remedy: 'Mount a writable emptyDir there, or set fsGroup',
    rollback: true,
    match:
      /(?:Read-only file system|EROFS|EACCES|permission denied(?! for | \(publickey))(?:.{0,80}?['": ](\/[\w./-]{1,200}))?/i,
    say: (x, [said = '', path]) => ({
      summary: dies(
        x,
        text`it may not ${/read-only|EROFS/i.test(said) ? 'write' : 'use'} ${path === undefined ? 'a file' : code(path)}${/read-only|EROFS/i.test(said) ? ': its file system is read-only.' : ': the file belongs to another user.'}`,
      ),
      fixes: /read-only|EROFS/i.test(said)
        ? []
        : [patchPods('Let its group own its volumes', x.w, { securityContext: { fsGroup: 10_001 } })],
    }),
  }),
  logRule({
    code: 'heap-exhausted',
    title: 'Its own heap is too small',
    example: 'java.lang.OutOfMemoryError; or: JavaScript heap out of memory',
    remedy: 'Raise the heap of its runtime (-Xmx, --max-old-space-size), and its memory limit with it',
    match:
      /java\.lang\.OutOfMemoryError|JavaScript heap out of memory|Reached heap limit|^MemoryError|Allowed memory size of \d+ bytes exhausted/,
    say: (x) => ({
      summary: dies(
        x,
        text`the heap of its own runtime is exhausted; that is a setting of the program, not the container’s memory limit.`,
      ),
    }),
  }),
  logRule({
    code: 'module-missing',
    title: 'A part of the program is missing from the image',
    example: "Error: Cannot find module 'express'; or: ModuleNotFoundError",
    remedy: 'Mend the build of the image; until then roll back',
    rollback: true,
    match:
      /Cannot find (?:module|package) ['"]([^'"]{1,200})|ModuleNotFoundError: No module named ['"]([^'"]{1,200})|ClassNotFoundException: ([\w.$]{1,200})|error while loading shared libraries: ([\w.+-]{1,100})|cannot load such file -- ([\w./-]{1,200})/,
    say: (x, m) => ({
      summary: dies(
        x,
        text`${code(m.slice(1).find((v) => v !== undefined) ?? 'a module')}, a part of the program, is missing from its image.`,
      ),
    }),
  }),
  logRule({
    code: 'host-unknown',
    title: 'A host that it depends on is not known',
    example: 'could not translate host name "ticketing-db-x" to address',
    remedy: 'Correct the host; when this version changed it, roll back',
    rollback: true,
    match: unresolved,
    say: (x, [, host = '']) => unreachable(x, host, 'its name is not known'),
  }),
  logRule({
    code: 'dependency-unreachable',
    title: 'What it depends on does not answer',
    example: 'connect ECONNREFUSED 10.0.0.12:5432; or: no available connection',
    remedy: 'See what it depends on first; when this version changed the address, roll back',
    match:
      /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ECONNRESET|connection refused|no available connection|connection timed out|could not connect to server|connection to \S{1,200} failed|dial tcp|i\/o timeout|can't connect to/i,
    say: (x, m) => unreachable(x, addressIn(m.input), 'it does not answer'),
  }),
];
