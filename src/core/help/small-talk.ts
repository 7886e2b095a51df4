import { command, type Person, said, type Text, text, type View } from '../kernel/index.ts';
import { type Offered, offeredTo, runButton } from './views.ts';

/** What people say to a bot that is no command. `help` is a request for help in other words. */
const sayings = {
  greeting: [
    ['hi', 'hello', 'hey', 'hiya', 'howdy', 'yo', 'hallo', 'moin', 'servus', 'hola', 'salut', 'bonjour', 'ciao'],
    ['good morning', 'good afternoon', 'good evening', 'morning', 'greetings', ':wave:', '👋'],
  ],
  thanks: [
    ['thanks', 'thank you', 'thank you so much', 'thank you very much', 'many thanks', 'thanks a lot', 'thx', 'ty'],
    ['cheers', 'danke', 'merci', 'gracias', 'great', 'perfect', 'awesome', 'nice', 'cool', 'well done', 'good bot'],
    [':pray:', ':+1:', ':thumbsup:', ':heart:', '🙏', '👍', '❤'],
  ],
  agreement: [
    ['ok', 'okay', 'yes', 'yep', 'sure', 'got it', 'all right', 'alright', 'understood', 'sounds good', 'fine'],
  ],
  farewell: [['bye', 'bye bye', 'goodbye', 'good bye', 'good night', 'see you', 'see you later', 'ciao ciao', 'later']],
  cancel: [
    ['cancel', 'stop', 'quit', 'exit', 'abort', 'never mind', 'nevermind', 'forget it', 'no', 'nope', 'no thanks'],
    ['undo', 'back', 'go back', 'close', 'leave me alone'],
  ],
  presence: [
    ['ping', 'test', 'testing', 'are you there', 'anybody there', 'how are you', 'how is it going', 'whats up'],
  ],
  apology: [['sorry', 'my bad', 'oops', 'my mistake']],
  help: [
    ['help me', 'i need help', 'please help', 'can you help', 'can you help me', 'what can you do', 'what can i do'],
    ['what do you do', 'who are you', 'what are you', 'what is this', 'how does this work', 'how do you work'],
    ['what now', 'commands', 'menu', 'options'],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly string[])[]>>;
export type Talk = keyof typeof sayings;

const meanings: ReadonlyMap<string, Talk> = new Map(
  Object.entries(sayings).flatMap(([talk, lists]) => lists.flat().map((words) => [words, talk as Talk] as const)),
);

/** Whom or how politely something was said does not change what it means. */
const polite =
  /^(?:(?:please|well|ok|okay|oh|so|and) )+|(?: (?:please|there|all|everyone|team|folks|bot|groundcrew|again|now))+$/g;

const wordsIn = (line: string): string => line.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim();

/** What was meant by a line that is no command; undefined for what should be taken as an attempt at one. */
export function smallTalk(typed: string): Talk | undefined {
  if (typed.length > 60) return undefined;
  const line = typed.toLowerCase().replace(/[’']/g, '');
  // Slack writes 👍 as :+1:. Beside words such signs say nothing more.
  const words =
    wordsIn(line.replace(/:[\w+-]+:/g, ' ')) || (/:[\w+-]+:|\p{Extended_Pictographic}/u.exec(line)?.[0] ?? '');
  if (words === '' && typed.includes('?')) return 'help';
  return meanings.get(words) ?? meanings.get(words.replace(polite, ''));
}

type Line = { readonly title: (by: Person) => string; readonly text: (next: Text) => Text };
const lines: Readonly<Record<Exclude<Talk, 'help'>, Line>> = {
  greeting: { title: (by) => `Hello, ${by.name}`, text: (next) => text`Good to see you. ${next}` },
  thanks: { title: () => 'You’re welcome', text: (next) => text`Glad it helped. ${next}` },
  agreement: { title: () => 'All right', text: (next) => text`I’m here when you need something. ${next}` },
  farewell: { title: () => 'See you', text: () => said('I’ll write to you here when something of yours changes.') },
  cancel: {
    title: () => 'Nothing was changed',
    text: () =>
      said(
        'I do nothing until you press a button or send a form. To leave a form, close it; what you sent already can be changed where it stands.',
      ),
  },
  presence: { title: () => 'I’m here', text: (next) => text`All is well. ${next}` },
  apology: { title: () => 'No harm done', text: (next) => text`Nothing was changed. ${next}` },
};

/** One warm line, and what to do next. */
export function talkView(talk: Exclude<Talk, 'help'>, by: Person, commands: readonly Offered[]): View {
  const [first] = offeredTo(by, commands);
  const next = first ? text`Next you could try ${command(first.name)}: ${first.summary}.` : [];
  const { title, text: sentence } = lines[talk];
  const help = commands.find((c) => c.name === 'help');
  return {
    id: 'help.talk',
    title: title(by),
    summary: title(by),
    blocks: [
      { kind: 'text', text: sentence(next) },
      ...(help ? [{ kind: 'buttons', buttons: [runButton(help, 'What can you do?')] } as const] : []),
    ],
  };
}
