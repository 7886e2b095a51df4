import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answered, isWhole, placeOf } from '../../src/core/surveys/answers.ts';
import {
  type Answer,
  type Answers,
  asked,
  type Expression,
  expressionSchema,
  holds,
  kept,
} from '../../src/core/surveys/branching.ts';
import { surveySchema } from '../../src/core/surveys/model.ts';

/** The same ones in each run: what fails once fails again. Thirty thousand others were tried when this was written. */
const drawn = { seed: 11 };
const keys = ['a', 'b', 'c', 'd', 'e'] as const;
const values = ['yes', 'no', '3', '7'];
const leaf = (among: readonly string[]): fc.Arbitrary<Expression> =>
  fc.oneof(
    fc.record({ question: fc.constantFrom(...among), is: fc.subarray(values, { minLength: 1 }) }),
    fc.record({ question: fc.constantFrom(...among), atMost: fc.integer({ min: 0, max: 10 }) }),
    fc.record({ question: fc.constantFrom(...among), atLeast: fc.integer({ min: 0, max: 10 }) }),
  );
const expression = (among: readonly string[], depth = 2): fc.Arbitrary<Expression> =>
  depth === 0
    ? leaf(among)
    : fc.oneof(
        leaf(among),
        fc.record({ all: fc.array(expression(among, depth - 1), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(expression(among, depth - 1), { minLength: 1, maxLength: 3 }) }),
        fc.record({ not: expression(among, depth - 1) }),
      );
type Q = { readonly key: string; readonly askIf?: Expression };
const questions: fc.Arbitrary<readonly Q[]> = fc
  .tuple(...keys.map((_, i) => (i === 0 ? fc.constant(null) : fc.option(expression(keys.slice(0, i))))))
  .map((all) => all.map((askIf, i) => ({ key: keys[i] as string, ...(askIf ? { askIf } : {}) })));
const answer: fc.Arbitrary<Answer> = fc.oneof(fc.constant(null), fc.constantFrom(...values), fc.subarray(values));
const answers: fc.Arbitrary<Answers> = fc.dictionary(fc.constantFrom(...keys, 'unknown', '__proto__'), answer);

describe('branching', () => {
  test('an expression is true or false whatever was answered, and a file may hold it', () => {
    fc.assert(
      fc.property(expression(keys), answers, (e, a) => {
        expect(expressionSchema.safeParse(e).success).toBe(true);
        expect(typeof holds(e, a)).toBe('boolean');
        expect(holds({ not: e }, a)).toBe(!holds(e, a));
      }),
      drawn,
    );
  });

  test('what is kept is answered and asked, keeping it again changes nothing, and the way stays the same', () => {
    fc.assert(
      fc.property(questions, answers, (qs, a) => {
        const clean = kept(qs, a);
        const way = asked(qs, a).map((q) => q.key);
        expect(Object.keys(clean).every((k) => way.includes(k) && Object.hasOwn(a, k))).toBe(true);
        expect(kept(qs, clean)).toEqual(clean);
        expect(asked(qs, clean).map((q) => q.key)).toEqual(way);
      }),
      drawn,
    );
  });

  test('an answer to a question that is not asked decides nothing', () => {
    fc.assert(
      fc.property(questions, answers, answers, (qs, a, other) => {
        const way = new Set(asked(qs, a).map((q) => q.key));
        const hidden = Object.fromEntries(Object.entries(other).filter(([k]) => !way.has(k)));
        expect(asked(qs, { ...a, ...hidden }).map((q) => q.key)).toEqual([...way]);
      }),
      drawn,
    );
  });

  test('whoever answers what is shown comes to the end, however they go back and forth', () => {
    const survey = surveySchema.parse({
      name: 'x',
      title: 'x',
      intro: 'x',
      questions: [
        { key: 'a', kind: 'nps', ask: 'a' },
        { key: 'b', kind: 'text', ask: 'b', askIf: { question: 'a', atMost: 6 } },
        { key: 'c', kind: 'nps', ask: 'c', askIf: { not: { question: 'a', is: ['10'] } } },
        {
          key: 'd',
          kind: 'nps',
          ask: 'd',
          askIf: {
            all: [
              { question: 'c', atLeast: 5 },
              { question: 'b', is: ['x'] },
            ],
          },
        },
      ],
    });
    const step = fc.record({
      at: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.constantFrom('0', '5', '9', '10', 'x'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let all: Answers = {};
        for (const { at, value } of steps)
          if (asked(survey.questions, all).some((q) => q.key === at)) all = answered(survey.questions, all, at, value);
        for (let left = survey.questions.length; left > 0; left--) {
          const place = placeOf(survey.questions, all, undefined);
          if (!place) break;
          all = answered(survey.questions, all, place.question.key, null);
        }
        expect(placeOf(survey.questions, all, undefined)).toBeUndefined();
        expect(isWhole(survey.questions, all)).toBe(true);
        expect(kept(survey.questions, all)).toEqual(all);
      }),
      drawn,
    );
  });
});
