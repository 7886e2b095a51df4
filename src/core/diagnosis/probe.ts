import { code, type Text, text } from '../kernel/text.ts';
import type { Container } from './pods.ts';
import { has, list, num, type Obj, obj, scalar, str } from './read.ts';

export type ProbeKind = 'livenessProbe' | 'readinessProbe' | 'startupProbe';

/** A probe with the values that Kubernetes fills in. */
export function probeOf(c: Container, kind: ProbeKind) {
  const probe = obj(c.spec, kind);
  const action = Object.fromEntries(
    ['httpGet', 'tcpSocket', 'grpc', 'exec'].filter((how) => has(probe, how)).map((how) => [how, obj(probe, how)]),
  );
  return {
    action,
    port: scalar(probe, 'httpGet', 'port') ?? scalar(probe, 'tcpSocket', 'port') ?? scalar(probe, 'grpc', 'port'),
    path: str(probe, 'httpGet', 'path'),
    initialDelay: num(probe, 'initialDelaySeconds') ?? 0,
    period: num(probe, 'periodSeconds') ?? 10,
    threshold: num(probe, 'failureThreshold') ?? 3,
    timeout: num(probe, 'timeoutSeconds') ?? 1,
  };
}

export type ProbeFault = { readonly summary: Text; readonly title: string; readonly patch?: Obj };

/** As runtimes and shells say that a program is not there; a file that is not there may be how it says that it is not ready. */
const noProgram =
  /executable file not found|exec: "[^"]{1,200}": stat \S{1,300}: no such file|sh(?:: line)?(?:: \d{1,6})?: .{1,100}: (?:command )?not found/;

/** What is wrong with the probe itself: a port that nothing listens on, a path that is not there, a name for no port. */
export function probeFault(c: Container, kind: ProbeKind, message: string): ProbeFault | undefined {
  const { port, path, action } = probeOf(c, kind);
  const ports = list(c.spec, 'ports');
  const numbers = ports.flatMap((p) => num(p, 'containerPort') ?? []);
  const known = port === undefined || numbers.includes(Number(port)) || ports.some((p) => p.name === port);
  const how = has(action, 'httpGet') ? 'httpGet' : has(action, 'tcpSocket') ? 'tcpSocket' : 'grpc';
  if (
    !known &&
    numbers.length > 0 &&
    /connection refused|failed to connect service|invalid port|couldn't find port|no such port/i.test(message)
  ) {
    const [right] = numbers;
    return {
      summary: text`asks at port ${code(port)}, where nothing listens; the container says that it listens on ${code(numbers.join(', '))}`,
      title: `Probe port ${right}`,
      patch: { [how]: { port: right } },
    };
  }
  if (/statuscode: (?:404|405)/.test(message) && path !== undefined)
    return {
      summary: text`asks for ${code(path)}, which the application does not ${message.includes('405') ? 'answer when it is asked like that (405)' : 'have (404)'}`,
      title: 'Correct the path of the probe',
    };
  if (/statuscode: (?:401|403)/.test(message) && path !== undefined)
    return {
      summary: text`asks for ${code(path)}, for which the application wants a login`,
      title: 'Probe a path without a login',
    };
  if (/HTTP response to HTTPS client|malformed HTTP response|server gave HTTP/i.test(message))
    return {
      summary: text`asks by the wrong one of HTTP and HTTPS`,
      title: 'Probe by the right scheme',
      patch: { httpGet: { scheme: str(action, 'httpGet', 'scheme') === 'HTTPS' ? 'HTTP' : 'HTTPS' } },
    };
  if (noProgram.test(message) || (kind !== 'readinessProbe' && /no such file or directory/.test(message)))
    return { summary: text`runs a command that its image does not have`, title: 'Correct the command of the probe' };
  return undefined;
}
