import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { type JsonAnswer, unexpectedAnswer, whenToRetry } from '../common/over-http.ts';
import { refusal } from './wire.ts';

/** What a refused question was about, for the sentence. */
export interface Asked {
  /** `CyberArk CCP at ccp.example.org`. */
  who: string;
  appId: string;
  /** The credential ID; null: nothing was asked for but an answer. */
  id: string | null;
  showedCertificate: boolean;
  now: number;
}

type Meaning = 'not-found' | 'application' | 'denied' | 'ambiguous' | 'no-vault' | 'changing' | 'bad-query';

/** The CCP's own codes; numbers mean the same whatever letters stand before them. */
const meanings: readonly (readonly [Meaning, readonly string[]])[] = [
  ['not-found', ['APPAP004E', 'APPAP249E', 'APPAP324E']],
  ['application', ['APPAP306E']],
  ['denied', ['APPAP008E', 'APPAP087E', 'APPAP132E', 'APPAP133E']],
  ['ambiguous', ['APPAP227E', 'APPAP228E', 'APPAP229E', 'APPAP230E', 'APPAP251E']],
  ['no-vault', ['APPAP007E', 'APPBC007E', 'APPAP289E', 'APPAP291E', 'APPAP292E', 'APPAP297E']],
  ['changing', ['APPAP282E', 'APPAP286E']],
  ['bad-query', ['AIMWS030E', 'AIMWS031E', 'APPAP081E', 'CASVL010E']],
];

/** What a refusal means, as a Failure with the CCP's own code and words. */
export function refused(answer: JsonAnswer, asked: Asked): Failure {
  const said = refusal.safeParse(answer.json);
  if (!said.success) return refusedByWebServer(answer, asked);
  const { ErrorCode, ErrorMsg } = said.data;
  const peerSaid = peerTail(`${ErrorCode} ${ErrorMsg ?? ''}`);
  const found = meanings.find(([, codes]) => codes.includes(ErrorCode.toUpperCase()))?.[0];
  return failureFor(found ?? meaningOfStatus(answer.status), answer, asked, peerSaid);
}

function meaningOfStatus(status: number): Meaning | 'unknown' {
  if (status === 404) return 'not-found';
  if (status === 401 || status === 403) return 'denied';
  return status >= 500 ? 'no-vault' : 'unknown';
}

/** Whether the CCP itself answered, and only the question was wrong: all that can be learned without reading. */
export function onlyTheQuestionWasWrong(answer: JsonAnswer): boolean {
  const said = refusal.safeParse(answer.json);
  if (!said.success) return false;
  const found = meanings.find(([, codes]) => codes.includes(said.data.ErrorCode.toUpperCase()))?.[0];
  const meaning = found ?? meaningOfStatus(answer.status);
  return meaning !== 'application' && meaning !== 'denied' && meaning !== 'no-vault';
}

function failureFor(
  meaning: Meaning | 'unknown',
  answer: JsonAnswer,
  asked: Asked,
  peerSaid: string,
): Failure {
  const { who, appId } = asked;
  const what = asked.id === null ? 'an account' : `"${asked.id}"`;
  switch (meaning) {
    case 'not-found':
      return new Failure(
        'credential.not-found',
        `${who} has no account for ${what} that ${appId} is allowed to see.`,
        {
          hint: 'Check safe and object, and that the application and the provider are members of the safe.',
          peerSaid,
        },
      );
    case 'application':
      return new Failure(
        'credential-store.login-refused',
        `${who} does not accept this machine as the application ${appId}.`,
        { hint: applicationHint(asked), peerSaid },
      );
    case 'denied':
      return new Failure(
        'credential.denied',
        `${who} does not allow the application ${appId} to read ${what}.`,
        {
          hint: 'Check that the application is defined in CyberArk, and is a member of the safe with permission to retrieve accounts.',
          peerSaid,
        },
      );
    case 'ambiguous':
      return new Failure('credential.ambiguous', `${who} has more than one account for ${what}.`, {
        hint: 'Add safe, folder or object to the credential ID, so that exactly one account matches.',
        peerSaid,
      });
    case 'no-vault':
      return new Failure('credential-store.unavailable', `${who} cannot reach its vault at the moment.`, {
        hint: 'Trustkeep will try again automatically. If this continues, check the credential provider.',
        ...whenToRetry(answer.headers, asked.now),
        peerSaid,
      });
    case 'changing':
      return new Failure(
        'credential.change-in-process',
        `CyberArk is changing the password of ${what} right now.`,
        {
          hint: 'Trustkeep will try again automatically. A change usually takes less than a minute.',
          peerSaid,
        },
      );
    case 'bad-query':
      return new Failure('credential.bad-id', `${who} does not understand the query ${what}.`, {
        hint: 'Correct the credential ID, for example: Safe=Web;Object=root-web1.',
        peerSaid,
      });
    case 'unknown':
      return new Failure('credential-store.unexpected-answer', `${who} refused ${what} for another reason.`, {
        hint: 'Its answer is shown; its documentation explains the code.',
        peerSaid,
      });
  }
}

function applicationHint({ showedCertificate }: Asked): string {
  return showedCertificate
    ? 'Check the authentication of the application in CyberArk: serial number or subject of the certificate, address, user.'
    : 'Check the authentication of the application in CyberArk: the address of this machine (behind a proxy or NAT: theirs), or give a client certificate.';
}

/** No JSON of the CCP: its web server (IIS) answered, or something else altogether. */
function refusedByWebServer(answer: JsonAnswer, asked: Asked): Failure {
  const { status } = answer;
  if (status === 401 || status === 403 || status === 413)
    return new Failure(
      'credential-store.login-refused',
      `The web server of ${asked.who} refused the request (HTTP status ${status}) before the CCP saw it.`,
      { hint: webServerHint(asked) },
    );
  if (status === 404)
    return new Failure(
      'credential-store.unexpected-answer',
      `There is no CCP at this path of ${asked.who}.`,
      {
        hint: 'Check the CCP URL. For a web service other than AIMWebService, include its path.',
      },
    );
  if (status >= 500 || status === 429)
    return new Failure(
      'credential-store.unavailable',
      `The web server of ${asked.who} answered with HTTP status ${status}.`,
      {
        hint: 'Trustkeep will try again automatically. If this continues, check the web service of the CCP.',
        ...whenToRetry(answer.headers, asked.now),
      },
    );
  return unexpectedAnswer(asked.who, answer);
}

function webServerHint({ showedCertificate }: Asked): string {
  return showedCertificate
    ? 'IIS does not trust the client certificate or asks for it too late: check its issuer on that server, turn on "Negotiate Client Certificate" for the binding, and check address restrictions.'
    : 'IIS may require a client certificate (set authcert), or does not accept the address of this machine.';
}
