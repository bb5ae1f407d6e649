import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { asFailure } from '#shared/failure.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import type { Accounts } from './account.ts';
import type { AcmeClient } from './client.ts';
import { profileNotOffered } from './orders.ts';
import type { Directory } from './wire.ts';

interface TestReport {
  ok: boolean;
  checks: ProbeCheck[];
  profiles: Record<string, string>;
}

/** Directory, TLS trust, account and profile, each with its sentence. Registers an account when there is none. */
export async function testAuthority(
  settings: AcmeSettings,
  client: AcmeClient,
  accounts: Accounts,
): Promise<TestReport> {
  const checks: ProbeCheck[] = [];
  let directory: Directory;
  try {
    directory = await client.directory(true);
    checks.push(good('directory', `The directory of ${client.ca} answers; its certificate is trusted.`));
  } catch (thrown) {
    return { ok: false, checks: [bad('directory', thrown)], profiles: {} };
  }
  const profiles = directory.meta?.profiles ?? {};
  try {
    const { url } = await accounts.get();
    checks.push(good('account', `The CA accepted the account ${url}; it was registered if there was none.`));
  } catch (thrown) {
    checks.push(bad('account', thrown));
  }
  checks.push(checkProfile(settings.profile, profiles, client.ca));
  const ari = directory.renewalInfo === undefined ? 'does not suggest' : 'suggests';
  checks.push(good('renewal-information', `The CA ${ari} when to renew (ARI).`));
  return { ok: checks.every(({ ok }) => ok), checks, profiles };
}

function checkProfile(wanted: string | null, profiles: Record<string, string>, ca: string): ProbeCheck {
  const offered = Object.keys(profiles);
  if (wanted !== null && !offered.includes(wanted))
    return bad('certificate-profile', profileNotOffered(ca, wanted, offered));
  if (wanted !== null)
    return good('certificate-profile', `The CA offers the certificate profile “${wanted}”.`);
  const list =
    offered.length === 0 ? 'no certificate profiles' : `these certificate profiles: ${offered.join(', ')}`;
  return good('certificate-profile', `None is set, so the CA chooses. It offers ${list}.`);
}

function good(name: CheckName, sentence: string): ProbeCheck {
  return { name, ok: true, sentence };
}

function bad(name: CheckName, thrown: unknown): ProbeCheck {
  const { message, hint, peerSaid } = asFailure(thrown);
  const said = peerSaid === undefined || peerSaid === '' ? '' : ` The CA answered: ${peerSaid}`;
  return { name, ok: false, sentence: `${message}${hint === undefined ? '' : ` ${hint}`}${said}` };
}
