import { makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Overview } from '#shared/model/overview.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { Page } from '../../parts/page.tsx';
import { en } from '../../text/en.ts';
import { AddEndpoint } from '../forms.ts';
import type { ScreenProps } from '../screen.ts';
import { FirstSteps, StepsLeft } from './first-steps.tsx';
import { Recent } from './recent.tsx';
import { ServedBar } from './served-bar.tsx';
import { Tiles } from './tiles.tsx';
import { UnverifiedConnections } from './unverified.tsx';
import { Worst } from './worst.tsx';

const useStyles = makeStyles({
  columns: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 2fr)',
    gap: tokens.spacingHorizontalL,
    alignItems: 'start',
    '@media (max-width: 1040px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
});

export function OverviewScreen(_: ScreenProps) {
  const { queries } = useBridge();
  const query = useQuery(queries.agent.overview.queryOptions({ input: {} }));
  const name = useQuery(queries.agent.status.queryOptions({ input: {} })).data?.name;
  // held here: the first steps vanish as soon as the endpoint is there, its dialog must not
  const [adding, setAdding] = useState(false);
  return (
    <Page title={en.overview.title} {...(name ? { subtitle: name } : {})}>
      <Answer query={query}>
        {(overview) =>
          overview.endpoints === 0 ? (
            <FirstSteps overview={overview} onAdd={() => setAdding(true)} />
          ) : (
            <Body overview={overview} onAdd={() => setAdding(true)} />
          )
        }
      </Answer>
      {adding && <AddEndpoint onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Body({ overview, onAdd }: { overview: Overview; onAdd(): void }) {
  const styles = useStyles();
  return (
    <>
      <StepsLeft overview={overview} onAdd={onAdd} />
      <UnverifiedConnections overview={overview} />
      <ServedBar overview={overview} />
      <Tiles overview={overview} />
      <div className={styles.columns}>
        <Worst overview={overview} />
        <Recent />
      </div>
    </>
  );
}
