import { at, list, num, type Obj, str } from '../read.ts';

type RulePort = {
  readonly protocol: string | undefined;
  readonly name: string | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
};

/** What a rule of the Network Policy API names: `ports` in the older version, `protocols` in the newer one. Nothing: all of them. */
export function portsIn(rule: Obj): readonly RulePort[] | undefined {
  const older = list(rule, 'ports').map((p) => ({
    protocol: str(p, 'portNumber', 'protocol') ?? str(p, 'portRange', 'protocol'),
    name: str(p, 'namedPort'),
    from: num(p, 'portNumber', 'port') ?? num(p, 'portRange', 'start'),
    to: num(p, 'portNumber', 'port') ?? num(p, 'portRange', 'end'),
  }));
  const newer = list(rule, 'protocols').flatMap((p) =>
    ['tcp', 'udp', 'sctp', 'destinationNamedPort']
      .filter((key) => at(p, key) !== undefined)
      .map((key) => ({
        protocol: key === 'destinationNamedPort' ? undefined : key.toUpperCase(),
        name: str(p, 'destinationNamedPort'),
        from: num(p, key, 'destinationPort', 'number') ?? num(p, key, 'destinationPort', 'range', 'start'),
        to: num(p, key, 'destinationPort', 'number') ?? num(p, key, 'destinationPort', 'range', 'end'),
      })),
  );
  const named = [...older, ...newer];
  return named.length === 0 && at(rule, 'ports') === undefined && at(rule, 'protocols') === undefined
    ? undefined
    : named;
}
