import { en } from '../text/en.ts';

const words: Readonly<Record<string, string>> = en.checks.names;

/** The word for a check; the name itself of one that another version knew. */
export function checkName(name: string): string {
  return (Object.hasOwn(words, name) ? words[name] : undefined) ?? name;
}
