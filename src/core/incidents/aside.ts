/*
 * Rows of a cluster are kept under the context by which it is reached. When that leads to another cluster, those of the one
 * before are put aside under a name of their own, and taken up again when it leads back.
 */

export const asideName = (context: string, uid: string): string => `${context}#${uid}`;

const aside = /#[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** As people read it. */
export const beforeOf = (cluster: string, called: (context: string) => string): string =>
  aside.test(cluster) ? `${called(cluster.replace(aside, ''))} (the one before)` : called(cluster);
