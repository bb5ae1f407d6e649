import type { ProxyReport, ProxyTrip } from '#shared/model/proxy.ts';
import { checkName } from '../../parts/check-name.ts';
import { absoluteTime } from '../../parts/format.ts';
import { en } from '../../text/en.ts';

const words = en.proxy;

/** What the proxy doctor found, as text for a mail to whoever keeps the proxy. */
export function reportText(report: ProxyReport): string {
  return [
    `${words.reportTitle}, ${absoluteTime(report.at)}`,
    report.ok ? words.allReached(report.trips.length) : notReached(report),
    ...report.trips.map(tripText),
  ].join('\n\n');
}

export function notReached({ trips }: ProxyReport): string {
  return words.notReached(trips.filter((trip) => !trip.ok).length, trips.length);
}

function tripText(trip: ProxyTrip): string {
  const { certificate, interceptedBy } = trip;
  return [
    `${trip.url} (${words.neededBy(trip.neededBy)}): ${trip.ok ? words.reached : words.failed}`,
    `  ${words.way}: ${trip.way}`,
    ...trip.steps.map(
      (step) =>
        `  ${step.ok ? '[ok]' : '[NO]'} ${checkName(step.name)}: ${step.sentence.replaceAll('\n', ' ')}`,
    ),
    ...(certificate === null
      ? []
      : [
          `  ${words.certificate}: ${certificate.subject}`,
          `  ${words.issuer}: ${certificate.issuer}`,
          `  ${words.trusted}: ${certificate.trusted ? words.yes : words.no}`,
        ]),
    ...(interceptedBy === null ? [] : [`  ${words.intercepted(interceptedBy)}`]),
  ].join('\n');
}
