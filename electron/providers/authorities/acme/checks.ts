import { never } from '#kit/never.ts';
import { peerTail } from '#kit/redact.ts';
import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { asFailure } from '#shared/failure.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import { mustBeOwnAddress } from '../../../net/own-address.ts';
import type { Accounts } from './account.ts';
import type { AcmeClient } from './client.ts';
import { profileNotOffered } from './orders.ts';
import type { CheckedAccount } from './registration.ts';
import type { Directory } from './wire.ts';

interface TestReport {
  ok: boolean;
  checks: ProbeCheck[];
  profiles: Record<string, string>;
}

/** Directory, TLS trust, account (asked of the CA) and profile, each with its sentence. Registers an account when there is none. */
export async function testAuthority(
  settings: AcmeSettings,
  client: AcmeClient,
  accounts: Accounts,
): Promise<TestReport> {
  const checks: ProbeCheck[] = [];
  let directory: Directory;
  try {
    directory = await client.directory(true);
    checks.push(good('directory', directorySentence(client)));
  } catch (thrown) {
    return { ok: false, checks: [bad('directory', thrown)], profiles: {} };
  }
  const profiles = directory.meta?.profiles ?? {};
  try {
    const checked = await accounts.check();
    checks.push(good('account', accountSentence(checked, client.ca)));
    if (checked.contactRefused !== null) checks.push(bad('contact', checked.contactRefused));
  } catch (thrown) {
    checks.push(bad('account', thrown));
  }
  const answers = await checkAnswers(settings);
  if (answers !== null) checks.push(answers);
  checks.push(checkProfile(settings.profile, profiles, client.ca));
  const ari = directory.renewalInfo === undefined ? 'does not name' : 'names';
  checks.push(good('renewal-information', `The directory ${ari} an address for renewal suggestions (ARI).`));
  return { ok: checks.every(({ ok }) => ok), checks, profiles };
}

function directorySentence({ ca, redirectedTo }: AcmeClient): string {
  if (redirectedTo === null) return `The directory of ${ca} answers; its certificate is trusted.`;
  return `The directory URL redirects to ${peerTail(redirectedTo, [], 300)}, which answers; both certificates are trusted. Set that address as directory URL if the CA published it.`;
}

/** What was asked and answered, and no more: an account that is noted here may be gone there. */
function accountSentence({ how, url, status, contact }: CheckedAccount, ca: string): string {
  const shown =
    contact === null || contact.length === 0
      ? ''
      : ` Contact there: ${peerTail(contact.join(', '), [], 300)}.`;
  switch (how) {
    case 'known':
      return `Asked for the account, the CA ${ca} answered with ${url}${status === null ? ', without its state' : `, ${status}`}.${shown}`;
    case 'registered':
      return `There was no account yet; the CA ${ca} registered ${url}.${shown}`;
    case 'again':
      return `Asked for the account, the CA ${ca} did not have it; it was registered again as ${url}.`;
    default:
      return never(how);
  }
}

/** Whether challenges can be answered at the address that is set. Null: at no particular one, or not by this agent. */
async function checkAnswers({ validation }: AcmeSettings): Promise<ProbeCheck | null> {
  if (validation.method !== 'http-01-agent' && validation.method !== 'tls-alpn-01-agent') return null;
  const { address, port } = validation;
  if (address === '0.0.0.0' || address === '::') return null;
  try {
    await mustBeOwnAddress(address);
    return good(
      'responder',
      `This machine has the address ${address}. Its port ${port} is opened when the CA validates, not before.`,
    );
  } catch (thrown) {
    return bad('responder', thrown);
  }
}

function checkProfile(wanted: string | null, profiles: Record<string, string>, ca: string): ProbeCheck {
  const offered = Object.keys(profiles);
  if (wanted !== null && !offered.includes(wanted))
    return bad('certificate-profile', profileNotOffered(ca, wanted, offered));
  if (wanted !== null)
    return good('certificate-profile', `The CA offers the certificate profile "${wanted}".`);
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
