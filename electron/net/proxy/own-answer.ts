import type { AnswerHead } from './read-answer.ts';

/** Who answered a request that was handed to a proxy in clear: both may send a page with an error. */
type Speaker = 'proxy' | 'beyond' | 'unknown';

/** Programs that name themselves in pages of their own; what they only pass on has the name of its server. */
const proxyPrograms =
  /^(squid|tinyproxy|mitmproxy|privoxy|polipo|cntlm|px|zscaler|ats|apachetrafficserver|blue ?coat|mcafee web gateway|forwarder)\b/i;

/** Any gateway says these of what is behind it, and any server may. */
const ofGateways = new Set([500, 502, 503, 504]);

/**
 * By what the answer itself says (`Proxy-Status` of RFC 9209, Squid's own header, the name of the program). `unknown`: an
 * error that either may have made.
 */
export function whoAnswered({ status, headers }: AnswerHead): Speaker {
  if (status < 400) return 'beyond';
  const value = (name: string) => headers.findLast(([one]) => one === name)?.[1];
  if (/;\s*error\s*=/i.test(value('proxy-status') ?? '')) return 'proxy';
  if (value('x-squid-error') !== undefined || status === 511) return 'proxy';
  if (proxyPrograms.test(value('server') ?? '')) return 'proxy';
  return ofGateways.has(status) ? 'unknown' : 'beyond';
}
