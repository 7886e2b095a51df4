/**
 * Hides what secretlint's rules, kept by many, know as secrets: tokens of providers, private keys, connection strings.
 * The rules of the diagnosis hide passwords and the like by their names after that.
 */
export async function hideSecrets(text: string): Promise<string> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const { messages } = await lintSource({
    source: { content: text, filePath: 'container.log', ext: '.log', contentType: 'text' },
    options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] } },
  });
  // From the end, so that what was found before keeps its place.
  return messages
    .map(({ range: [from, to] }) => ({ from, to }))
    .toSorted((a, b) => b.from - a.from)
    .reduce((masked, { from, to }) => `${masked.slice(0, from)}(hidden)${masked.slice(to)}`, text);
}
