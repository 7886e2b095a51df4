import { at, type Fields, fieldsOf, isFields, type Json, listOf, textOf } from '../json.ts';
import type { User } from '../types.ts';
import { type Attempt, type Authorizer, attemptOf, type NonResource } from './authorize.ts';

type Parts = {
  readonly authorizer: Authorizer;
  readonly userOf: (token: string) => User | undefined;
};

const decided = (why: string | undefined): Fields =>
  why === undefined ? { allowed: false } : { allowed: true, ...(why ? { reason: why } : {}) };

function nonResource(value: Json | undefined): NonResource | undefined {
  return isFields(value) ? { verb: textOf(value.verb), path: textOf(value.path) } : undefined;
}

const everything: readonly Fields[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
const everywhere: readonly Fields[] = [{ verbs: ['*'], nonResourceURLs: ['*'] }];

/** Questions that are asked by creating an object: the answer is its status. */
export const createReviews = ({ authorizer, userOf }: Parts) => {
  const decide = (user: User, spec: Fields, namespace?: string): Fields => {
    const attempt: Attempt | undefined = attemptOf(spec.resourceAttributes);
    const path = nonResource(spec.nonResourceAttributes);
    if (attempt) return decided(authorizer.may(user, namespace ? { ...attempt, namespace } : attempt));
    return { allowed: path ? authorizer.mayReach(user, path) : false };
  };
  const subject = (spec: Fields): User => ({
    name: textOf(spec.user),
    groups: [...listOf(spec.groups).map(textOf), 'system:authenticated'],
  });

  const reviews: Readonly<Record<string, (user: User, spec: Fields, namespace?: string) => Fields>> = {
    SelfSubjectAccessReview: (user, spec) => decide(user, spec),
    SubjectAccessReview: (_, spec) => decide(subject(spec), spec),
    LocalSubjectAccessReview: (_, spec, namespace) => decide(subject(spec), spec, namespace),
    SelfSubjectRulesReview(user, spec) {
      const all = user.groups.includes('system:masters')
        ? [...everything, ...everywhere]
        : authorizer.rules(user, textOf(spec.namespace)).map(({ rule }) => fieldsOf(rule));
      return {
        resourceRules: all.filter((rule) => rule.resources !== undefined),
        nonResourceRules: all.filter((rule) => rule.nonResourceURLs !== undefined),
        incomplete: false,
      };
    },
    SelfSubjectReview: (user) => ({ userInfo: { username: user.name, groups: user.groups } }),
    TokenReview(_, spec) {
      const user = userOf(textOf(spec.token));
      return user
        ? { authenticated: true, user: { username: user.name, groups: user.groups } }
        : { authenticated: false, error: 'the token is not known here' };
    },
  };

  return (kind: string, user: User, body: Fields, namespace?: string): Fields | undefined => {
    const review = reviews[kind];
    return review
      ? { ...body, metadata: fieldsOf(at(body, 'metadata')), status: review(user, fieldsOf(body.spec), namespace) }
      : undefined;
  };
};
