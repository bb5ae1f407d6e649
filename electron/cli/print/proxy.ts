import type { ProxyReport, ProxyState, ProxyTrip } from '#shared/model/proxy.ts';
import { type Paper, pairs } from '../table.ts';
import { dated } from '../when.ts';
import { checkLines } from './endpoints.ts';

export function proxyPage(state: ProxyState, { now }: Paper): string[] {
  const { route, bypass, hasPassword, revertsAt } = state;
  return [
    ...pairs([
      ['Outbound connection', wayWord(state)],
      ...(route.mode === 'none' ? [] : loginRows(route, hasPassword)),
      ['Direct destinations', bypass.length === 0 ? 'loopback only' : `loopback, ${bypass.join(', ')}`],
    ]),
    ...(revertsAt === null
      ? []
      : [`On trial: reverts automatically ${dated(revertsAt, now)} unless you run: trustkeep proxy confirm`]),
  ];
}

function wayWord({ route }: ProxyState): string {
  switch (route.mode) {
    case 'none':
      return 'direct, no proxy';
    case 'pac':
      return `PAC file ${route.pacUrl}`;
    case 'manual':
      return `proxy ${route.host}:${route.port}${route.tls === true ? ', with TLS' : ''}${route.socks5 === true ? ', SOCKS 5' : ''}`;
  }
}

function loginRows(
  route: { user: string | null; domain: string | null },
  hasPassword: boolean,
): [string, string | null][] {
  return [
    ['User', route.user ?? 'none'],
    ['Domain', route.domain],
    ['Password', hasPassword ? '••••••••' : null],
  ];
}

export function proxyReportPage(report: ProxyReport, paper: Paper): string[] {
  if (report.trips.length === 0)
    return [
      'The agent does not need any HTTP address yet. Test one: trustkeep proxy test https://www.example.org/',
    ];
  return report.trips.flatMap((trip, index) => [...(index === 0 ? [] : ['']), ...tripLines(trip, paper)]);
}

function tripLines(trip: ProxyTrip, paper: Paper): string[] {
  const { certificate, interceptedBy } = trip;
  return [
    `${trip.url} (${trip.neededBy}): ${trip.ok ? 'reached' : 'not reached'}${trip.url === trip.way ? '' : `, ${trip.way}`}`,
    ...checkLines(trip.steps, paper),
    ...(certificate === null
      ? []
      : [
          `  certificate: ${certificate.subject}, issued by ${certificate.issuer}${certificate.trusted ? '' : ', not trusted'}`,
        ]),
    ...(interceptedBy === null ? [] : [`  traffic may be decrypted by: ${interceptedBy}`]),
  ];
}
