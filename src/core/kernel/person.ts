import type { AccountId, PersonId } from './ids.ts';

export const roles = ['developer', 'platform', 'product', 'admin'] as const;
export type Role = (typeof roles)[number];
export const personas = ['backend', 'data', 'frontend'] as const;
export type Persona = (typeof personas)[number];

/** One human. Everybody is a `developer`; the other roles come from groundcrew.yaml. */
export type Person = {
  readonly id: PersonId;
  readonly name: string;
  /** Verified by the platform that told us. */
  readonly email?: string;
  /** IANA zone. */
  readonly zone: string;
  readonly persona?: Persona;
  readonly teams: readonly string[];
  readonly roles: ReadonlySet<Role>;
  readonly accounts: readonly AccountId[];
  /** By each of their logins. */
  readonly guest?: true;
};

/** Who may: anyone, or those who hold one of these roles. An admin always may. */
export type May = 'anyone' | readonly Role[];

export const mayDo = (may: May, held: ReadonlySet<Role>): boolean =>
  may === 'anyone' || held.has('admin') || may.some((role) => held.has(role));
