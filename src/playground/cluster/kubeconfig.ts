/** How somebody gets into a cluster, and the context by which that is called. */
export type Login = {
  readonly context: string;
  readonly user: string;
  readonly token: string;
  readonly url: string;
  readonly ca: string;
};

/** A kubeconfig with a context for each, of which the first is the current one. JSON is YAML, and needs no quoting rules. */
export function writeKubeconfig(logins: readonly [Login, ...(readonly Login[])]): string {
  // The same person has another token in each cluster.
  const named = ({ user, context }: Login) => (logins.length === 1 ? user : `${user}@${context}`);
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': logins[0].context,
      clusters: logins.map(({ context, url, ca }) => ({
        name: context,
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      })),
      users: logins.map((login) => ({ name: named(login), user: { token: login.token } })),
      contexts: logins.map((login) => ({
        name: login.context,
        context: { cluster: login.context, user: named(login), namespace: 'default' },
      })),
    },
    null,
    2,
  )}\n`;
}
