import { Link, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AboutBuild } from '#shared/contract/agent.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Answer } from '../../parts/answer.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Section } from '../../parts/section.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  title: { fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold, marginBottom: 0 },
  parts: {
    listStyleType: 'none',
    margin: `${tokens.spacingVerticalS} 0 0`,
    padding: 0,
    columnWidth: '320px',
    columnGap: tokens.spacingHorizontalL,
  },
  license: { color: tokens.colorNeutralForeground3 },
  text: {
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: tokens.fontFamilyMonospace,
    margin: 0,
  },
});

/** What this program is: version, who vouches for the build, and the parts that others made, with their licenses. */
export function AboutSection() {
  const { queries } = useBridge();
  const about = useQuery(queries.agent.about.queryOptions({ input: {} }));
  return (
    <Section title={en.settings.about}>
      <Answer query={about}>{(build) => <About build={build} />}</Answer>
    </Section>
  );
}

function About({ build }: { build: AboutBuild }) {
  const styles = useStyles();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <Facts
        facts={[
          [en.settings.version, build.version],
          [en.settings.build, en.settings.builds[build.build]],
          [en.settings.license, en.settings.ownLicense],
        ]}
      />
      <h3 className={styles.title}>{en.settings.parts}</h3>
      {build.parts.length === 0 ? (
        <p>{en.settings.noParts}</p>
      ) : (
        <ul className={styles.parts}>
          {build.parts.map(({ name, version, license }) => (
            <li key={`${name} ${version}`}>
              <Link as="button" inline onClick={() => setOpen(name)}>
                {name}
              </Link>{' '}
              {version} <span className={styles.license}>{license}</span>
            </li>
          ))}
        </ul>
      )}
      {open !== null && <License name={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function License({ name, onClose }: { name: string; onClose(): void }) {
  const styles = useStyles();
  const { queries } = useBridge();
  const license = useQuery(queries.agent.license.queryOptions({ input: { name } }));
  return (
    <SidePanel title={name} onClose={onClose}>
      <Answer query={license}>
        {({ text }) =>
          text === '' ? <p>{en.settings.noText}</p> : <pre className={styles.text}>{text}</pre>
        }
      </Answer>
    </SidePanel>
  );
}
