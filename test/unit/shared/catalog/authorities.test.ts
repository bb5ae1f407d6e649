import { expect, test } from 'vitest';
import { acme } from '#shared/catalog/authorities/acme.ts';

const settings = (directoryUrl: string) =>
  acme.fromFlat({ directory_url: directoryUrl, agree_to_terms: true });

test.each([
  'https://acme-v02.api.letsencrypt.org/directory',
  'https://ACME-V02.api.letsencrypt.org:443/directory',
])('the test directory of a CA is known by its address, however that is written: %s', (directoryUrl) => {
  expect(acme.testDirectory(settings(directoryUrl))).toBe(
    'https://acme-staging-v02.api.letsencrypt.org/directory',
  );
});

test('that of another CA is not guessed', () => {
  expect(acme.testDirectory(settings('https://acme.example/directory'))).toBeNull();
});
