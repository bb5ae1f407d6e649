import { describe, expect, test } from 'vitest';
import { readableErrors } from '../../../../../electron/providers/connections/common/clixml.ts';
import { commandLine } from '../../../../../electron/providers/connections/common/windows-arguments.ts';
import { isWindowsPath } from '../../../../../electron/providers/connections/common/windows-paths.ts';
import {
  fileTroubleOf,
  isPolicy,
} from '../../../../../electron/providers/connections/common/windows-troubles.ts';
import { argumentsOf } from '../../../../servers/powershell-programs.ts';

test('errors are read out of CLIXML, and left as they are elsewhere', () => {
  const objects = (inner: string) => `#< CLIXML\r\n<Objs Version="1.1.0.1">${inner}</Objs>`;
  const two = '<S S="Error">Zugriff &lt;verweigert&gt;_x000D__x000A_</S><S S="Error">&#228;_x0041_</S>';
  expect(readableErrors(objects(`<Obj S="progress"><I64>1</I64></Obj>${two}`))).toBe(
    'Zugriff <verweigert>\r\näA',
  );
  expect(readableErrors(`before ${objects('')}`)).toBe('before');
  expect(readableErrors(' plain _x0041_ \r\n')).toBe('plain _x0041_');
  expect(readableErrors(objects('<S S="Error">&#x110000;</S>'))).toBe('&#x110000;');
});

describe('arguments', () => {
  test.each(['', 'a', 'a b', '"', '\\', '\\\\', 'a\\', 'a b\\', '\\"', '\\\\"x', '""', ' ', 'ü\t', '%a%'])(
    '%j is read again as it was',
    (one) => {
      expect(argumentsOf(commandLine(['p.exe', 'first', one, 'last'], 'web1'))).toEqual([
        'first',
        one,
        'last',
      ]);
    },
  );
  test('for batch files are refused where cmd has rules of its own', () => {
    for (const program of ['a.bat', 'C:\\a.CMD', 'a.bat. '])
      expect(() => commandLine([program, 'x&y'], 'web1'), program).toThrow('web1');
    expect(commandLine(['a.bat', 'plain'], 'web1')).toBe('plain');
    expect(() => commandLine(['a.exe', 'a\0b'], 'web1')).toThrow();
  });
});

test('paths are absolute and name one place alone', () => {
  for (const path of [
    'C:\\',
    'c:/a/b',
    'C:\\a\\..\\b',
    '\\\\srv\\share\\f',
    'D:\\Program Files\\x.y\\',
    'C:\\console',
    'C:\\com10.txt',
  ])
    expect(isWindowsPath(path), path).toBe(true);
  for (const path of [
    'C:',
    'C:f',
    '\\f',
    '\\\\srv',
    '\\\\srv\\share',
    '\\\\?\\C:\\f',
    '\\\\.\\pipe\\x',
    'C:\\a\\\\b',
    'C:\\a.',
    'C:\\a \\b',
    'C:\\NUL',
    'C:\\com1.txt',
    'C:\\a:b',
  ])
    expect(isWindowsPath(path), path).toBe(false);
});

test('errors are told by types and numbers, never by words', () => {
  const error = {
    type: 'System.IO.IOException',
    code: 0x80070020 - 2 ** 32,
    native: 0,
    id: '',
    message: 'Access denied',
    trouble: null,
    about: '',
    line: 1,
  };
  expect(fileTroubleOf(error)).toBe('in-use');
  expect(fileTroubleOf({ ...error, code: -1 })).toBe('failed');
  expect(fileTroubleOf({ ...error, code: -1, type: 'System.UnauthorizedAccessException' })).toBe('denied');
  expect(fileTroubleOf({ ...error, native: 112 })).toBe('disk-full');
  expect(fileTroubleOf({ ...error, trouble: 'too-large' })).toBe('too-large');
  expect(fileTroubleOf({ ...error, trouble: 'in-use?' })).toBe('in-use');
  expect(isPolicy(error)).toBe(false);
  expect(isPolicy({ ...error, type: 'System.Management.Automation.PSSecurityException' })).toBe(true);
});
