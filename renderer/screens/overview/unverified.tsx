import type { Overview } from '#shared/model/overview.ts';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Notice } from '../../parts/notice.tsx';
import { en } from '../../text/en.ts';

/** Exceptions that somebody made, until they end: one that no one sees lasts for ever. */
export function UnverifiedConnections({ overview: { unverified = [] } }: { overview: Overview }) {
  if (unverified.length === 0) return null;
  const intent = unverified.some(({ ended }) => ended) ? 'error' : 'warning';
  return (
    <Notice intent={intent} title={en.overview.unverified}>
      <ul style={{ margin: '4px 0 0', paddingLeft: 18 }}>
        {unverified.map(({ endpointId, name, until, reason, ended }) => (
          <li key={endpointId}>
            <InnerLink place={['endpoints', endpointId]}>{name}</InnerLink>{' '}
            {ended ? en.overview.unverifiedEnded(until, reason) : en.overview.unverifiedUntil(until, reason)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
