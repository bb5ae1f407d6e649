/**
 * Whether two aliases name one entry. Java compares them in small letters in all three formats, and other programs do not
 * compare them at all.
 */
export const sameAlias = (one: string, other: string): boolean => aliasKey(one) === aliasKey(other);

/** What aliases are compared by. */
export const aliasKey = (alias: string): string => alias.toLowerCase();
