import { describe, expect, test } from 'vitest';
import { storeName } from '#shared/catalog/credential-stores/common.ts';
import { nameField as endpointName } from '#shared/catalog/endpoints/common.ts';
import { textSchema } from '#shared/catalog/field.ts';

/** Found at others, too: a hyphen in front is an option (certbot/certbot#6332), an override turns a name around (XiovV/calich#252). */
const wrong: [what: string, name: string][] = [
  ['a line feed', 'web\n1'],
  ['an escape sequence', '\u001b[2Jweb1'],
  ['a right-to-left override', 'web\u202e1'],
  ['an isolate', 'web\u20661'],
  ['a zero-width space', 'web\u200b1'],
  ['a soft hyphen', 'web\u00ad1'],
  ['a byte order mark', '\ufeffweb1'],
  ['a line separator', 'web\u20281'],
  ['a hyphen in front', '-web1'],
  ['an option', '--json'],
  ['a space in front', ' web1'],
  ['a space at the end', 'web1\u00a0'],
];

describe.each([
  ['endpoint', endpointName],
  ['credential store', storeName],
])('the name of an %s', (_what, field) => {
  const named = (name: string) => textSchema(field).safeParse(name);

  test.each(wrong)('with %s is refused in one sentence', (_of, name) => {
    expect(named(name).error?.issues.map(({ message }) => message)).toEqual([
      `${field.label} must not start with a hyphen, start or end with a space, or contain control characters or invisible ones.`,
    ]);
  });

  test.each(['web1', 'Web 1 – Köln', 'shop.example:443', 'می‌خواهم', '店舗', 'a-b', '1'])(
    'may be %s',
    (name) => {
      expect(named(name).success).toBe(true);
    },
  );
});
