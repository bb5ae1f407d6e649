import { never } from '#kit/never.ts';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import type {
  CredentialStoreKind,
  CredentialStoreSettings,
  HashicorpAuth,
} from '#shared/model/credential-store.ts';
import { credentialStoreSettings } from '#shared/model/credential-store.ts';
import { checkAbsolute, checkAsked, type Flat, invalid, text, trustedRoots, yes } from './flat-input.ts';

/**
 * Flat input, already fitting the contract and with its defaults, as the settings that are stored. `has`: whether the
 * secret of a field was named now or is sealed already. `input.invalid` says what is missing, by its flags.
 */
export function storeSettingsOf(
  kind: CredentialStoreKind,
  flat: Flat,
  has: (field: string) => boolean,
): CredentialStoreSettings {
  checkAsked(credentialStoreCatalog[kind], flat);
  checkComplete(kind, flat, has);
  const settings = settingsOf(kind, flat, has);
  checkAddress(kind, flat);
  if (credentialStoreSettings.safeParse(settings).success) return settings;
  throw invalid(`The settings of the credential store "${text(flat, 'storename')}" do not fit together.`);
}

function settingsOf(
  kind: CredentialStoreKind,
  flat: Flat,
  has: (field: string) => boolean,
): CredentialStoreSettings {
  switch (kind) {
    case 'local':
      return { kind };
    case 'hashicorp':
      return {
        kind,
        vaultUrl: text(flat, 'vaulturl') ?? '',
        auth: authOf(flat),
        rootPath: trimmedPath(text(flat, 'rootpath')) ?? '',
        namespace: trimmedPath(text(flat, 'namespace')),
        authMount: trimmedPath(text(flat, 'authmount')) ?? 'approle',
        ...overHttp(flat),
      };
    case 'cyberark':
      return {
        kind,
        ccpUrl: text(flat, 'ccpurl') ?? '',
        appId: text(flat, 'appid') ?? '',
        hasCertificate: has('authcert'),
        reason: text(flat, 'reason'),
        ...overHttp(flat),
      };
    case 'delinea-secret-server':
      return {
        kind,
        url: text(flat, 'url') ?? '',
        username: text(flat, 'username') ?? '',
        domain: text(flat, 'domain'),
        comment: text(flat, 'comment'),
        ...overHttp(flat),
      };
    default:
      return never(kind);
  }
}

function overHttp(flat: Flat) {
  return { verify: text(flat, 'verify'), trustedRootsPem: trustedRoots(text(flat, 'trusted_roots')) };
}

function authOf(flat: Flat): HashicorpAuth {
  const roleId = text(flat, 'roleid') ?? '';
  const wrapped = yes(flat, 'appwrapped', false);
  switch (text(flat, 'authtype')) {
    case 'AppRoleSecret':
      return { type: 'AppRoleSecret', roleId, wrapped };
    case 'AppRoleFile': {
      const secretFile = text(flat, 'secretfile') ?? '';
      checkAbsolute('Secret file', secretFile);
      return { type: 'AppRoleFile', roleId, secretFile, wrapped };
    }
    default:
      return { type: 'Token' };
  }
}

/** What each way of logging in needs, by field; `whose` begins the sentence. */
function needs(kind: CredentialStoreKind, flat: Flat): { whose: string; fields: readonly string[] } {
  const byType: Record<string, readonly string[]> = {
    Token: ['token'],
    AppRoleSecret: ['roleid', 'secretid'],
    AppRoleFile: ['roleid', 'secretfile'],
  };
  switch (kind) {
    case 'hashicorp': {
      const type = text(flat, 'authtype') ?? 'Token';
      return { whose: `The authentication type ${type}`, fields: byType[type] ?? [] };
    }
    case 'delinea-secret-server':
      return { whose: 'A Delinea Secret Server store', fields: ['password'] };
    case 'local':
    case 'cyberark':
      return { whose: '', fields: [] };
    default:
      return never(kind);
  }
}

function checkComplete(kind: CredentialStoreKind, flat: Flat, has: (field: string) => boolean): void {
  const { whose, fields } = needs(kind, flat);
  const missing = fields.filter((field) => flat[field] === undefined && !has(field));
  if (missing.length > 0) {
    throw invalid(
      `${whose} needs ${missing.map((field) => `--${field}`).join(' and ')}.`,
      'Add what is named.',
    );
  }
  if (flat.certpass !== undefined && flat.authcert === undefined) {
    throw invalid(
      'A certificate password was given without an authentication certificate.',
      'Add --authcert.',
    );
  }
}

const addressFields: Record<CredentialStoreKind, string | null> = {
  local: null,
  hashicorp: 'vaulturl',
  cyberark: 'ccpurl',
  'delinea-secret-server': 'url',
};

function checkAddress(kind: CredentialStoreKind, flat: Flat): void {
  const name = addressFields[kind];
  if (name === null) return;
  const label = credentialStoreCatalog[kind].fields.find((field) => field.name === name)?.label ?? name;
  const given = text(flat, name) ?? '';
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw invalid(
      `${label} must be an http or https address.`,
      'For example https://vault.example.org:8200.',
    );
  }
  // the address is shown and logged; what is in it besides host and path is not
  if (url.username !== '' || url.password !== '') {
    throw invalid(`${label} must not hold a user name or password.`, 'Give the login by its own options.');
  }
}

/** Without slashes and spaces at its ends; null when nothing is left. */
function trimmedPath(path: string | null): string | null {
  return path?.replace(/^[\s/]+|[\s/]+$/g, '') || null;
}
