import type { CredentialStoreSettings, HashicorpAuth } from '../../model/credential-store.ts';
import type { Flat } from '../field.ts';

/** Settings by the names of the catalog's fields, so that an update keeps what it does not name. Holds no secret. */
export function flatStore(settings: CredentialStoreSettings): Flat {
  switch (settings.kind) {
    case 'local':
      return {};
    case 'hashicorp':
      return {
        vaulturl: settings.vaultUrl,
        ...flatAuth(settings.auth, settings.authMount),
        rootpath: settings.rootPath,
        namespace: settings.namespace ?? undefined,
        ...flatHttp(settings),
      };
    case 'cyberark':
      return {
        appid: settings.appId,
        ccpurl: settings.ccpUrl,
        reason: settings.reason ?? undefined,
        ...flatHttp(settings),
      };
    case 'delinea-secret-server':
      return {
        url: settings.url,
        username: settings.username,
        domain: settings.domain ?? undefined,
        comment: settings.comment ?? undefined,
        ...flatHttp(settings),
      };
    default:
      return settings satisfies never;
  }
}

function flatHttp({ verify, trustedRootsPem }: { verify: string | null; trustedRootsPem: string | null }) {
  return { verify: verify ?? undefined, trusted_roots: trustedRootsPem ?? undefined };
}

function flatAuth(auth: HashicorpAuth, authmount: string): Flat {
  switch (auth.type) {
    case 'Token':
      return { authtype: auth.type };
    case 'AppRoleSecret':
      return { authtype: auth.type, roleid: auth.roleId, appwrapped: auth.wrapped, authmount };
    case 'AppRoleFile':
      return {
        authtype: auth.type,
        roleid: auth.roleId,
        secretfile: auth.secretFile,
        appwrapped: auth.wrapped,
        authmount,
      };
    default:
      return auth satisfies never;
  }
}
