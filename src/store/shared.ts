/** Who asks the same while it is being asked waits for the one answer. What is asked must be JSON. */
export function shared<Of extends readonly unknown[], Answer>(
  ask: (...of: Of) => Promise<Answer>,
): (...of: Of) => Promise<Answer> {
  const asking = new Map<string, Promise<Answer>>();
  return (...of) => {
    const key = JSON.stringify(of);
    const known = asking.get(key);
    if (known) return known;
    const answer = ask(...of).finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  };
}
