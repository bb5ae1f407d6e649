import type { Fact as SettingFact } from '#shared/catalog/definition.ts';
import { en } from '../text/en.ts';
import type { Fact } from './facts.tsx';
import { mono } from './hash.tsx';

/** What a definition says of stored settings, as the window draws it. */
export function settingFacts(facts: readonly SettingFact[]): Fact[] {
  return facts.map(({ label, value, none, kind }) => {
    if (value === null || kind === 'words') return [label, capital(value ?? none ?? '')];
    if (kind === 'choice') return [label, (en.choices as Record<string, string>)[value] ?? value];
    return [label, kind === 'path' || kind === 'address' ? mono(value) : value];
  });
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
