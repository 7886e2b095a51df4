type Makers<Given> = Readonly<Record<string, (given: Given) => unknown>>;
type Made<Given, M extends Makers<Given>> = { readonly [K in keyof M]: ReturnType<M[K]> };

/**
 * Objects whose parts are each made when they are first asked for. The getters are shared by all of these objects, so one
 * of which nothing is asked costs nothing.
 */
export const lazily =
  <Given>() =>
  <M extends Makers<Given>>(makers: M): ((given: Given) => Made<Given, M>) => {
    const givenTo = new WeakMap<object, Given>();
    const getters = Object.entries(makers).map(([name, make]) => [
      name,
      {
        get(this: object) {
          const value = make(givenTo.get(this) as Given);
          Object.defineProperty(this, name, { value });
          return value;
        },
      },
    ]);
    const shared = Object.defineProperties({}, Object.fromEntries(getters));
    return (given) => {
      const made = Object.create(shared);
      givenTo.set(made, given);
      return made;
    };
  };
