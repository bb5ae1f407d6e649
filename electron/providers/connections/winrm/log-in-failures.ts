import { Failure, harmless } from '#shared/failure.ts';
import { place as nameOf } from '../../../net/failures.ts';
import type { WinrmPlace } from './place.ts';

/** `from`: where the password came from; undefined: it is the endpoint's own. */
export function loginRefused(place: WinrmPlace, from: string | undefined): Failure {
  const source = from === undefined ? '' : ` ${from}`;
  return new Failure(
    'winrm.login-refused',
    `${place.host} refused user ${place.user} with password${source} (${place.scheme === 'basic' ? 'Basic' : 'NTLM'}).`,
    {
      hint:
        place.scheme === 'basic'
          ? 'Check the user name and the password. Basic takes accounts of the host itself only.'
          : 'Check the user name (DOMAIN\\user for a domain account) and the password, and that the account is not locked. The password was tried once.',
    },
  );
}

/** `offers`: what the host would take instead. */
export function noCommonLogin(place: WinrmPlace, offers: readonly string[]): Failure {
  const offered = offers.length === 0 ? 'no login at all' : harmless(offers.join(', '), 200);
  const kerberos = offers.some((one) => /^kerberos$/i.test(one)) && place.scheme === 'ntlm';
  const wants = place.scheme === 'basic' ? 'Basic' : 'NTLM';
  return new Failure('winrm.no-common-login', `${nameOf(place)} offers ${offered}, and not ${wants}.`, {
    hint: kerberos
      ? 'Trustkeep has no Kerberos. Allow NTLM for this host (policy "Restrict NTLM"), or use WinRM over HTTPS with Basic and a local account.'
      : `Allow it on the host: winrm set winrm/config/service/auth @{${place.scheme === 'basic' ? 'Basic' : 'Negotiate'}="true"}.`,
  });
}

/** Before anything is sent: Basic shows the password to whoever listens. */
export function basicInClear(place: WinrmPlace): Failure {
  return new Failure(
    'winrm.no-common-login',
    `Basic would show the password of ${place.user} to the network on the way to ${nameOf(place)}.`,
    {
      hint: 'Use WinRM over HTTPS, or NTLM.',
    },
  );
}

export function credentialMissing(place: WinrmPlace): Failure {
  const what = place.user === '' ? 'user name' : `password for ${place.user}`;
  return new Failure('winrm.credential-missing', `There is no ${what} to log in to ${place.host} with.`, {
    hint: 'Set user and password, or a credential that has both.',
  });
}
