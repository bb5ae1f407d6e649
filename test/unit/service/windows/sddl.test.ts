import { describe, expect, test } from 'vitest';
import {
  listOfData,
  listOfPipe,
  listOfToken,
  openAbove,
  serviceSid,
  whoElse,
} from '../../../../electron/service/windows/sddl.ts';

const installer = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464';

test('the identity of a service is that of Windows for its name', () => {
  // the one of its own installer is printed in Microsoft's documentation
  expect(serviceSid('TrustedInstaller')).toBe(installer);
  expect(serviceSid('trustkeep')).toBe(serviceSid('Trustkeep'));
});

describe('what only administrators can change', () => {
  test.each([
    [
      'a folder of Program Files',
      `O:${installer}G:${installer}D:PAI(A;;FA;;;${installer})(A;;FA;;;SY)(A;;0x1301bf;;;BA)(A;;0x1200a9;;;BU)(A;OICIIO;GA;;;CO)`,
    ],
    [
      'a file that everyone can read and run',
      'O:BAG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;FRFX;;;WD)',
    ],
    ['a list that denies', 'O:SYD:(D;;FA;;;WD)(A;;FA;;;BA)'],
  ])('%s', (_what, descriptor) => {
    expect(whoElse(descriptor, 'itself')).toBeNull();
  });

  test('is found by its owner, by rights in words or numbers, and where there is no list', () => {
    expect(whoElse('O:S-1-5-21-1-2-3-1001D:(A;;FA;;;SY)', 'itself')).toBe('S-1-5-21-1-2-3-1001');
    expect(whoElse('O:BAD:(A;;FA;;;SY)(A;;0x1301bf;;;AU)', 'itself')).toBe('AU');
    expect(whoElse('O:BAD:(A;;FRDC;;;BU)', 'itself')).toBe('BU');
    expect(whoElse('O:BAD:(XA;;GW;;;S-1-5-21-1-2-3-9;(1))', 'itself')).toBe('S-1-5-21-1-2-3-9');
    expect(whoElse('O:BAD:NO_ACCESS_CONTROL', 'itself')).toBe('S-1-1-0');
    expect(whoElse('O:BAG:SY', 'itself')).toBe('S-1-1-0');
  });

  test('above the folder of the program, a new folder does no harm; removing does', () => {
    const drive = `O:${installer}D:PAI(A;OICIIO;SDGXGWGR;;;AU)(A;;LC;;;AU)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)`;
    expect(whoElse(drive, 'above')).toBeNull();
    expect(whoElse('O:BAD:(A;;DT;;;BU)', 'above')).toBe('BU');
    expect(whoElse('O:BAD:(A;;SD;;;BU)', 'above')).toBe('BU');
  });

  test('a drive of data that every account may write to does no harm to a folder in it', () => {
    const open = 'O:SYD:(A;OICI;0x1301bf;;;AU)(A;OICI;FA;;;BA)';
    expect(whoElse(open, 'drive')).toBeNull();
    expect(whoElse('O:SYD:(A;;DT;;;AU)', 'drive')).toBe('AU');
    const listOf = (path: string) => (path === 'D:\\' ? open : 'O:BAD:PAI(A;;FA;;;BA)');
    expect(openAbove('D:\\certs\\data', listOf)).toBeNull();
    expect(openAbove('D:\\certs\\data', () => open)).toEqual({ who: 'AU', folder: 'D:\\certs' });
  });

  test('what an account of Windows made is known by its whole identity', () => {
    expect(whoElse('O:LSD:', 'itself', ['S-1-5-19'])).toBeNull();
    expect(whoElse('O:NSD:', 'itself', ['S-1-5-20'])).toBeNull();
    expect(whoElse('O:NSD:', 'itself', ['S-1-5-19'])).toBe('NS');
  });

  test('the service is trusted where it says so', () => {
    const service = serviceSid('Trustkeep');
    const owned = `O:${service}D:(A;;FA;;;${service})`;
    expect(whoElse(owned, 'itself', [service])).toBeNull();
    expect(whoElse(owned, 'itself')).toBe(service);
  });
});

test('data are for Windows, administrators and the service; a group sees the token and connects, and no more', () => {
  const service = serviceSid('Trustkeep');
  expect(whoElse(`O:BA${listOfData(service)}`, 'itself', [service])).toBeNull();
  expect(whoElse(`O:BA${listOfToken(service, 'S-1-5-32-545')}`, 'itself', [service])).toBeNull();
  expect(listOfToken(service, 'S-1-5-32-545')).toContain('(A;OICI;FR;;;S-1-5-32-545)');
  expect(listOfPipe(service, null)).not.toMatch(/;(WD|AN|BU|AU)\)/);
  expect(listOfPipe(service, 'S-1-5-32-545')).toMatch(/\(A;;FRFW;;;S-1-5-32-545\)$/);
});
