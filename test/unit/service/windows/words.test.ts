import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { privilegesOf, windowsAccount } from '../../../../electron/service/windows/account.ts';
import {
  dataDirectoryOf,
  programOf,
  windowsLine,
} from '../../../../electron/service/windows/command-line.ts';
import { logInto } from '../../../../electron/service/windows/log-file.ts';
import { refusal } from '../../../../electron/service/windows/refusals.ts';
import { stateOf } from '../../../../electron/service/windows/sentences.ts';

describe('the line that Windows starts', () => {
  test('has every word in quotation marks, so that no path is cut at a space', () => {
    const line = windowsLine([
      'C:\\Program Files\\Trustkeep\\trustkeep.exe',
      'run',
      '--data-directory=D:\\k\\',
    ]);
    expect(line).toBe('"C:\\Program Files\\Trustkeep\\trustkeep.exe" "run" "--data-directory=D:\\k\\\\"');
    expect(programOf(line)).toBe('C:\\Program Files\\Trustkeep\\trustkeep.exe');
    expect(dataDirectoryOf(windowsLine(['t.exe', '--data-directory=D:\\own k']))).toBe('D:\\own k');
    expect(dataDirectoryOf('t.exe')).toBeNull();
  });

  test('doubles backslashes before a quotation mark only', () => {
    expect(windowsLine(['a\\b', 'say "x"', 'end\\"'])).toBe('"a\\b" "say \\"x\\"" "end\\\\\\""');
    expect(programOf('C:\\old\\svc.exe -k')).toBe('C:\\old\\svc.exe');
  });
});

describe('the account', () => {
  test.each([
    [null, 'NT SERVICE\\Trustkeep', 'none', false],
    ['nt service\\trustkeep', 'NT SERVICE\\Trustkeep', 'none', false],
    ['System', 'LocalSystem', 'empty', false],
    ['NT AUTHORITY\\LOCAL SERVICE', 'NT AUTHORITY\\LocalService', 'empty', false],
    ['certs', '.\\certs', 'own', true],
    ['CORP\\certs', 'CORP\\certs', 'own', true],
    ['certs@corp.example', 'certs@corp.example', 'own', true],
    ['CORP\\gmsa-certs$', 'CORP\\gmsa-certs$', 'none', true],
  ] as const)('%s is %s, with the password %s', (given, name, password, needsRight) => {
    expect(windowsAccount(given)).toMatchObject({ name, password, needsRight });
  });

  test('of Windows is known by its identity, whose name depends on the language', () => {
    const identities = ['System', 'LocalService', 'NetworkService', 'CORP\\certs'].map(
      (name) => windowsAccount(name).identity,
    );
    expect(identities).toEqual(['S-1-5-18', 'S-1-5-19', 'S-1-5-20', null]);
  });
});

test('the service keeps few privileges: none that would make LocalSystem more than its files', () => {
  expect(privilegesOf('NT SERVICE\\Trustkeep')).toEqual(['SeChangeNotifyPrivilege']);
  expect(privilegesOf('CORP\\certs')).toEqual(['SeChangeNotifyPrivilege']);
  const system = privilegesOf('LocalSystem');
  expect(system).toEqual(expect.arrayContaining(['SeRestorePrivilege', 'SeImpersonatePrivilege']));
  expect(system.filter((one) => /Tcb|LoadDriver|Debug|CreateToken/.test(one))).toEqual([]);
});

describe('what Windows says', () => {
  test('is told with its meaning and what to do', () => {
    const refused = refusal(5, 'The service was not installed');
    expect([refused.code, refused.message]).toEqual([
      'service.no-right',
      'The service was not installed: only an administrator of this machine may do that (error 5).',
    ]);
    expect(refused.hint).toContain('Run as administrator');
    expect(refusal(1072, 'The service was not removed').hint).toContain('services.msc');
    expect(refusal(1060, 'x').code).toBe('service.not-installed');
    expect(refusal(1057, 'x').code).toBe('service.account-missing');
    expect(refusal(1069, 'x').message).toContain('lacks the right to log on as a service');
    expect(refusal(4242, 'x').hint).toBe('What it means: net helpmsg 4242');
  });

  const seen = {
    ...{ state: 1, exitCode: null as number | null, checkpoint: 0, processId: null },
    ...{ start: 2, path: '"C:\\p\\trustkeep.exe" "run"', account: 'LocalSystem' },
  };

  test('of a service is one sentence', () => {
    const sentence = (more: Partial<typeof seen>) => stateOf({ ...seen, ...more }, 'LOG').sentence;
    expect([1, 2, 3, 4, 7].map((state) => sentence({ state }))).toEqual([
      'The service is stopped.',
      'The service is starting.',
      'The service is stopping: its running steps may finish.',
      'The service is running.',
      'The service is in state 7 of Windows.',
    ]);
    expect(sentence({ start: 4 })).toBe('The service is disabled.');
    expect(sentence({ exitCode: 4 })).toContain('ended with code 4');
    expect(sentence({ exitCode: 1067 })).toContain('ended unexpectedly');
    expect(stateOf(null, 'LOG')).toMatchObject({
      installed: false,
      sentence: 'The service is not installed.',
    });
    expect(stateOf({ ...seen, state: 4 }, 'LOG')).toMatchObject({
      running: true,
      file: 'C:\\p\\trustkeep.exe',
    });
  });
});

test('a full log is kept beside the new one, and no more than four of them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trustkeep-log-'));
  const file = join(folder, 'logs', 'service.log');
  const write = logInto(file);
  write('first');
  expect(readFileSync(file, 'utf8')).toBe('first\n');
  for (const round of ['a', 'b', 'c', 'd', 'e', 'f']) {
    writeFileSync(file, round.repeat(6 * 1024 * 1024));
    logInto(file)('next');
  }
  const starts = ['', '.1', '.2', '.3', '.4'].map((end) => readFileSync(file + end, 'latin1').slice(0, 1));
  expect(starts).toEqual(['n', 'f', 'e', 'd', 'c']);
  rmSync(folder, { recursive: true });
});
