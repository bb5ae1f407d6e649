import { Button, Field, Input, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import type { ProxyReport, ProxyTrip } from '#shared/model/proxy.ts';
import { useBridge } from '../../bridge/context.tsx';
import { saveText } from '../../bridge/desktop.ts';
import { useCommand } from '../../bridge/use-command.ts';
import { Checks } from '../../parts/checks.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { DoctorIcon, SaveIcon } from '../../parts/icons.ts';
import { Level } from '../../parts/level.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/section.tsx';
import { Soft } from '../../parts/soft.tsx';
import { en } from '../../text/en.ts';
import { notReached, reportText } from './report-text.ts';

const words = en.proxy;

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  row: { display: 'flex', gap: tokens.spacingHorizontalS, alignItems: 'flex-start', flexWrap: 'wrap' },
  grow: { flexGrow: 1, minWidth: '240px' },
  button: { marginTop: '26px' },
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
  },
  spread: { marginLeft: 'auto', display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  trip: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    paddingTop: tokens.spacingVerticalM,
  },
  url: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold, minWidth: 0 },
  quiet: { color: tokens.colorNeutralForeground3 },
});

/** How the agent gets to each address it needs, step by step. */
export function ProxyDoctor() {
  const styles = useStyles();
  const { client } = useBridge();
  const [url, setUrl] = useState('');
  const [report, setReport] = useState<ProxyReport | null>(null);
  const test = useCommand(client.proxy.test);
  const examine = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (test.busy) return;
    setReport(null);
    setReport((await test.run(url.trim() === '' ? {} : { url: url.trim() })) ?? null);
  };
  return (
    <Section title={words.doctor} icon={<DoctorIcon />}>
      <form className={styles.stack} noValidate onSubmit={(event) => void examine(event)}>
        <span>
          {words.doctorHint} {words.doctorSaved}
        </span>
        <div className={styles.row}>
          <Field className={styles.grow} label={words.address} hint={words.addressHint}>
            <Input
              value={url}
              placeholder="https://"
              spellCheck={false}
              autoComplete="off"
              data-field="doctor-url"
              onChange={(_, data) => setUrl(data.value)}
            />
          </Field>
          <Button
            className={styles.button}
            type="submit"
            icon={test.busy ? <Spinner size="tiny" /> : <DoctorIcon />}
            disabled={test.busy}
          >
            {test.busy ? words.examining : words.examine}
          </Button>
        </div>
        <FailureBar failure={test.failure} />
        {report !== null && <Report report={report} />}
      </form>
    </Section>
  );
}

function Report({ report }: { report: ProxyReport }) {
  const styles = useStyles();
  const text = reportText(report);
  if (report.trips.length === 0) return <Empty title={words.noTrips}>{words.noTripsHint}</Empty>;
  return (
    <div className={styles.stack} data-report={report.ok ? 'ok' : 'not-ok'}>
      <div className={styles.head}>
        <Level shade={report.ok ? 'ok' : 'danger'}>
          <strong>{report.ok ? words.allReached(report.trips.length) : notReached(report)}</strong>
        </Level>
        <span className={styles.spread}>
          <CopyButton text={text} what={words.report} label={words.copyReport} size="small" />
          <Button
            size="small"
            icon={<SaveIcon />}
            onClick={() => saveText('trustkeep-proxy-report.txt', text, 'text/plain')}
          >
            {words.saveReport}
          </Button>
        </span>
      </div>
      {report.trips.map((trip) => (
        <Trip key={`${trip.url} ${trip.neededBy}`} trip={trip} />
      ))}
    </div>
  );
}

function Trip({ trip }: { trip: ProxyTrip }) {
  const styles = useStyles();
  const { certificate, interceptedBy } = trip;
  const facts: Fact[] = [
    [words.way, trip.way],
    [words.certificate, certificate?.subject],
    [words.issuer, certificate?.issuer],
    [words.trusted, certificate === null ? null : certificate.trusted ? words.yes : words.no],
  ];
  return (
    <article className={styles.trip}>
      <div className={styles.head}>
        <h3 className={styles.url}>
          <Level shade={trip.ok ? 'ok' : 'danger'}>
            <Soft text={trip.url} />
          </Level>
        </h3>
        <span className={styles.quiet}>{words.neededBy(trip.neededBy)}</span>
      </div>
      {interceptedBy !== null && (
        <Notice intent="warning" title={`${words.intercepted(interceptedBy)}.`}>
          {words.interceptedText}
        </Notice>
      )}
      <Checks checks={trip.steps} />
      <Facts facts={facts} />
    </article>
  );
}
