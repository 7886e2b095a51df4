import { hostileStrings } from '../support/teams-hostile.ts';

/** What is markup in Slack, and what only looks like it. */
const fixed = [
  '<!channel>',
  '<!here|here>',
  '<!everyone>',
  '@channel @here @everyone',
  '<@U0ANN>',
  '<@U0ANN|Ann>',
  '<#C0HELP|help>',
  '<!subteam^S0CREWS|@crew>',
  '<https://evil.example|https://good.example>',
  '<mailto:a@evil.example|me>',
  '<!date^1772442300^{date}^https://evil.example|then>',
  '&lt;!channel&gt; &amp;lt;!here&amp;gt;',
  '*bold* _italic_ ~gone~ `code`',
  ':smile: :no_entry:',
  '>quote\n>>> more',
  '```block```',
  '•\tone',
  '<<!channel>>',
  '<!chan\u200bnel>',
  '<\n!here>',
];
const pieces =
  '<!channel> <!here> <@U0ANN> <# | > < @ & &lt; &gt; &amp; ! # * _ ~ ` > : \\ ^ https://evil.example [x](https://evil.example) <at>Ann</at> {{DATE( )}} a \n é'.split(
    ' ',
  );

/** Strings that try to become markup on either platform: the known tricks, then `count` mixtures, the same every time. */
export function hostile(count: number): readonly string[] {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const mixed = Array.from({ length: count >> 1 }, () =>
    Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)]).join(random(3) === 0 ? ' ' : ''),
  );
  return [...fixed, ...mixed, ...hostileStrings(count - mixed.length)];
}
