import { expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import { refuseOtherPublisher } from '../../../electron/updates/authenticode.ts';

const ours = 'CN=Trustkeep, O=Trustkeep, C=DE';
const path = 'C:\\Users\\mara\\update.exe';
const good = { status: 0, subject: ours, path };

/** What becomes of the installer when PowerShell answers this. */
async function verdict(
  answer: unknown,
  code: number | null = 0,
  publishers = [ours],
): Promise<string | null> {
  const stdout = Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
  return refuseOtherPublisher(path, publishers, async () => ({ code, stdout })).then(
    () => null,
    (error: unknown) => asFailure(error).code,
  );
}

test('an installer with a valid signature of the publisher is run', async () => {
  expect(await verdict(good)).toBe(null);
  expect(await verdict({ ...good, path: path.toUpperCase() })).toBe(null);
});

test.each([
  ['is not valid', { ...good, status: 3 }],
  ['is of another publisher', { ...good, subject: 'CN=Trustkeep' }],
  ['only holds the name of the publisher', { ...good, subject: `CN=Evil, OU="${ours}"` }],
  ['is of another file', { ...good, path: 'C:\\other.exe' }],
  ['has no subject', { ...good, subject: null }],
  ['is told in words that are not understood', 'ConvertTo-Json : The term is not recognized'],
  ['is not told at all', ''],
])('an installer whose signature %s is not run', async (_what, answer) => {
  expect(await verdict(answer)).toBe('update.other-publisher');
});

test('an installer is not run when PowerShell fails or cannot be started', async () => {
  expect(await verdict(good, 1)).toBe('update.other-publisher');
  expect(await verdict(good, null)).toBe('update.other-publisher');
  const missing = refuseOtherPublisher(path, [ours], () => Promise.reject(new Error('ENOENT')));
  await expect(missing).rejects.toThrow(/does not carry a valid signature/);
});

test('the path of the file is never part of the command', async () => {
  const asked: { argv: readonly string[]; env: Record<string, string> }[] = [];
  const odd = "C:\\a'; calc; '.exe";
  await refuseOtherPublisher(odd, [ours], async (request) => {
    asked.push(request);
    return { code: 0, stdout: Buffer.from(JSON.stringify({ ...good, path: odd })) };
  });
  expect(JSON.stringify(asked[0]?.argv)).not.toContain('calc');
  expect(asked[0]?.env.TRUSTKEEP_FILE).toBe(odd);
});

test('a build that is not signed has nothing to compare with', async () => {
  expect(await verdict('', 1, [])).toBe(null);
});
