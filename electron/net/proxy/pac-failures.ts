import { Failure } from '#shared/failure.ts';

const tellItsOwner =
  'Ask the administrator of the PAC file to correct it, or set the proxy by host and port.';

/** Without what may be secret in an address: user, password and query. */
export function shownUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).origin + new URL(url).pathname : '(unreadable address)';
}

export function pacUnreachable(url: string, why: string, cause?: unknown): Failure {
  return new Failure('proxy.pac-unreachable', `The PAC file ${shownUrl(url)} cannot be fetched: ${why}`, {
    hint: 'Check the PAC URL. It is fetched directly, not through a proxy.',
    cause,
  });
}

export function pacTooLarge(url: string, limit: number, cause?: unknown): Failure {
  return new Failure(
    'proxy.pac-too-large',
    `The PAC file ${shownUrl(url)} is larger than ${limit / 1024 / 1024} MB.`,
    { hint: 'Check that the PAC URL is the address of a PAC file.', cause },
  );
}

export function pacUnreadable(url: string, why: string, cause?: unknown): Failure {
  return new Failure(
    'proxy.pac-unreadable',
    `The PAC file ${shownUrl(url)} is not a usable script: ${why}.`,
    {
      hint: tellItsOwner,
      cause,
    },
  );
}

export function pacTooSlow(url: string, host: string | null, cause?: unknown): Failure {
  const what = host === null ? 'loading it' : `asking it about ${host}`;
  return new Failure(
    'proxy.pac-timeout',
    `The PAC file ${shownUrl(url)} takes too long: ${what} was stopped.`,
    {
      hint: `It may contain an endless loop or look up names that do not resolve. ${tellItsOwner}`,
      cause,
    },
  );
}

export function pacFailed(url: string, host: string, why: string, cause?: unknown): Failure {
  return new Failure('proxy.pac-failed', `The PAC file ${shownUrl(url)} failed for ${host}: ${why}.`, {
    hint: tellItsOwner,
    cause,
  });
}

export function pacNonsense(url: string, host: string, answer: string): Failure {
  const socks = /^SOCKS/i.test(answer);
  return new Failure(
    socks ? 'proxy.pac-socks-only' : 'proxy.pac-answer',
    `The PAC file ${shownUrl(url)} answers "${answer.slice(0, 200)}" for ${host}, ${socks ? 'and Trustkeep supports SOCKS 5 only' : 'which is not a usable answer'}.`,
    {
      hint: socks
        ? 'Ask the administrator of the PAC file to name an HTTP or SOCKS5 proxy for this destination, or set one by host and port.'
        : tellItsOwner,
    },
  );
}
