import { serviceName } from './scm.ts';
import { serviceSid } from './sddl.ts';

export interface WindowsAccount {
  /** As the service manager takes it. */
  name: string;
  /** `own`: one that a person knows. Windows wants to hear an empty one of some of its accounts, and none of others. */
  password: 'own' | 'empty' | 'none';
  /** Windows lets its own accounts log on as a service; others are given that right. */
  needsRight: boolean;
  /** Of accounts whose name depends on the language of Windows; null: looked up by the name. */
  identity: string | null;
}

const identities: Record<string, string> = {
  LocalSystem: 'S-1-5-18',
  'NT AUTHORITY\\LocalService': 'S-1-5-19',
  'NT AUTHORITY\\NetworkService': 'S-1-5-20',
};

/** What Windows has for services, by the names people write. In small letters. */
const own: Record<string, string> = Object.fromEntries(
  Object.entries({
    LocalSystem: ['localsystem', 'system', 'nt authority\\system'],
    'NT AUTHORITY\\LocalService': [
      'localservice',
      'nt authority\\localservice',
      'nt authority\\local service',
    ],
    'NT AUTHORITY\\NetworkService': [
      ...['networkservice', 'nt authority\\networkservice', 'nt authority\\network service'],
    ],
  }).flatMap(([name, written]) => written.map((one) => [one, name])),
);

/** An account that Windows makes for this service alone, without a password. */
const virtual = `NT SERVICE\\${serviceName}`;

/** To pass through folders, as everyone does. */
const fewest = ['SeChangeNotifyPrivilege'];

/** Besides, for files of every owner and programs that servers of the machine are changed with; no drivers, no debugging. */
const ofSystem = [
  ...fewest,
  ...['SeBackupPrivilege', 'SeRestorePrivilege', 'SeTakeOwnershipPrivilege', 'SeSecurityPrivilege'],
  ...['SeImpersonatePrivilege', 'SeCreateGlobalPrivilege'],
  ...['SeAssignPrimaryTokenPrivilege', 'SeIncreaseQuotaPrivilege'],
];

/** What the service keeps of the privileges of its account; told to Windows each time, which else keeps the last ones. */
export const privilegesOf = (account: string): string[] => (account === 'LocalSystem' ? ofSystem : fewest);

/**
 * The account that a person named, `DOMAIN\name`, `name@domain` or a name of this machine; null: the one of the service
 * alone. A name that ends with $ is a managed service account, whose password is known to the domain.
 */
export function windowsAccount(given: string | null): WindowsAccount {
  const written = given ?? virtual;
  if (written.toLowerCase() === virtual.toLowerCase())
    return { name: virtual, password: 'none', needsRight: false, identity: serviceSid(serviceName) };
  const known = own[written.toLowerCase()];
  if (known !== undefined)
    return { name: known, password: 'empty', needsRight: false, identity: identities[known] ?? null };
  const name = /[\\@]/.test(written) ? written : `.\\${written}`;
  return { name, password: name.endsWith('$') ? 'none' : 'own', needsRight: true, identity: null };
}
